// What is remembered of runs: a line for each start and each end, on disk before a start is answered.
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { openAppendFile, type AppendFile } from './append-file.ts';
import { AppError, toErrorCode } from './errors.ts';
import { lockHistory } from './history-lock.ts';
import { dropOldest, loadRecords, renderLine, type RunEnd, type RunRecord, type RunStart } from './history-records.ts';
import type { Logger } from './log.ts';

const fdatasync = promisify(fs.fdatasync);

/** How soon ends that could not be written are tried again. */
const retryMs = 5000;

/** The `history` part of the config. */
export const HistoryOptions = z.strictObject({
  file: z.string().min(1).default('history.jsonl').describe('The history file; a relative path counts from the config file.'),
  keep: z.number().int().min(10).max(100_000).default(1000).describe('How many runs are remembered.'),
});
export type HistoryOptions = z.infer<typeof HistoryOptions>;

export interface History {
  /** The runs remembered when the history was opened, oldest first; those cut off by a crash have ended as `lost`. */
  readonly past: readonly RunRecord[];
  /** Writes a start down; true once it is on disk. On false the file holds nothing of it, and nothing may be started. */
  recordStart(start: RunStart): Promise<boolean>;
  /** Writes an end down; what cannot be written is kept and tried again. */
  recordEnd(end: RunEnd): void;
  /** Waits for what is being written, and gives the lock back. */
  close(): Promise<void>;
}

interface Pending {
  readonly line: string;
  readonly onWritten: (isOnDisk: boolean) => void;
}

/**
 * Opens a history for this process alone. Throws AppError `history-in-use` or `history-unusable`.
 * `filePath` is absolute, `wallMs` the time for people.
 */
export function openHistory({
  filePath,
  keep,
  logger,
  wallMs,
}: {
  readonly filePath: string;
  readonly keep: number;
  readonly logger: Logger;
  readonly wallMs: () => number;
}): History {
  const unlock = lockHistory(filePath);
  const { records, damagedLines, opened } = openLocked(filePath, keep, unlock);
  let file = opened;
  let queue: Pending[] = [];
  let unwrittenEnds: RunEnd[] = [];
  let draining: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let problem: string | undefined;

  /** One append and one sync for everything that waits, so that many starts at a time cost one sync. */
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
      await fdatasync(file.fd);
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
  const enqueueEnd = (end: RunEnd): void => {
    enqueue({
      line: renderLine(end),
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
  for (const [run, record] of records) {
    if (record.end !== undefined) continue;
    const end: RunEnd = { event: 'end', run, at: toIso(wallMs()), outcome: { kind: 'lost' } };
    records.set(run, { ...record, end });
    enqueueEnd(end);
    logger.warn(
      { event: 'run-lost', task: record.start.task, run },
      `What became of a run of ${record.start.name} is not known: the daemon was cut off while it ran`,
    );
  }
  return {
    past: [...records.values()],
    recordStart(start) {
      return new Promise((resolve) => {
        const onWritten = (isOnDisk: boolean): void => {
          if (isOnDisk) records.set(start.run, { start });
          resolve(isOnDisk);
        };
        enqueue({ line: renderLine(start), onWritten });
      });
    },
    recordEnd(end) {
      const record = records.get(end.run);
      if (record !== undefined) records.set(end.run, { ...record, end });
      dropOldest(records, keep);
      enqueueEnd(end);
    },
    async close() {
      clearTimeout(retry);
      retryEnds();
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
  unlock: () => void,
): {
  readonly records: Map<string, RunRecord>;
  readonly damagedLines: number;
  readonly opened: AppendFile;
} {
  try {
    const loaded = loadRecords(filePath, keep);
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
    for (const { start, end } of records.values()) {
      file.append(renderLine(start) + (end === undefined ? '' : renderLine(end)));
    }
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

/** Wall time in milliseconds as ISO 8601 in UTC. */
export function toIso(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
