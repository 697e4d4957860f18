// Unwanted bodies: read and discarded, so that a connection can be used again, but never faster than memory allows.
import type { IncomingMessage } from 'node:http';

/** How much of all bodies together is read in one turn of the event loop. Node reads at most 2 MiB of one connection in a turn. */
const maxBytesInTurn = 2_621_440;
/** What a piece costs at least, whatever its size: Node hands over each chunk of a chunked body by itself, even if it has one byte. */
const bytesOfPiece = 512;
/** How many waiting bodies are resumed in each turn. */
const maxResumedInTurn = 16;

/**
 * Creates the function that discards the bodies of one listener. If too much arrives at once, the body of a call that `mayWait` is
 * read later, and any other connection is destroyed, because its answer has been given.
 */
export function createBodyDiscard(): (
  request: IncomingMessage,
  options: { readonly mayWait: boolean },
) => void {
  const paused = new Set<IncomingMessage>();
  let bytesInTurn = 0;
  let isScheduled = false;
  const endTurn = (): void => {
    isScheduled = false;
    bytesInTurn = 0;
    for (const request of [...paused].slice(0, maxResumedInTurn)) {
      paused.delete(request);
      request.resume();
    }
    if (paused.size > 0) schedule();
  };
  const schedule = (): void => {
    if (!isScheduled) setImmediate(endTurn);
    isScheduled = true;
  };
  return (request, { mayWait }) => {
    const { headers } = request;
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return;
    request.once('close', () => paused.delete(request));
    request.on('data', (chunk: Buffer) => {
      schedule();
      bytesInTurn += Math.max(chunk.length, bytesOfPiece);
      free(chunk);
      if (bytesInTurn <= maxBytesInTurn) return;
      if (!mayWait) {
        // With the connection, and so that the rest of what was read from it is not handed over piece by piece.
        request.destroy();
        return;
      }
      request.pause();
      paused.add(request);
    });
  };
}

/** Gives the memory of a piece back at once, if it has its own: V8 would let 64 MB and more pile up before it looks for what is free. */
function free({ buffer, length }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === length) buffer.transfer(0);
}
