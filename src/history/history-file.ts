// The file of a history: what it says is on disk stays there, and what it has refused does not come back.
import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openAppendFile, type AppendFile } from '../append-file.ts';

/** How much the file may grow beyond twice what everything that belongs into it takes. */
const roomBytes = 900_000;
/** How much is written at once, and between two turns of the event loop, where everything is written once more. */
const pieceLength = 65_536;
/** Of more runs everything is written once more in the background; of fewer it is done before the next start is. */
const fewRuns = 2000;

export interface HistoryFile {
  readonly warnings: readonly string[];
  /**
   * Appends whole lines; where `isSynced`, they are on disk then. One call at a time. Throws the system's error: then a later
   * daemon reads none of them, or nothing more is appended until that is so.
   */
  append(lines: string, isSynced: boolean): Promise<void>;
  close(): void;
}

/** Everything that belongs into the file. */
export interface HistoryContent {
  /** How many runs. */
  readonly size: number;
  /** What belongs into it now, as lines. */
  render(): Iterable<string>;
}

/**
 * Opens the file. It is written once more, without what is remembered no longer, when it is twice as large as what is:
 * so each line is written about twice, whatever is remembered. `usedBytes` is how much of the file is. `onCompacted` asks
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
  /** How much of the file is on disk for certain, and what has been appended since. */
  let syncedSize = file.size();
  let unsynced = '';
  /** A sync has failed: what was appended since the last good one can be read, and may be lost or refused all the same. */
  let isDoubtful = false;
  /** A crash could bring the file back that this one has replaced. */
  let isPlaceDoubtful = false;
  let limitBytes = 2 * usedBytes + roomBytes;
  /** What is written in the background, once that is complete, and the lines that have been appended meanwhile. */
  let job: { fresh?: AppendFile; lines: string } | undefined;

  /** Writes everything into a file of its own; undefined where that is wanted no longer. Throws the system's error. */
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
  /** Puts everything into the place of the old file before anything else is appended. */
  const replace = async (): Promise<void> => {
    giveUpJob();
    const fresh = await writeAll(() => true);
    if (fresh !== undefined) putInPlace(fresh);
  };
  const giveUpJob = (): void => {
    job?.fresh?.close();
    job = undefined;
  };
  /** The old file is as good as before; it is tried again once it has grown. */
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
  /** Cuts off what may be lost, and appends once more what of it was not refused. */
  const restore = (): boolean => {
    try {
      file.truncate(syncedSize);
      file.append(unsynced);
      isDoubtful = false;
    } catch {
      // Before the next line, everything is written into another file instead.
    }
    return !isDoubtful;
  };
  /** Makes the file one that can be appended to. */
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
        // It is removed before it is written the next time.
      }
    },
  };
}

/** Joins lines to pieces. */
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
async function callSync(sync: (fd: number, done: (error: Error | null) => void) => void, fd: number): Promise<void> {
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
