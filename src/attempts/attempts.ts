// Every attempt, including refused ones: lines in a file beside the history, written in the background and bounded by two generations.
import fs from 'node:fs';
import { openAppendFile, type AppendFile } from '../append-file.ts';
import { toIso, type Clock } from '../clock.ts';
import { toErrorCode } from '../errors.ts';
import type { Logger } from '../log/log.ts';
import { findLastNumber, readAttempts, streamAttempts, type AttemptPage, type AttemptQuery } from './read.ts';
import { isRefused, type Attempt, type AttemptLine } from './attempt.ts';
import type { AttemptFilter } from './filter.ts';

/** How soon an attempt is in the file. */
const flushWithinMs = 1000;
/** How many lines may wait: more than the lines of one second, because floods are summed up. */
const maxWaiting = 2000;

export interface Attempts {
  /** Records an attempt. Never throws and never waits. */
  note(attempt: Attempt): void;
  /** Returns attempts, newest first. Throws only on bugs: unreadable files count as empty. */
  find(query: AttemptQuery): Promise<AttemptPage>;
  /** Returns all matching attempts one by one, newest first. Throws only on bugs. */
  stream(filter: AttemptFilter): AsyncIterable<AttemptLine>;
  /** Writes the waiting lines. */
  close(): void;
}

/** The files with the attempts of a history, newer ones first. */
export function toAttemptFiles(historyPath: string): readonly [newer: string, older: string] {
  return [`${historyPath}.attempts`, `${historyPath}.attempts.1`];
}

/**
 * Opens the attempts of a history. At least the last `keep` are remembered, at most twice as many; 0 keeps no attempts. If the
 * file cannot be written, no call fails: refused calls are then lost; admitted calls are in the history anyway, and wait here.
 */
export function openAttempts({
  historyPath,
  keep,
  logger,
  clock,
}: {
  readonly historyPath: string;
  readonly keep: number;
  readonly logger: Logger;
  readonly clock: Clock;
}): Attempts {
  const files = toAttemptFiles(historyPath);
  const [path, olderPath] = files;
  let waiting: { readonly at: string; readonly attempt: Attempt }[] = [];
  let file: AppendFile | undefined;
  let count = 0;
  let timer: NodeJS.Timeout | undefined;
  let problem: string | undefined;

  const close = (): void => {
    file?.close();
    file = undefined;
  };
  /** The file to append to: a new one if the old one is full, or was removed. */
  const open = (): AppendFile => {
    if (file !== undefined && !file.isInPlace()) close();
    if (file === undefined) {
      file = openAppendFile(path);
      count = findLastNumber(file.fd, file.size());
    }
    if (count < keep) return file;
    close();
    fs.renameSync(path, olderPath);
    file = openAppendFile(path);
    count = 0;
    return file;
  };
  const write = (): string | undefined => {
    try {
      open().append(
        waiting
          .map(({ at, attempt }, i) => `${JSON.stringify({ n: count + i + 1, at, ...attempt })}\n`)
          .join(''),
      );
      count += waiting.length;
      waiting = [];
      return undefined;
    } catch (error) {
      close();
      waiting = waiting.filter(({ attempt }) => !isRefused(attempt));
      return toErrorCode(error);
    }
  };
  const flush = (): void => {
    timer = undefined;
    if (waiting.length === 0) return;
    const before = problem;
    problem = write();
    if (problem === before) return;
    if (problem === undefined)
      logger.info({ event: 'attempts-writable' }, `The attempts in ${path} can be written again`);
    else
      logger.error(
        { event: 'attempts-unwritable', code: problem },
        `Cannot write the attempts into ${path} (${problem}); refused ones are lost until it can be written`,
      );
  };
  return {
    note(attempt) {
      if (keep === 0 || waiting.length >= maxWaiting) return;
      waiting.push({ at: toIso(clock.wallMs()), attempt });
      timer ??= setTimeout(flush, flushWithinMs).unref();
    },
    async find(query) {
      clearTimeout(timer);
      flush();
      return await readAttempts(files, query);
    },
    stream(filter) {
      clearTimeout(timer);
      flush();
      return streamAttempts(files, filter);
    },
    close() {
      clearTimeout(timer);
      flush();
      close();
    },
  };
}
