// How server and worker reach each other: each has one end of a link, and knows nothing of what carries the messages.
import { isToServer, isToWorker, type ToServer, type ToWorker } from './contract.ts';
import type { Check } from './shapes.ts';

/** One end of a link. */
interface LinkEnd<Out, In> {
  send(message: Out): void;
  /** Names the receiver of what arrives here; to be called once, before anything is sent. */
  receive(take: (message: In) => void): void;
}

export type ServerEnd = LinkEnd<ToWorker, ToServer>;
export type WorkerEnd = LinkEnd<ToServer, ToWorker>;

/** A link between a server and a worker in one process: a message has arrived when `send` returns. */
export function createInsideLink(): { readonly server: ServerEnd; readonly worker: WorkerEnd } {
  const [toWorker, toServer] = [createPath(isToWorker), createPath(isToServer)];
  return {
    server: { send: toWorker.send, receive: toServer.receive },
    worker: { send: toServer.send, receive: toWorker.receive },
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
