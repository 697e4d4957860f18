// Writes the lines of a history: those of simultaneous callers together, and those that could not be written again.
import { toErrorCode } from '../errors.ts';
import type { Logger } from '../log/log.ts';
import type { HistoryFile } from './history-file.ts';
import { renderLine, type RunBegin, type RunEnd, type RunJoin, type RunStart } from './records.ts';

/** How soon a failed write is tried again. */
const retryMs = 5000;
/** How soon lines that no caller waits for are on disk: a sync for each would delay the next start. */
const syncWithinMs = 1000;

interface Pending {
  readonly line: string;
  /** Whether a caller relies on the line being on disk. */
  readonly isSynced: boolean;
  readonly onWritten: (isOnDisk: boolean) => void;
}

export interface LineWriter {
  /** The system's error code while nothing can be written. */
  problem(): string | undefined;
  /** Writes a line; true once it is on disk, after `onWritten` was called. */
  write(line: RunStart | RunBegin | RunJoin, onWritten: () => void): Promise<boolean>;
  /** Writes a line that is on disk a moment later; if it cannot be written, it is kept and tried again. Resolves once it is written. */
  writeLater(line: RunBegin | RunEnd): Promise<void>;
  /** Makes sure that everything is on disk. */
  sync(): void;
  /** Waits for pending writes. */
  close(): Promise<void>;
}

export function createLineWriter({
  file,
  filePath,
  logger,
}: {
  readonly file: Pick<HistoryFile, 'append'>;
  readonly filePath: string;
  readonly logger: Logger;
}): LineWriter {
  let queue: Pending[] = [];
  /** Lines that could not be written, and are tried again. */
  let unwritten: { readonly line: RunBegin | RunEnd; readonly onWritten: () => void }[] = [];
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
  const enqueueLater = (line: RunBegin | RunEnd, onWritten: () => void): void => {
    enqueue({
      line: renderLine(line),
      isSynced: false,
      onWritten: (isOnDisk) => {
        if (isOnDisk) onWritten();
        else unwritten.push({ line, onWritten });
      },
    });
  };
  /** Runs even if no line waits, because refused lines may still have to be removed from the file. */
  const tryAgain = (): void => {
    const lines = unwritten;
    unwritten = [];
    retry = undefined;
    for (const { line, onWritten } of lines) enqueueLater(line, onWritten);
    sync();
  };

  return {
    problem: () => problem,
    write(line, onWritten) {
      return new Promise((resolve) => {
        enqueue({
          line: renderLine(line),
          isSynced: true,
          onWritten(isOnDisk) {
            if (isOnDisk) onWritten();
            resolve(isOnDisk);
          },
        });
      });
    },
    writeLater: (line) => new Promise((resolve) => enqueueLater(line, resolve)),
    sync,
    async close() {
      await draining;
      tryAgain();
      await draining;
      clearTimeout(retry);
      clearTimeout(syncSoon);
    },
  };
}
