// A file that only grows: opened for appending, accessible only to its owner, never through a link; a failed write leaves no torn line.
import fs from 'node:fs';
import { basename, dirname } from 'node:path';
import { lookAt } from './look.ts';

const flags =
  fs.constants.O_RDWR |
  fs.constants.O_APPEND |
  fs.constants.O_CREAT |
  fs.constants.O_NOFOLLOW |
  fs.constants.O_NONBLOCK;
const lineEnd = 0x0a;
const othersMayAnything = 0o077;
const othersMayWrite = 0o022;

/** An open file that lines are appended to. */
export interface AppendFile {
  readonly fd: number;
  /** Oddities of the file, as sentences for its owner; opening has repaired what it could. */
  readonly warnings: readonly string[];
  /** The valid bytes in the file; the remains of a failed write that could not be removed do not count. */
  readonly size: () => number;
  /**
   * Appends whole lines at once, or throws the system's error and leaves the file as it was. After a torn last
   * line, left by a crash, they begin on a new line. The remains of an earlier failure are cut off
   * first; while that fails, nothing is appended.
   */
  append(lines: string): void;
  /** Removes everything that was appended after the file had this size, now or before the next append. Throws the system's error. */
  truncate(size: number): void;
  /** The file has been renamed to this path. */
  moveTo(path: string): void;
  /** Whether the path still leads to this very file. */
  isInPlace(): boolean;
  close(): void;
}

/**
 * Opens (or creates) a regular file for appending, and removes the rights of others. Throws the system's error, or
 * one with code `ENOTREG`, `ELINKED` (it has another name, too) or `EOWNER` (it belongs to another user).
 */
export function openAppendFile(path: string): AppendFile {
  const fd = fs.openSync(path, flags, 0o600);
  try {
    return createAppendFile(path, fd);
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
}

/** What to do about a file that cannot be opened for appending, by the code of the error. */
export function toFileRemedy(code: string): string {
  switch (code) {
    case 'EOWNER':
      return 'It belongs to another user: give it to the user of the daemon (chown), or remove it';
    case 'ELINKED':
      return 'It has another name, too (a hard link): put a copy in its place, or remove it';
    case 'ELOOP':
      return 'It is a symbolic link: put the path of the file itself into the config';
    default:
      return 'It has to be a regular file in a folder that the daemon may write to';
  }
}

function createAppendFile(openedPath: string, fd: number): AppendFile {
  let path = openedPath;
  const opened = fs.fstatSync(fd);
  checkFile(opened);
  const warnings = closeToOthers(path, fd, opened);
  let size = opened.size;
  let isTorn = isTornAt(fd, size);
  /** Whether there may be bytes beyond `size` that have to be cut off first. */
  let isLeftOver = false;
  const truncate = (to: number): void => {
    size = to;
    isLeftOver = true;
    fs.ftruncateSync(fd, to);
    isLeftOver = false;
    isTorn = isTornAt(fd, to);
  };
  return {
    fd,
    warnings,
    size: () => size,
    append(lines) {
      if (isLeftOver) truncate(size);
      const bytes = Buffer.from(isTorn ? `\n${lines}` : lines);
      let written = 0;
      try {
        while (written < bytes.length) {
          const more = fs.writeSync(fd, bytes, written);
          if (more === 0) throw Object.assign(new Error('Nothing was written'), { code: 'EIO' });
          written += more;
        }
      } catch (error) {
        // A failed write may still have written something.
        takeBack(truncate, size);
        throw error;
      }
      size += written;
      if (written > 0) isTorn = false;
    },
    truncate,
    moveTo: (to) => void (path = to),
    isInPlace() {
      const there = lookAt(path);
      return there.kind === 'there' && there.stat.ino === opened.ino && there.stat.dev === opened.dev;
    },
    close: () => fs.closeSync(fd),
  };
}

/** Truncates the file, if that is possible now; else the next append tries it again first. */
function takeBack(truncate: (size: number) => void, size: number): void {
  try {
    truncate(size);
  } catch {
    // The failure that led here is the one to report.
  }
}

/** A file that is not only ours may be a trap: a link to a file of root's, or a file whose owner reads along. */
function checkFile(stat: fs.Stats): void {
  const refuse = (code: string, message: string): never => {
    throw Object.assign(new Error(message), { code });
  };
  if (!stat.isFile()) refuse('ENOTREG', 'Not a regular file');
  if (stat.nlink > 1) refuse('ELINKED', 'The file has more than one name');
  const self = process.geteuid?.() ?? stat.uid;
  if (stat.uid !== self && stat.uid !== 0) refuse('EOWNER', 'The file belongs to another user');
}

/** Removes the rights of others; returns oddities of the file or its folder, as sentences. */
function closeToOthers(path: string, fd: number, opened: fs.Stats): string[] {
  const warnings: string[] = [];
  if ((opened.mode & othersMayAnything) !== 0) {
    let mode = opened.mode;
    try {
      fs.fchmodSync(fd, 0o600);
      mode = fs.fstatSync(fd).mode;
    } catch {
      // The file system does not support rights, or the file is another user's.
    }
    const was = `${path} had mode ${renderMode(opened.mode)}`;
    warnings.push(
      (mode & othersMayAnything) === 0
        ? `${was}, so that other users could read or write it; it has mode 0600 now`
        : `${was}, which lets other users read or write it, and cannot be changed`,
    );
  }
  const folder = dirname(path);
  const found = lookAt(folder);
  if (found.kind === 'there' && (found.stat.mode & othersMayWrite) !== 0)
    warnings.push(
      `The folder ${folder} has mode ${renderMode(found.stat.mode)}: other users can replace ${basename(path)}`,
    );
  return warnings;
}

function renderMode(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

function isTornAt(fd: number, size: number): boolean {
  if (size === 0) return false;
  try {
    const last = Buffer.alloc(1);
    fs.readSync(fd, last, 0, 1, size - 1);
    return last[0] !== lineEnd;
  } catch {
    // An extra empty line does no harm; two lines joined into one would be lost.
    return true;
  }
}
