// Who could change a program before it is run: what root runs, only root may be able to write.
import fs from 'node:fs';
import path from 'node:path';

/** What others could change, and how that is mended. */
export interface Writers {
  /** A file or folder, and what is wrong with it. */
  readonly what: string;
  readonly path: string;
}

/**
 * The first of a file and the folders above it, symbolic links followed, that somebody besides root could change:
 * owned by another user, or writable for group or others. A folder with the sticky bit, such as /tmp, keeps
 * others from replacing what they do not own.
 */
export function findWriters(file: string): Writers | undefined {
  let at: string;
  try {
    at = fs.realpathSync(file);
  } catch {
    return undefined;
  }
  for (;;) {
    const stat = fs.statSync(at, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    const kind = stat.isDirectory() ? 'its folder' : 'the file';
    if (stat.uid !== 0) return { what: `${kind} belongs to another user`, path: at };
    if ((stat.mode & 0o022) !== 0 && (stat.mode & 0o1000) === 0) return { what: `${kind} is writable for group or others`, path: at };
    const above = path.dirname(at);
    if (above === at) return undefined;
    at = above;
  }
}
