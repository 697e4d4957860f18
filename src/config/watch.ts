// Notices changes of files, however they happen: written in place, renamed over, switched by a symbolic link,
// removed and restored, mounted one by one, or on a share that reports no changes.
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { toErrorCode } from '../errors.ts';
import { toRealPath } from '../look.ts';

/** How long after an event in a folder its files are checked. */
const lookMs = 50;
/** How long files have to stay unchanged before they are read. */
const settleMs = 200;
/** How often files are checked without an event. */
const usualPollMs = 5000;

export interface Watch {
  /** Calls `onChange` once after each change from now on, and for what changed since the watch was created. */
  begin(onChange: () => void): void;
  /** Treats the current state of the files as known; to be called just before reading them. */
  see(): void;
  /** Watches these files from now on; the current state of new ones counts as known. */
  use(files: readonly string[]): void;
  close(): void;
}

/**
 * Watches files: it watches their folders, because a watch on a file is lost when the file is replaced; and it checks the files
 * now and then, because not every file system reports changes.
 */
export function watchFiles(
  files: readonly string[],
  { pollMs = usualPollMs }: { readonly pollMs?: number } = {},
): Watch {
  let seen = new Map(files.map((file) => [file, toSignature(file)]));
  let watchers: fs.FSWatcher[] = [];
  let poll: NodeJS.Timeout | undefined;
  let soon: NodeJS.Timeout | undefined;
  let settling: NodeJS.Timeout | undefined;
  let report: () => void = () => {};

  const loadAll = (): Map<string, string> =>
    new Map([...seen.keys()].map((file) => [file, toSignature(file)]));
  const look = (): void => {
    if (settling !== undefined) return;
    const now = loadAll();
    if (!isDeepStrictEqual(now, seen)) settling = setTimeout(settle, settleMs, now).unref();
  };
  /** The log may be in the same folder, and not every log line should cause a check. */
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
      report();
      look();
    }
  };
  const watchFolders = (): void => {
    for (const watcher of watchers) watcher.close();
    const folders = new Set(
      [...seen.keys()].flatMap((file) => [path.dirname(file), path.dirname(toRealPath(file))]),
    );
    watchers = [...folders].flatMap((folder) => watchFolder(folder, lookSoon));
  };
  return {
    begin(onChange) {
      report = onChange;
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

/** A folder that cannot be watched is only covered by the periodic checks. */
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
