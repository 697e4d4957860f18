// Notices when files change, however they are changed: written in place, renamed over, swapped by a symbolic link,
// taken away and brought back, mounted one by one, or on a share that reports nothing.
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { toErrorCode } from '../errors.ts';
import { toRealPath } from '../look.ts';

/** How long after a report of something in a folder the files are looked at. */
const lookMs = 50;
/** How long files have to stay as they are before they are read. */
const settleMs = 200;
/** How often they are looked at where nothing is reported. */
const usualPollMs = 5000;

export interface Watch {
  /** Calls `onChange` once after each change from now on, and for what changed since the watch was created. */
  begin(onChange: () => void): void;
  /** Takes the files as they are at this moment as known: for who is about to read them. */
  see(): void;
  /** Watches these files from now on; those that are new as they are at this moment. */
  use(files: readonly string[]): void;
  close(): void;
}

/**
 * Watches files: their folders, since a watched file would be lost when it is replaced; and the files are looked at
 * now and then, since not every file system tells.
 */
export function watchFiles(files: readonly string[], { pollMs = usualPollMs }: { readonly pollMs?: number } = {}): Watch {
  let seen = new Map(files.map((file) => [file, toSignature(file)]));
  let watchers: fs.FSWatcher[] = [];
  let poll: NodeJS.Timeout | undefined;
  let soon: NodeJS.Timeout | undefined;
  let settling: NodeJS.Timeout | undefined;
  let tell: () => void = () => {};

  const loadAll = (): Map<string, string> => new Map([...seen.keys()].map((file) => [file, toSignature(file)]));
  const look = (): void => {
    if (settling !== undefined) return;
    const now = loadAll();
    if (!isDeepStrictEqual(now, seen)) settling = setTimeout(settle, settleMs, now).unref();
  };
  /** The log may be in the same folder: not each of its lines is worth a look. */
  const lookSoon = (): void => {
    soon ??= setTimeout(() => {
      soon = undefined;
      look();
    }, lookMs).unref();
  };
  const settle = (before: Map<string, string>): void => {
    const now = loadAll();
    settling = undefined;
    if (!isDeepStrictEqual(now, before)) {
      settling = setTimeout(settle, settleMs, now).unref();
    } else if (!isDeepStrictEqual(now, seen)) {
      seen = now;
      watchFolders();
      tell();
      look();
    }
  };
  const watchFolders = (): void => {
    for (const watcher of watchers) watcher.close();
    const folders = new Set([...seen.keys()].flatMap((file) => [path.dirname(file), path.dirname(toRealPath(file))]));
    watchers = [...folders].flatMap((folder) => watchFolder(folder, lookSoon));
  };
  return {
    begin(onChange) {
      tell = onChange;
      watchFolders();
      poll = setInterval(look, pollMs).unref();
      look();
    },
    see() {
      seen = loadAll();
    },
    use(changed) {
      seen = new Map(changed.map((file) => [file, seen.get(file) ?? toSignature(file)]));
      watchFolders();
      look();
    },
    close() {
      clearInterval(poll);
      clearTimeout(soon);
      clearTimeout(settling);
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** A folder that cannot be watched is left to the looking now and then. */
function watchFolder(folder: string, onEvent: () => void): fs.FSWatcher[] {
  try {
    const watcher = fs.watch(folder, { persistent: false }, onEvent);
    watcher.on('error', () => watcher.close());
    return [watcher];
  } catch {
    return [];
  }
}

function toSignature(file: string): string {
  try {
    const stat = fs.statSync(file, { bigint: true });
    return `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
  } catch (error) {
    return toErrorCode(error);
  }
}
