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
 * The first of a file, the folders above it and the symbolic links on the way to it that somebody besides root
 * could change: owned by another user, or writable for group or others. A folder with the sticky bit, such as
 * /tmp, keeps others from replacing what they do not own. Besides root, `uid` may own what it runs itself.
 */
export function findWriters(file: string, uid = 0): Writers | undefined {
  try {
    return findWritersOnPath(path.resolve(file), uid) ?? findWritersOnPath(fs.realpathSync(file), uid);
  } catch {
    return undefined;
  }
}

function findWritersOnPath(file: string, uid: number): Writers | undefined {
  for (let at = file; ; at = path.dirname(at)) {
    const stat = fs.lstatSync(at);
    const kind = stat.isDirectory() ? 'its folder' : stat.isSymbolicLink() ? 'a link to it' : 'the file';
    if (stat.uid !== 0 && stat.uid !== uid) return { what: `${kind} belongs to another user`, path: at };
    if (stat.isSymbolicLink()) {
      const writers = findWritersOnPath(path.resolve(path.dirname(at), fs.readlinkSync(at)), uid);
      if (writers !== undefined) return writers;
    } else if ((stat.mode & 0o022) !== 0 && (stat.mode & 0o1000) === 0) {
      return { what: `${kind} is writable for group or others`, path: at };
    }
    if (at === path.dirname(at)) return undefined;
  }
}
