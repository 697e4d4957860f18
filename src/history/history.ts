// What is remembered of runs: a line for each start and each end, on disk before a start is answered.
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { openAppendFile, type AppendFile } from '../append-file.ts';
import { AppError, toErrorCode } from '../errors.ts';
import { lockHistory } from './lock.ts';
import {
  addLine,
  dropOldest,
  loadRecords,
  renderLine,
  renderRecord,
  type RunBegin,
  type RunEnd,
  type RunRecord,
  type RunStart,
} from './records.ts';
import { dayMs, type Clock } from '../clock.ts';
import type { Logger } from '../log/log.ts';

const fdatasync = promisify(fs.fdatasync);

/** How soon ends that could not be written are tried again. */
const retryMs = 5000;
/** How soon lines that nobody waits for are on disk: a sync of their own would hold up the next start. */
const syncWithinMs = 1000;

/** The `history` part of the config. */
export const HistoryOptions = z.strictObject({
  file: z.string().min(1).default('history.jsonl').describe('The history file; a relative path counts from the config file.'),
  keep: z.number().int().min(10).max(100_000).default(1000).describe('How many runs are remembered.'),
  attempts: z
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .default(100_000)
    .describe('How many attempts are remembered at least, refused ones too; at most twice as many. With 0 none are.'),
});
export type HistoryOptions = z.infer<typeof HistoryOptions>;

export interface History {
  /** The runs remembered when the history was opened, oldest first; those without an end were cut off. */
  readonly past: readonly RunRecord[];
  /** The runs remembered now by their ids, oldest first. */
  readonly records: ReadonlyMap<string, RunRecord>;
  /** The system's error code while the history cannot be written. */
  problem(): string | undefined;
  /** Writes a line down; true once it is on disk. On false the file holds nothing of it. */
  record(line: RunStart | RunBegin): Promise<boolean>;
  /** Writes down which process does the work of a run; on disk a moment later, which a crash of the daemon alone needs not. */
  noteProcess(line: RunBegin): void;
  /**
   * Writes an end down, on disk a moment later; what cannot be written is kept and tried again. The result is the ids
   * of runs that are remembered no longer.
   */
  recordEnd(end: RunEnd): readonly string[];
  /** Waits for what is being written, and gives the lock back. */
  close(): Promise<void>;
}

interface Pending {
  readonly line: string;
  /** Whether somebody relies on the line being on disk. */
  readonly isSynced: boolean;
  readonly onWritten: (isOnDisk: boolean) => void;
}

/**
 * Opens a history for this process alone. Throws AppError `history-in-use` or `history-unusable`.
 * `filePath` is absolute.
 */
