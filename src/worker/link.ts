// How server and worker reach each other: each has one end of a link, and knows nothing of what carries the messages.
import { isToServer, isToWorker, type ToServer, type ToWorker } from './contract.ts';
import type { Check } from './shapes.ts';

/** One end of a link. */
export interface LinkEnd<Out, In> {
  send(message: Out): void;
  /** Names the receiver of what arrives here; to be called once, before anything is sent. */
  receive(take: (message: In) => void): void;
  /** Whether so much waits to be read by the other end that what can wait should not be sent now. */
  isFull(): boolean;
}

export type ServerEnd = LinkEnd<ToWorker, ToServer>;
export type WorkerEnd = LinkEnd<ToServer, ToWorker>;

/** A link between a server and a worker in one process: a message has arrived when `send` returns. */
export function createInsideLink(): { readonly server: ServerEnd; readonly worker: WorkerEnd } {
  const [toWorker, toServer] = [createPath(isToWorker), createPath(isToServer)];
  const isFull = (): boolean => false;
  return {
    server: { send: toWorker.send, receive: toServer.receive, isFull },
    worker: { send: toServer.send, receive: toWorker.receive, isFull },
  };
}

/** One direction; throws for what the contract does not know, which only a mistake of ours can send here. */
function createPath<Message extends { readonly kind: string }>(
  check: Check<Message>,
): {
  readonly send: (message: Message) => void;
  readonly receive: (take: (message: Message) => void) => void;
} {
  let take: ((message: Message) => void) | undefined;
  return {
    send(message) {
      if (!check(message)) throw new TypeError('A message is against the contract');
      take?.(message);
    },
    receive(taker) {
      take = taker;
    },
  };
}
