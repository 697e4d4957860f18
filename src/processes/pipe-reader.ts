// The daemon's end of a pipe: read as something comes, into one buffer for all pipes.
import fs from 'node:fs';
import net from 'node:net';

/** The most that is read at the end, which is the most that a pipe can hold: background jobs may print without end. */
const maxRestBytes = 1_048_576;

export type TakeOutput = (chunk: Uint8Array) => void;

/** A pipe that is read until its other end is closed everywhere. */
export interface PipeReader {
  /** Its descriptor, as long as `isOpen`. */
  readonly fd: number;
  isOpen(): boolean;
  /** Hands what comes from now on to `takeOutput`, which has to copy it; undefined discards it. */
  handTo(takeOutput: TakeOutput | undefined): void;
  /** Reads what is in the pipe at this moment, and closes it if its other end is closed everywhere. */
  readRest(): void;
  close(): void;
}

/**
 * Reads a pipe from a descriptor that does not block, which is closed at the pipe's end. `buffer` may be shared by all
 * readers: its contents are handed on before anything else is read. Keeps no process alive. `onClose` comes once.
 */
export function createPipeReader(fd: number, buffer: Uint8Array<ArrayBuffer>, onClose: () => void): PipeReader {
  let takeOutput: TakeOutput | undefined;
  const handOn = (bytes: number): boolean => {
    takeOutput?.(buffer.subarray(0, bytes));
    return true;
  };
  const socket = new net.Socket({ fd, readable: true, writable: false, onread: { buffer, callback: handOn } });
  socket.on('error', () => {});
  socket.once('close', onClose);
  socket.unref();
  socket.resume();
  /** How many bytes were read; undefined where there are none yet. */
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