export function openHistory({
  filePath,
  keep,
  logger,
  clock,
}: {
  readonly filePath: string;
  readonly keep: number;
  readonly logger: Logger;
  readonly clock: Clock;
}): History {
  const unlock = lockHistory(filePath);
  const { records, damagedLines, opened } = openLocked(filePath, keep, clock, unlock);
  let file = opened;
  let queue: Pending[] = [];
  let unwrittenEnds: RunEnd[] = [];
  let draining: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let syncSoon: NodeJS.Timeout | undefined;
  let problem: string | undefined;

  /** One append and at most one sync for everything that waits, so that many starts at a time cost one sync. */
  const writeBatch = async (batch: readonly Pending[]): Promise<boolean> => {
    let sizeBefore: number | undefined;
    try {
      if (!file.isInPlace() || file.size() > 2000 * keep + 1_000_000) {
        const fresh = rewrite(filePath, records);
        file.close();
        file = fresh;
      }
      sizeBefore = file.size();
      file.append(batch.map(({ line }) => line).join(''));
      if (batch.some(({ isSynced }) => isSynced)) {
        clearTimeout(syncSoon);
        syncSoon = undefined;
        await fdatasync(file.fd);
      } else {
        syncSoon ??= setTimeout(sync, syncWithinMs).unref();
      }
      report(undefined);
      return true;
    } catch (error) {
      report(toErrorCode(error));
      if (sizeBefore !== undefined) takeBack(file, sizeBefore);
      return false;
    }
  };
  const report = (code: string | undefined): void => {
    if (code === problem) return;
    problem = code;
    if (code === undefined) logger.info({ event: 'history-writable' }, `The history ${filePath} can be written again`);
    else
      logger.error(
        { event: 'history-unwritable', code },
        `Cannot write the history ${filePath} (${code}); no task is started until it can be written`,
      );
  };
  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue;
      queue = [];
      const isOnDisk = await writeBatch(batch);
      for (const { onWritten } of batch) onWritten(isOnDisk);
    }
    draining = undefined;
  };
  const enqueue = (pending: Pending): void => {
    queue.push(pending);
    draining ??= drain();
  };
  const sync = (): void => enqueue({ line: '', isSynced: true, onWritten: () => {} });
  const enqueueEnd = (end: RunEnd): void => {
    enqueue({
      line: renderLine(end),
      isSynced: false,
      onWritten: (isOnDisk) => {
        if (isOnDisk) return;
        unwrittenEnds.push(end);
        retry ??= setTimeout(retryEnds, retryMs).unref();
      },
    });
  };
  const retryEnds = (): void => {
    const ends = unwrittenEnds;
    unwrittenEnds = [];
    retry = undefined;
    for (const end of ends) enqueueEnd(end);
  };

  if (damagedLines > 0) {
    logger.warn({ event: 'history-damaged', lines: damagedLines }, `${damagedLines} damaged lines in ${filePath} were passed over`);
  }
  return {
    past: [...records.values()],
    records,
    problem: () => problem,
    record(line) {
      return new Promise((resolve) => {
        const onWritten = (isOnDisk: boolean): void => {
          if (isOnDisk) addLine(records, line);
          resolve(isOnDisk);
        };
        enqueue({ line: renderLine(line), isSynced: true, onWritten });
      });
    },
    noteProcess(line) {
      addLine(records, line);
      enqueue({ line: renderLine(line), isSynced: false, onWritten: () => {} });
    },
    recordEnd(end) {
      addLine(records, end);
      enqueueEnd(end);
      return dropOldest(records, keep, clock.wallMs() - dayMs);
    },
    async close() {
      clearTimeout(retry);
      retryEnds();
      sync();
      await draining;
      clearTimeout(retry);
      file.close();
      unlock();
    },
  };
}

function openLocked(
  filePath: string,
  keep: number,
  clock: Clock,
  unlock: () => void,
): {
  readonly records: Map<string, RunRecord>;
  readonly damagedLines: number;
  readonly opened: AppendFile;
} {
  try {
    const loaded = loadRecords(filePath, keep, clock.wallMs() - dayMs);
    const opened = openAppendFile(filePath);
    syncFolder(path.dirname(filePath));
    return { ...loaded, opened };
  } catch (error) {
    unlock();
    throw new AppError('history-unusable', `Cannot use the history ${filePath} (${toErrorCode(error)})`, [
      'It has to be a regular file in a folder that the daemon may write to',
    ]);
  }
}

/** Puts a file with these records in the place of the old one, whole or not at all, and opens it. */
function rewrite(filePath: string, records: ReadonlyMap<string, RunRecord>): AppendFile {
  const newPath = `${filePath}.new`;
  fs.rmSync(newPath, { force: true });
  const file = openAppendFile(newPath);
  try {
    for (const record of records.values()) file.append(renderRecord(record));
    fs.fsyncSync(file.fd);
    fs.renameSync(newPath, filePath);
    syncFolder(path.dirname(filePath));
    return openAppendFile(filePath);
  } catch (error) {
    fs.rmSync(newPath, { force: true });
    throw error;
  } finally {
    file.close();
  }
}

function syncFolder(folder: string): void {
  const fd = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** Removes what may have reached the file of a batch that failed; where even that fails, the torn rest is passed over when read. */
function takeBack(file: AppendFile, size: number): void {
  try {
    file.truncate(size);
  } catch {
    // Reported with the failure itself.
  }
}
