// The log: written by pino to standard output (readable in a terminal, else JSON) and to a file.
import fs from 'node:fs';
import pino, { type Logger } from 'pino';
import * as z from 'zod';
import { SizeBytes } from '../values/duration.ts';
import { FilePath } from '../values/file-path.ts';
import { escapeJson, toOneLine } from '../untrusted-text.ts';
import { createLogFile, type LogFile, type LogFileOptions } from './log-file.ts';

export type { Logger };

/** The `log` part of the config. */
export const LogOptions = z.strictObject({
  file: FilePath.min(1)
    .default('log.txt')
    .describe('The log file; a relative path counts from the config file.'),
  level: z
    .enum(['debug', 'info', 'warn', 'error'])
    .optional()
    .describe('The least grave level that is written; "info" if not given, "debug" with server.debug.'),
  maxSize: SizeBytes.prefault('5MB').describe('The log is rotated before it grows beyond this size.'),
  keep: z.number().int().min(0).max(100).default(5).describe('How many rotated log files stay.'),
});
export type LogOptions = z.infer<typeof LogOptions>;

export interface Log {
  readonly logger: Logger;
  /** Whether everything logged so far is in the file; tries again first if something is not. */
  isWritten(): boolean;
  /** The system's error code while the file cannot be written. */
  problem(): string | undefined;
  reopen(): void;
  close(): void;
}

/** Opens the log. `path` is absolute; `isTerminal` and `isColored` describe standard output. */
export async function openLog(
  options: LogOptions,
  {
    path,
    level,
    isTerminal,
    isColored,
  }: {
    readonly path: string;
    readonly level: string;
    readonly isTerminal: boolean;
    readonly isColored: boolean;
  },
): Promise<Log> {
  const terminal = isTerminal ? await createReadableTerminal(isColored) : { write: createLineWriter() };
  let report: LogFileOptions['onProblem'] = () => {};
  let warn: (warning: string) => void = () => {};
  const file: LogFile = createLogFile({
    path,
    maxBytes: options.maxSize,
    keep: options.keep,
    nowMs: () => performance.now(),
    onProblem: (code, lostLines) => report(code, lostLines),
    onWarning: (warning) => warn(warning),
  });
  const streams = pino.multistream([
    { level: 'debug', stream: terminal },
    { level: 'debug', stream: file },
  ]);
  const base = {
    hooks: { streamWrite: escapeJson },
    base: null,
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: {},
  };
  const onTerminalOnly = pino(base, terminal);
  const logger = pino(base, streams);
  warn = (warning) => logger.warn({ event: 'file-warning' }, warning);
  report = (code, lostLines) => {
    if (code === undefined) {
      onTerminalOnly.info({ event: 'log-writable' }, `The log file ${path} can be written again`);
      if (lostLines > 0)
        logger.warn(
          { event: 'log-lines-lost', lines: lostLines },
          `${lostLines} lines were lost while the log could not be written`,
        );
    } else
      onTerminalOnly.error(
        { event: 'log-unwritable', code },
        `Cannot write the log file ${path} (${code}); no task is started until it can be written`,
      );
  };
  return {
    logger,
    isWritten: () => file.flush(),
    problem: () => file.problem(),
    reopen: () => file.reopen(),
    close: () => file.close(),
  };
}

async function createReadableTerminal(isColored: boolean): Promise<{ write(line: string): void }> {
  const { prettyFactory } = await import('pino-pretty');
  const toReadable = prettyFactory({
    colorize: isColored,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'event',
    singleLine: true,
  });
  const write = createLineWriter();
  const toShown = (_name: string, value: unknown): unknown =>
    typeof value === 'string' ? toOneLine(value) : value;
  return { write: (line) => write(toReadable(JSON.parse(line, toShown))) };
}

/**
 * Writes lines to standard output without waiting for a reader that stopped reading and without failing after a reader has left:
 * a pipe is opened again in non-blocking mode, because Node's own `process.stdout` would block the whole process.
 */
function createLineWriter(): (line: string) => void {
  let fd = 1;
  try {
    if (fs.fstatSync(1).isFIFO())
      fd = fs.openSync('/proc/self/fd/1', fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);
  } catch {
    // Standard output is closed, or /proc does not exist: lines go directly to descriptor 1.
  }
  return (line) => {
    try {
      fs.writeSync(fd, line);
    } catch {
      // The pipe is full or closed; the line is in the log file anyway.
    }
  };
}
