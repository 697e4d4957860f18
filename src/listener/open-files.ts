// How many connections the system's limit on open files leaves room for.
import fs from 'node:fs';

/** From this limit on (the usual one is 1,024) every listener may have all the connections it is meant to have. */
const enoughFiles = 1000;
/** What the daemon needs besides connections: Node itself, the log, the history, and the pipes of some runs. */
const ownFiles = 40;

/** RLIMIT_NOFILE of this process; Infinity if there is no limit, or none that can be read (macOS has no /proc). */
export function readOpenFilesLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(fs.readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? Infinity : Number(soft);
  } catch {
    return Infinity;
  }
}

/** What remains of a number of connections under a limit on open files: all of it, or a share in proportion, and at least 1. */
export function toAffordable(connections: number, openFilesLimit: number): number {
  const share = (openFilesLimit - ownFiles) / (enoughFiles - ownFiles);
  return Math.max(1, Math.floor(connections * Math.min(1, share)));
}
