// The history of runs: a line for each start and each end, on disk before a start is answered.
import * as z from 'zod';
import { toFileRemedy } from '../append-file.ts';
import type { Clock } from '../clock.ts';
import { AppError, toErrorCode } from '../errors.ts';
import type { Logger } from '../log/log.ts';
import { openHistoryFile, type HistoryFile } from './history-file.ts';
import { loadRemembered, type LoadedHistory } from './load.ts';
import { lockHistory } from './lock.ts';
import { createLineWriter } from './line-writer.ts';
import type { RunBegin, RunEnd, RunJoin, RunStart } from './records.ts';
import type { RememberedRuns } from './remembered.ts';

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

/** An end that was recorded. */
interface RecordedEnd {
  /** The ids of the runs that are no longer remembered. */
  readonly forgotten: readonly string[];
  /** Resolves once the line is written: a crash of the daemon alone does not lose it. */
  readonly written: Promise<void>;
}

export interface History {
  /** The remembered runs; a run without an end is still active, or was cut off. */
  readonly runs: RememberedRuns;
  /** When the last line was written before this daemon was started, by a clock that may have been right. */
  readonly lastAtMs: number | undefined;
  /** The system's error code while the history cannot be written. */
  problem(): string | undefined;
  /** Writes a line; true once it is on disk. If false, no later daemon reads it once the disk can be written again. */
  record(line: RunStart | RunBegin | RunJoin): Promise<boolean>;
  /** Records which process does the work of a run. It is on disk a moment later; a crash of the daemon alone does not lose it. */
  noteProcess(line: RunBegin): void;
  /** Records an end, which is on disk a moment later; a line that cannot be written is kept and tried again. */
  recordEnd(end: RunEnd): RecordedEnd;
  /** Waits for pending writes, and releases the lock. */
  close(): Promise<void>;
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
  const { remembered, damagedLines, lastAtMs, file } = openLocked({
    filePath,
    keep,
    clock,
    unlock,
    onCompacted: () => writer.sync(),
  });
  const writer = createLineWriter({ file, filePath, logger });

  if (damagedLines > 0) {
    logger.warn(
      { event: 'history-damaged', lines: damagedLines },
      `${damagedLines} damaged lines in ${filePath} were passed over`,
    );
  }
  for (const warning of file.warnings) logger.warn({ event: 'file-warning' }, warning);
  return {
    runs: remembered,
    lastAtMs,
    problem: writer.problem,
    record: async (line) => await writer.write(line, () => remembered.add(line)),
    noteProcess(line) {
      remembered.add(line);
      void writer.writeLater(line);
    },
    recordEnd(end) {
      remembered.add(end);
      const written = writer.writeLater(end);
      return { forgotten: remembered.dropOldest(keep), written };
    },
    async close() {
      await writer.close();
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
}): Omit<LoadedHistory, 'usedBytes'> & { readonly file: HistoryFile } {
  try {
    const { usedBytes, ...loaded } = loadRemembered(filePath, keep, clock);
    const content = loaded.remembered;
    return {
      ...loaded,
      file: openHistoryFile({ filePath, content, usedBytes, onCompacted }),
    };
  } catch (error) {
    unlock();
    const code = toErrorCode(error);
    throw new AppError('history-unusable', `Cannot use the history ${filePath} (${code})`, [
      toFileRemedy(code),
    ]);
  }
}
