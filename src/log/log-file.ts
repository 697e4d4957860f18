// The log's file: rotated by size, reopened when it was moved away, and honest about whether it can be written.
import fs from 'node:fs';
import { openAppendFile, type AppendFile } from '../append-file.ts';
import { toErrorCode } from '../errors.ts';

/** Lines kept in memory while the file cannot be written; older ones are given up first. */
const maxPendingLines = 200;
/** How often at most the path is looked at for having been moved or deleted. */
const lookEveryMs = 1000;

export interface LogFileOptions {
  readonly path: string;
  /** The file is rotated before it would grow beyond this. */
  readonly maxBytes: number;
  /** How many rotated files (`log.txt.1`, the newest, and so on) stay. */
  readonly keep: number;
  /**
   * Called once when the file becomes unwritable (the system's error code), and once when it is writable again
   * (undefined), then with the number of lines that were given up meanwhile.
   */
  readonly onProblem: (code: string | undefined, lostLines: number) => void;
  /** Called with each sentence about what is odd about the file, whenever it is opened and that has changed. */
  readonly onWarning?: (warning: string) => void;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

export interface LogFile {
  /** Takes one line with its line end; never throws and never waits. */
  write(line: string): void;
  /** Writes what is pending; says whether everything taken so far is in the file. */
  flush(): boolean;
  /** The system's error code while the file cannot be written. */
  problem(): string | undefined;
  /** Opens the path anew, as after `logrotate`. */
  reopen(): void;
  close(): void;
}

/** A log file at a path; a path that cannot be opened is tried again at each write. */
export function createLogFile({ path, maxBytes, keep, onProblem, onWarning = () => {}, nowMs }: LogFileOptions): LogFile {
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
      // Opened again for the next try: what could not be taken back must not keep a log from being written.
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
