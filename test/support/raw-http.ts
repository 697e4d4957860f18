// HTTP as bytes: what a hostile or broken client sends, and all that comes back.
import net from 'node:net';

export interface RawAnswer {
  /** Everything that came back, latin1. */
  readonly text: string;
  readonly statusLine: string;
  /** The header lines as they came. */
  readonly headerLines: readonly string[];
  readonly body: string;
}

/** Sends bytes over a fresh connection and collects what comes back until it is closed, or nothing more comes for `quietMs`. */
export async function sendRaw(
  port: number,
  bytes: string | Uint8Array,
  { quietMs = 300 }: { quietMs?: number } = {},
): Promise<RawAnswer> {
  const chunks: Buffer[] = [];
  await new Promise<void>((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () =>
      socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes),
    );
    socket.setTimeout(quietMs, () => socket.destroy());
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => resolve());
  });
  return parseAnswer(Buffer.concat(chunks).toString('latin1'));
}

/** Reads one answer. */
export function parseAnswer(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...headerLines] = (end === -1 ? text : text.slice(0, end)).split('\r\n');
  return { text, statusLine, headerLines, body: end === -1 ? '' : text.slice(end + 4) };
}

/** An answer without what differs from moment to moment: the date. */
export function withoutDate({ text }: RawAnswer): string {
  return text.replace(/^Date: .*\r\n/m, '');
}

/**
 * Sends bytes, closes the sending side, and collects what comes back until the other side closes: needs no clock, and
 * is therefore quick and sure. `from` is the local address.
 */
export async function exchange(
  port: number,
  bytes: string | Uint8Array,
  { from }: { from?: string } = {},
): Promise<RawAnswer> {
  const chunks: Buffer[] = [];
  await new Promise<void>((resolve) => {
    const socket = net.connect({
      port,
      host: '127.0.0.1',
      allowHalfOpen: true,
      ...(from === undefined ? {} : { localAddress: from }),
    });
    socket.setTimeout(120_000, () => socket.destroy());
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.end(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  });
  return parseAnswer(Buffer.concat(chunks).toString('latin1'));
}

/** Sends the same request several times over one connection, each after the answer to the one before, and collects the answers; each has a Content-Length. */
export async function exchangeInTurn(
  port: number,
  request: string,
  { from, times }: { readonly from: string; readonly times: number },
): Promise<RawAnswer[]> {
  const answers: RawAnswer[] = [];
  let text = '';
  await new Promise<void>((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1', localAddress: from }, () => socket.write(request));
    socket.setTimeout(120_000, () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const answer = parseAnswer(text);
      const length = /^content-length: (\d+)$/im.exec(answer.headerLines.join('\n'))?.[1];
      if (length === undefined || answer.body.length < Number(length)) return;
      text = '';
      if (answers.push(answer) < times) socket.write(request);
      else socket.end();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve());
  });
  return answers;
}

/** Does something for each item, a few at a time; the results are in the order of the items. */
export async function mapSome<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  atOnce = 16,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

/** The path that a `Location` means, for an answer of ours: they are all relative, and lead to the root first. Without one, the empty text. */
export function toLocationPath(location: string | null | undefined): string {
  if (location === null || location === undefined || location === '') return '';
  const { pathname, search } = new URL(location, 'http://localhost/a/b');
  return pathname + search;
}
