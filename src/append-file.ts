// A file that only grows: opened for appending, mode 0600, never through a symbolic link; a failed write leaves no torn line.
import fs from 'node:fs';
import { lookAt } from './look.ts';

const flags = fs.constants.O_RDWR | fs.constants.O_APPEND | fs.constants.O_CREAT | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK;

/** An open file that lines are appended to. */
export interface AppendFile {
  readonly fd: number;
  /** Bytes in the file as far as we wrote or found them. */
  readonly size: () => number;
  /**
   * Appends whole lines at once, or throws the system's error and leaves the file as it was. Behind a torn last
   * line, left by a crash, they begin on a line of their own.
   */
  append(lines: string): void;
  /** Takes back whatever was appended after the file had this size. */
  truncate(size: number): void;
  /** Whether the path still leads to this very file. */
  isInPlace(): boolean;
  close(): void;
}

/** Opens (or creates) a regular file for appending; throws the system's error, or one with code `ENOTREG`. */
export function openAppendFile(path: string): AppendFile {
  const fd = fs.openSync(path, flags, 0o600);
  const opened = fs.fstatSync(fd);
  if (!opened.isFile()) {
    fs.closeSync(fd);
    throw Object.assign(new Error('Not a regular file'), { code: 'ENOTREG' });
  }
  let size = opened.size;
  let isTorn = size > 0 && loadLastByte(fd, size) !== 0x0a;
  const truncate = (to: number): void => {
    fs.ftruncateSync(fd, to);
    size = to;
  };
  return {
    fd,
    size: () => size,
    append(lines) {
      const bytes = Buffer.from(isTorn ? `\n${lines}` : lines);
      let written = 0;
      try {
        while (written < bytes.length) written += fs.writeSync(fd, bytes, written);
        size += written;
        isTorn = false;
      } catch (error) {
        if (written > 0) {
          isTorn = true;
          truncate(size);
          isTorn = false;
        }
        throw error;
      }
    },
    truncate,
    isInPlace() {
      const there = lookAt(path);
      return there.kind === 'there' && there.stat.ino === opened.ino && there.stat.dev === opened.dev;
    },
    close: () => fs.closeSync(fd),
  };
}

function loadLastByte(fd: number, size: number): number | undefined {
  const last = Buffer.alloc(1);
  fs.readSync(fd, last, 0, 1, size - 1);
  return last[0];
}
