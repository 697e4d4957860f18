// The file of a history: a line reported as written stays on disk, and a line reported as refused does not come back.
import fs from 'node:fs';
import path from 'node:path';
import { openAppendFile, type AppendFile } from '../append-file.ts';
import { callSync, syncFolder, writeWholeFile } from './whole-file.ts';

/** How much the file may grow beyond twice the size of its current content. */
const roomBytes = 900_000;
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
    const fresh = await writeWholeFile(newPath, content.render(), () => true);
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
      const fresh = await writeWholeFile(newPath, content.render(), () => job === mine);
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
