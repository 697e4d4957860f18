// A link over a stream between two processes, neither of which trusts what the other writes.
import type { Duplex } from 'node:stream';
import { contractVersion, findVersion, isHello, type Hello } from './contract.ts';
import { createFrameReader, toFrame } from './frames.ts';
import type { LinkEnd } from './link.ts';
import type { Check } from './shapes.ts';

/** How much may wait to be read by the other end; more means that it does not read. */
const maxWaitingBytes = 16 * 1_048_576;
/** With so much waiting, what can wait is not sent. */
const fullBytes = 262_144;
/** How long the first message of the other end may take. */
const greetingMs = 30_000;

/** Why a link has ended. */
export type LinkEndReason = 'closed' | 'other-version' | 'against-contract' | 'unread' | 'silent';

export interface SocketLink<Out, In> extends LinkEnd<Out, In> {
  /** Ends the link; what was sent before may still arrive. */
  close(): void;
}

export interface SocketLinkOptions<In> {
  readonly check: Check<In>;
  /** The name of this process, for a worker. */
  readonly instance?: string;
  /** Called once the other end has shown that it has the same version of the contract. */
  readonly onGreeted: (hello: Hello) => void;
  /** Called once, and last. */
  readonly onEnd: (why: LinkEndReason) => void;
}

/**
 * One end of a link over a stream. Each end first sends its version of the contract. The link ends, once and for good, when the stream
 * does, when something arrives that is against the contract, or when the other end does not read.
 */
export function createSocketLink<Out extends object, In>(
  stream: Duplex,
  { check, instance, onGreeted, onEnd }: SocketLinkOptions<In>,
): SocketLink<Out, In> {
  const reader = createFrameReader();
  let take: ((message: In) => void) | undefined;
  let isGreeted = false;
  let hasEnded = false;
  const silence = setTimeout(() => end('silent'), greetingMs).unref();
  const end = (why: LinkEndReason): void => {
    if (hasEnded) return;
    hasEnded = true;
    clearTimeout(silence);
    stream.destroy();
    onEnd(why);
  };
  const send = (message: object): void => {
    if (hasEnded) return;
    stream.write(toFrame(message));
    if (stream.writableLength > maxWaitingBytes) end('unread');
  };
  const greet = (message: unknown): void => {
    const version = findVersion(message);
    if (version !== undefined && version !== contractVersion) return end('other-version');
    if (!isHello(message)) return end('against-contract');
    isGreeted = true;
    clearTimeout(silence);
    onGreeted(message);
  };
  const takeOne = (message: unknown): void => {
    if (!isGreeted) greet(message);
    else if (check(message)) take?.(message);
    else end('against-contract');
  };
  const readNext = (): unknown => {
    try {
      return hasEnded ? undefined : reader.next();
    } catch {
      return end('against-contract');
    }
  };
  stream.on('data', (chunk: Uint8Array) => {
    reader.push(chunk);
    for (let message = readNext(); message !== undefined; message = readNext()) takeOne(message);
  });
  stream.on('error', () => end('closed'));
  stream.on('close', () => end('closed'));
  stream.on('end', () => end('closed'));
  send({ kind: 'hello', version: contractVersion, ...(instance === undefined ? {} : { instance }) });
  return {
    send,
    receive(taker) {
      take = taker;
    },
    isFull: () => hasEnded || stream.writableLength > fullBytes,
    close() {
      hasEnded = true;
      clearTimeout(silence);
      stream.end();
      stream.resume();
    },
  };
}
