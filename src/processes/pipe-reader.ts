// The daemon's end of a pipe: read when data arrives, into one buffer for all pipes.
import fs from 'node:fs';
import net from 'node:net';

/** How much is read at the end at most: as much as a pipe can hold, because background jobs may print without end. */
const maxRestBytes = 1_048_576;

export type TakeOutput = (chunk: Uint8Array) => void;

/** A pipe that is read until all writers have closed it. */
export interface PipeReader {
  /** Its descriptor, as long as `isOpen`. */
  readonly fd: number;
  isOpen(): boolean;
  /** Passes new data to `takeOutput`, which has to copy it; undefined discards the data. */
  handTo(takeOutput: TakeOutput | undefined): void;
  /** Reads the current content of the pipe, and closes the pipe if all writers have closed it. */
  readRest(): void;
  close(): void;
}

/**
 * Reads a pipe from a non-blocking descriptor, which is closed at the pipe's end. All readers may share `buffer`:
 * its content is passed on before anything else is read. Does not keep the process alive. `onClose` is called once.
 */
export function createPipeReader(
  fd: number,
  buffer: Uint8Array<ArrayBuffer>,
  onClose: () => void,
): PipeReader {
  let takeOutput: TakeOutput | undefined;
  const handOn = (bytes: number): boolean => {
    takeOutput?.(buffer.subarray(0, bytes));
    return true;
  };
  const socket = new net.Socket({
    fd,
    readable: true,
    writable: false,
    onread: { buffer, callback: handOn },
  });
  socket.on('error', () => {});
  socket.once('close', onClose);
  socket.unref();
  socket.resume();
  /** Returns how many bytes were read; undefined if the pipe is empty for now. */
  const read = (): number | undefined => {
    try {
      return fs.readSync(fd, buffer);
    } catch {
      return undefined;
    }
  };
  const isOpen = (): boolean => !socket.destroyed;
  return {
    fd,
    isOpen,
    handTo(next) {
      takeOutput = next;
    },
    readRest() {
      let total = 0;
      while (isOpen() && total < maxRestBytes) {
        const bytes = read();
        if (bytes === undefined) return;
        if (bytes === 0) socket.destroy();
        else handOn(bytes);
        total += bytes;
      }
    },
    close: () => void socket.destroy(),
  };
}
