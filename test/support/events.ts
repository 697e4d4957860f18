// Server-sent events, read as the standard says (HTML, 9.2.6) and not as we write them.
import http from 'node:http';

export interface ServerEvent {
  readonly event: string;
  readonly id: string;
  readonly data: string;
}

/** The events that are complete in a text, and its comments. */
export function parseEvents(text: string): { readonly events: ServerEvent[]; readonly comments: string[] } {
  const events: ServerEvent[] = [];
  const comments: string[] = [];
  let [event, id, data]: [string, string, string[]] = ['message', '', []];
  for (const line of text.split(/\r\n|\n|\r/).slice(0, -1)) {
    const colon = line.indexOf(':');
    const [field, value] =
      colon === -1 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
    if (line === '') {
      if (data.length > 0) events.push({ event, id, data: data.join('\n') });
      [event, data] = ['message', []];
    } else if (colon === 0) comments.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
    else if (field === 'data') data.push(value);
  }
  return { events, comments };
}

/** The text of all `output` events. */
export function joinOutput(events: readonly ServerEvent[]): string {
  return events.flatMap(({ event, data }) => (event === 'output' ? [`${data}\n`] : [])).join('');
}

export interface Listening {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** What came so far. */
  text(): string;
  /** Breaks the connection. */
  cut(): void;
  /** Resolves with all that came, once the answer has ended or was cut. */
  readonly ended: Promise<string>;
}

/** Asks for a stream, over a connection of its own; resolves when the head of the answer is there. */
export async function listen(url: string, headers: http.OutgoingHttpHeaders = {}): Promise<Listening> {
  return await new Promise((resolve, reject) => {
    const request = http.get(
      url,
      { agent: false, headers: { accept: 'text/event-stream', ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        const ended = new Promise<string>((end) => {
          response.on('error', () => {}).on('close', () => end(text));
        });
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: () => text,
          cut: () => void request.destroy(),
          ended,
        });
      },
    );
    request.on('error', reject);
  });
}
