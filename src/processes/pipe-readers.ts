// Who reads a pipe of ours: Node learns that its reader has gone only when it writes into it.
import fs from 'node:fs';
import { toErrorCode } from '../errors.ts';

/** How often to look whether the readers are still there. */
const lookMs = 250;

/** Calls back once the last reader of a pipe has gone; never for anything but a pipe, or if its readers cannot be seen. */
export function watchPipeReaders(fd: number, onGone: () => void): void {
  const pipe = fs.fstatSync(fd).isFIFO() ? readLink(`/proc/self/fd/${fd}`) : undefined;
  if (pipe === undefined) return;
  let readers = findReaders(pipe);
  // A reader of another user, or of another container, may be there and not be seen.
  if (readers.length === 0) return;
  const timer = setInterval(() => {
    if (readers.some((reader) => isOpen(reader, pipe))) return;
    readers = findReaders(pipe);
    if (readers.length > 0) return;
    clearInterval(timer);
    onGone();
  }, lookMs).unref();
}

/** The places in /proc where other processes have the pipe open for reading. */
function findReaders(pipe: string): string[] {
  return list('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) =>
      list(`/proc/${pid}/fd`)
        .filter((fd) => readLink(`/proc/${pid}/fd/${fd}`) === pipe && isReadable(pid, fd))
        .map((fd) => `/proc/${pid}/fd/${fd}`),
    );
}

/** Whether a process has it open still; also if it became the process of another user, and cannot be looked at. */
function isOpen(reader: string, pipe: string): boolean {
  try {
    return fs.readlinkSync(reader) === pipe;
  } catch (error) {
    return toErrorCode(error) !== 'ENOENT';
  }
}

/** The access mode is in the last two bits of the flags (proc_pid_fdinfo(5)); 1 is O_WRONLY. */
function isReadable(pid: string, fd: string): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(fs.readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1'))?.[1];
    return flags !== undefined && Number.parseInt(flags, 8) % 4 !== 1;
  } catch {
    return false;
  }
}

function list(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

function readLink(file: string): string | undefined {
  try {
    return fs.readlinkSync(file);
  } catch {
    return undefined;
  }
}
