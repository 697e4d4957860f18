// The file of a history: a line reported as written stays on disk, and a line reported as refused does not come back.
import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openAppendFile, type AppendFile } from '../append-file.ts';

/** How much the file may grow beyond twice the size of its current content. */
const roomBytes = 900_000;
/** How much is written at once, between two turns of the event loop, when the whole file is rewritten. */
const pieceLength = 65_536;
/** With more runs, the file is rewritten in the background; with fewer, before the next start. */
const fewRuns = 2000;

export interface HistoryFile {
  readonly warnings: readonly string[];
  /**
   * Appends whole lines; with `isSynced`, they are on disk afterwards. One call at a time. Throws the system's error: then no later
   * daemon reads these lines, or nothing more is appended until that is certain.
   */
  append(lines: string, isSynced: boolean): Promise<void>;
  close(): void;
}

/** The current content of the file. */
export interface HistoryContent {
  /** How many runs. */
  readonly size: number;
  /** The current content, as lines. */
  render(): Iterable<string>;
}

/**
 * Opens the file. It is rewritten, without what is no longer remembered, when it is twice as large as what is remembered,
 * so each line is written about twice on average. `usedBytes` is the size of the remembered content. `onCompacted` asks
 * for an append, which puts the new file in place. Throws the system's error.
 */
export function openHistoryFile({
  filePath,
  content,
  usedBytes,
  onCompacted,
}: {
  readonly filePath: string;
  readonly content: HistoryContent;
  readonly usedBytes: number;
  readonly onCompacted: () => void;
}): HistoryFile {
  const newPath = `${filePath}.new`;
  const folder = path.dirname(filePath);
  let file = openAppendFile(filePath);
  const { warnings } = file;
  try {
    syncFolder(folder);
  } catch (error) {
    file.close();
    throw error;
  }
  /** How much of the file is certainly on disk, and what has been appended since. */
  let syncedSize = file.size();
  let unsynced = '';
  /** A sync has failed: lines appended since the last good sync can be read, but may still be lost or refused. */
  let isDoubtful = false;
  /** Whether a crash could bring back the file that this one has replaced. */
  let isPlaceDoubtful = false;
  let limitBytes = 2 * usedBytes + roomBytes;
  /** The file written in the background, once it is complete, and the lines appended meanwhile. */
  let job: { fresh?: AppendFile; lines: string } | undefined;

  /** Writes the whole content to a new file; undefined if it is no longer needed. Throws the system's error. */
  const writeAll = async (isWanted: () => boolean): Promise<AppendFile | undefined> => {
    fs.rmSync(newPath, { force: true });
    const fresh = openAppendFile(newPath);
    try {
      for (const piece of toPieces(content.render())) {
        fresh.append(piece);
        await nextTurn();
        if (!isWanted()) break;
      }
      if (isWanted()) await callSync(fs.fsync, fresh.fd);
      if (isWanted()) return fresh;
      fresh.close();
      return undefined;
    } catch (error) {
      fresh.close();
      throw error;
    }
  };
  const confirmPlace = (): void => {
    syncFolder(folder);
    isPlaceDoubtful = false;
  };
  const putInPlace = (fresh: AppendFile): void => {
    try {
      fs.renameSync(newPath, filePath);
    } catch (error) {
      fresh.close();
      throw error;
    }
    fresh.moveTo(filePath);
    file.close();
    file = fresh;
    syncedSize = file.size();
    unsynced = '';
    isDoubtful = false;
    isPlaceDoubtful = true;
    limitBytes = 2 * file.size() + roomBytes;
    confirmPlace();
  };
  /** Replaces the old file with the new one before anything else is appended. */
  const replace = async (): Promise<void> => {
    giveUpJob();
    const fresh = await writeAll(() => true);
    if (fresh !== undefined) putInPlace(fresh);
  };
  const giveUpJob = (): void => {
    job?.fresh?.close();
    job = undefined;
  };
  /** The old file is still good; the rewrite is tried again once the file has grown. */
  const putOff = (): void => void (limitBytes = file.size() + roomBytes);
  const beginJob = async (lines: string): Promise<void> => {
    const mine: NonNullable<typeof job> = { lines };
    job = mine;
    try {
      const fresh = await writeAll(() => job === mine);
      if (fresh === undefined) return;
      mine.fresh = fresh;
      onCompacted();
    } catch {
      if (job === mine) job = undefined;
      putOff();
    }
  };
  const endJob = async (fresh: AppendFile, lines: string): Promise<void> => {
    try {
      fresh.append(lines);
      await callSync(fs.fsync, fresh.fd);
    } catch {
      giveUpJob();
      return putOff();
    }
    job = undefined;
    try {
      putInPlace(fresh);
    } catch {
      putOff();
    }
  };
  const compact = async (): Promise<void> => {
    try {
      await replace();
    } catch {
      putOff();
    }
  };
  /** Cuts off the lines that may be lost, and appends those that were not refused again. */
  const restore = (): boolean => {
    try {
      file.truncate(syncedSize);
      file.append(unsynced);
      isDoubtful = false;
    } catch {
      // Instead, the whole content is written to another file before the next line.
    }
    return !isDoubtful;
  };
  /** Makes sure that the file can be appended to. */
  const prepare = async (): Promise<void> => {
    if (job?.fresh !== undefined) await endJob(job.fresh, job.lines);
    if (!file.isInPlace()) await replace();
    else if (isDoubtful && !restore()) await replace();
    else if (file.size() > limitBytes && content.size <= fewRuns) await compact();
    if (isPlaceDoubtful) confirmPlace();
  };
  return {
    warnings,
    async append(lines, isSynced) {
      await prepare();
      file.append(lines);
      if (isSynced) {
        try {
          await callSync(fs.fdatasync, file.fd);
        } catch (error) {
          isDoubtful = true;
          restore();
          throw error;
        }
        syncedSize = file.size();
        unsynced = '';
      } else unsynced += lines;
      if (job !== undefined) job.lines += lines;
      else if (file.size() > limitBytes) void beginJob(lines);
    },
    close() {
      file.close();
      if (job === undefined) return;
      giveUpJob();
      try {
        fs.rmSync(newPath, { force: true });
      } catch {
        // The file is removed before it is next written.
      }
    },
  };
}

/** Joins lines into pieces. */
function* toPieces(lines: Iterable<string>): Iterable<string> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** `fsync` or `fdatasync`, awaited. */
async function callSync(
  sync: (fd: number, done: (error: Error | null) => void) => void,
  fd: number,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  sync(fd, (error) => (error === null ? resolve() : reject(error)));
  await promise;
}

function syncFolder(folder: string): void {
  const fd = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
