// Every attempt, refused ones too: lines in a file beside the history, written behind the caller's back and bounded by two generations.
import fs from 'node:fs';
import { openAppendFile, type AppendFile } from '../append-file.ts';
import { toIso, type Clock } from '../clock.ts';
import { toErrorCode } from '../errors.ts';
import type { Logger } from '../log/log.ts';
import { findLastNumber, readAttempts, type AttemptPage, type AttemptQuery } from './read.ts';
import { isRefused, type Attempt } from './attempt.ts';

/** How soon an attempt is in the file. */
const flushWithinMs = 1000;
/** How many lines wait at most: more than a second's worth of what is not folded. */
const maxWaiting = 2000;

export interface Attempts {
  /** Takes an attempt down. Never throws and never waits. */
  note(attempt: Attempt): void;
  /** Attempts, newest first. Throws nothing but bugs: what cannot be read is not there. */
  find(query: AttemptQuery): Promise<AttemptPage>;
  /** Writes what waits. */
  close(): void;
}

/** Where the attempts of a history are, the older ones behind the newer ones. */
export function toAttemptFiles(historyPath: string): readonly [newer: string, older: string] {
  return [`${historyPath}.attempts`, `${historyPath}.attempts.1`];
}

/**
 * Opens the attempts of a history. At least the last `keep` are remembered, at most twice as many; none with 0. A file
 * that cannot be written fails nobody: what was refused is then lost, what was let in is in the history anyway and waits.
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
  /** The file to append to: a fresh one where the old one is full, or was taken away. */
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
      open().append(waiting.map(({ at, attempt }, i) => `${JSON.stringify({ n: count + i + 1, at, ...attempt })}\n`).join(''));
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
    if (problem === undefined) logger.info({ event: 'attempts-writable' }, `The attempts in ${path} can be written again`);
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
    close() {
      clearTimeout(timer);
      flush();
      close();
    },
  };
}
