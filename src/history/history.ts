// The history of runs: a line for each start and each end, on disk before a start is answered.
import * as z from 'zod';
import { toFileRemedy } from '../append-file.ts';
import type { Clock } from '../clock.ts';
import { AppError, toErrorCode } from '../errors.ts';
import type { Logger } from '../log/log.ts';
import { openHistoryFile, type HistoryFile } from './history-file.ts';
import { loadRemembered } from './load.ts';
import { lockHistory } from './lock.ts';
import { renderLine, type RunBegin, type RunEnd, type RunJoin, type RunStart } from './records.ts';
import type { Remembered, RememberedRuns } from './remembered.ts';

/** How soon a failed write is tried again. */
const retryMs = 5000;
/** How soon lines that no caller waits for are on disk: a sync for each would delay the next start. */
const syncWithinMs = 1000;

/** The `history` part of the config. */
export const HistoryOptions = z.strictObject({
  file: z
    .string()
    .min(1)
    .default('history.jsonl')
    .describe('The history file; a relative path counts from the config file.'),
  keep: z.number().int().min(10).max(100_000).default(1000).describe('How many runs are remembered.'),
  attempts: z
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .default(100_000)
    .describe(
      'How many attempts are remembered at least, refused ones too; at most twice as many. With 0 none are.',
    ),
});
export type HistoryOptions = z.infer<typeof HistoryOptions>;

export interface History {
  /** The remembered runs; a run without an end is still active, or was cut off. */
  readonly runs: RememberedRuns;
  /** The system's error code while the history cannot be written. */
  problem(): string | undefined;
  /** Writes a line; true once it is on disk. If false, no later daemon reads it once the disk can be written again. */
  record(line: RunStart | RunBegin | RunJoin): Promise<boolean>;
  /** Records which process does the work of a run. It is on disk a moment later; a crash of the daemon alone does not lose it. */
  noteProcess(line: RunBegin): void;
  /**
   * Records an end, which is on disk a moment later; a line that cannot be written is kept and tried again. Returns the ids
   * of the runs that are no longer remembered.
   */
  recordEnd(end: RunEnd): readonly string[];
  /** Waits for pending writes, and releases the lock. */
  close(): Promise<void>;
}

interface Pending {
  readonly line: string;
  /** Whether a caller relies on the line being on disk. */
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
  const { remembered, damagedLines, file } = openLocked({
    filePath,
    keep,
    clock,
    unlock,
    onCompacted: () => sync(),
  });
  let queue: Pending[] = [];
  /** Lines that could not be written, and are tried again. */
  let unwritten: (RunBegin | RunEnd)[] = [];
  let draining: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let syncSoon: NodeJS.Timeout | undefined;
  let problem: string | undefined;

  /** One append and at most one sync for all waiting lines, so that many simultaneous starts cost one sync. */
  const writeBatch = async (batch: readonly Pending[]): Promise<boolean> => {
    const isSynced = batch.some((pending) => pending.isSynced);
    if (isSynced) {
      clearTimeout(syncSoon);
      syncSoon = undefined;
    }
    try {
      await file.append(batch.map(({ line }) => line).join(''), isSynced);
      if (!isSynced) syncSoon ??= setTimeout(sync, syncWithinMs).unref();
      // Without a sync, it is not known yet whether the disk accepts writes.
      if (isSynced) report(undefined);
      return true;
    } catch (error) {
      report(toErrorCode(error));
      retry ??= setTimeout(tryAgain, retryMs).unref();
      return false;
    }
  };
  const report = (code: string | undefined): void => {
    if (code === problem) return;
    problem = code;
    if (code === undefined)
      logger.info({ event: 'history-writable' }, `The history ${filePath} can be written again`);
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
  const enqueueLater = (line: RunBegin | RunEnd): void => {
    enqueue({
      line: renderLine(line),
      isSynced: false,
      onWritten: (isOnDisk) => {
        if (!isOnDisk) unwritten.push(line);
      },
    });
  };
  /** Runs even if no line waits, because refused lines may still have to be removed from the file. */
  const tryAgain = (): void => {
    const lines = unwritten;
    unwritten = [];
    retry = undefined;
    for (const line of lines) enqueueLater(line);
    sync();
  };

  if (damagedLines > 0) {
    logger.warn(
      { event: 'history-damaged', lines: damagedLines },
      `${damagedLines} damaged lines in ${filePath} were passed over`,
    );
  }
  for (const warning of file.warnings) logger.warn({ event: 'file-warning' }, warning);
  return {
    runs: remembered,
    problem: () => problem,
    record(line) {
      return new Promise((resolve) => {
        const onWritten = (isOnDisk: boolean): void => {
          if (isOnDisk) remembered.add(line);
          resolve(isOnDisk);
        };
        enqueue({ line: renderLine(line), isSynced: true, onWritten });
      });
    },
    noteProcess(line) {
      remembered.add(line);
      enqueueLater(line);
    },
    recordEnd(end) {
      remembered.add(end);
      enqueueLater(end);
      return remembered.dropOldest(keep);
    },
    async close() {
      await draining;
      tryAgain();
      await draining;
      clearTimeout(retry);
      clearTimeout(syncSoon);
      file.close();
      unlock();
    },
  };
}

function openLocked({
  filePath,
  keep,
  clock,
  unlock,
  onCompacted,
}: {
  readonly filePath: string;
  readonly keep: number;
  readonly clock: Clock;
  readonly unlock: () => void;
  readonly onCompacted: () => void;
}): { readonly remembered: Remembered; readonly damagedLines: number; readonly file: HistoryFile } {
  try {
    const { remembered, damagedLines, usedBytes } = loadRemembered(filePath, keep, clock);
    return {
      remembered,
      damagedLines,
      file: openHistoryFile({ filePath, content: remembered, usedBytes, onCompacted }),
    };
  } catch (error) {
    unlock();
    const code = toErrorCode(error);
    throw new AppError('history-unusable', `Cannot use the history ${filePath} (${code})`, [
      toFileRemedy(code),
    ]);
  }
}
