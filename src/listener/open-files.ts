// How many connections the system's limit on open files allows.
import fs from 'node:fs';

/** From this limit on (the usual one is 1,024), every listener may have all its connections. */
const enoughFiles = 1000;
/** What the daemon needs besides connections: Node itself, the log, the history, and the pipes of some runs. */
const ownFiles = 40;

/** RLIMIT_NOFILE of this process; Infinity if there is no limit, or it cannot be read (macOS has no /proc). */
export function readOpenFilesLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(fs.readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? Infinity : Number(soft);
  } catch {
    return Infinity;
  }
}

/** How many of a number of connections a limit on open files allows: all, or a proportional share, and at least 1. */
export function toAffordable(connections: number, openFilesLimit: number): number {
  const share = (openFilesLimit - ownFiles) / (enoughFiles - ownFiles);
  return Math.max(1, Math.floor(connections * Math.min(1, share)));
}
