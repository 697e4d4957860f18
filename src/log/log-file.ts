// The log's file: rotated by size, reopened after it was moved, with failures to write reported.
import fs from 'node:fs';
import { openAppendFile, type AppendFile } from '../append-file.ts';
import { toErrorCode } from '../errors.ts';

/** Lines kept in memory while the file cannot be written; the oldest are dropped first. */
const maxPendingLines = 200;
/** How often at most to check whether the file was moved or deleted. */
const lookEveryMs = 1000;

export interface LogFileOptions {
  readonly path: string;
  /** The file is rotated before it would grow beyond this. */
  readonly maxBytes: number;
  /** How many rotated files (`log.txt.1`, the newest, and so on) are kept. */
  readonly keep: number;
  /**
   * Called once when the file becomes unwritable (the system's error code), and once when it is writable again
   * (undefined), then with the number of lines that were dropped meanwhile.
   */
  readonly onProblem: (code: string | undefined, lostLines: number) => void;
  /** Called with each sentence about an oddity of the file, whenever it is opened and these have changed. */
  readonly onWarning?: (warning: string) => void;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

export interface LogFile {
  /** Accepts one line with its line end; never throws and never waits. */
  write(line: string): void;
  /** Writes pending lines; returns whether all lines accepted so far are in the file. */
  flush(): boolean;
  /** The system's error code while the file cannot be written. */
  problem(): string | undefined;
  /** Opens the path again, for example after `logrotate`. */
  reopen(): void;
  close(): void;
}

/** Creates a log file at a path; if the path cannot be opened, each write tries again. */
export function createLogFile({
  path,
  maxBytes,
  keep,
  onProblem,
  onWarning = () => {},
  nowMs,
}: LogFileOptions): LogFile {
  let file: AppendFile | undefined;
  let pending: string[] = [];
  let lostLines = 0;
  let problem: string | undefined;
  let warned: readonly string[] = [];
  let untold: readonly string[] = [];
  let lookedAtMs = Number.NEGATIVE_INFINITY;

  const close = (): void => {
    file?.close();
    file = undefined;
  };
  const open = (): AppendFile => {
    const opened = openAppendFile(path);
    untold = [...untold, ...opened.warnings.filter((warning) => !warned.includes(warning))];
    warned = opened.warnings;
    return opened;
  };
  const rotate = (): void => {
    close();
    for (let n = keep; n > 0; n--) {
      const older = n === 1 ? path : `${path}.${n - 1}`;
      if (fs.existsSync(older)) fs.renameSync(older, `${path}.${n}`);
    }
    if (keep === 0) fs.rmSync(path, { force: true });
  };
  const append = (lines: string): void => {
    if (file !== undefined && nowMs() - lookedAtMs >= lookEveryMs) {
      lookedAtMs = nowMs();
      if (!file.isInPlace()) close();
    }
    file ??= open();
    if (file.size() > 0 && file.size() + Buffer.byteLength(lines) > maxBytes) {
      rotate();
      file = open();
    }
    if (lines !== '') file.append(lines);
  };
  const flush = (): boolean => {
    let now: string | undefined;
    try {
      append(pending.join(''));
      pending = [];
    } catch (error) {
      now = toErrorCode(error);
      // Opened again for the next try, because a partial line that could not be removed must not stop the log.
      close();
    }
    const isNews = now !== problem;
    problem = now;
    if (isNews) {
      const lost = now === undefined ? lostLines : 0;
      lostLines -= lost;
      onProblem(now, lost);
    }
    const warnings = untold;
    untold = [];
    for (const warning of warnings) onWarning(warning);
    return problem === undefined;
  };
  return {
    write(line) {
      pending.push(line);
      if (pending.length > maxPendingLines) {
        pending.shift();
        lostLines++;
      }
      flush();
    },
    flush,
    problem: () => problem,
    reopen: close,
    close() {
      flush();
      close();
    },
  };
}
