// Small state that survives a crash: lines of JSON in a file beside the history, each on disk when it has been appended.
import fs from 'node:fs';
import { dirname } from 'node:path';
import type * as z from 'zod';
import { openAppendFile, toFileRemedy, type AppendFile } from '../append-file.ts';
import { AppError, toErrorCode } from '../errors.ts';
import { syncFolder } from './whole-file.ts';

/** A file with fewer lines is not worth rewriting. */
const fewLines = 1000;

/** A journal, open for appending. */
export interface Journal<Line> {
  /** Oddities of the file, as sentences for its owner. */
  readonly warnings: readonly string[];
  /**
   * Appends a line, which is on disk afterwards. If the file was removed or replaced meanwhile, the current state is written
   * first. Throws the system's error, and leaves the file as it was.
   */
  append(line: Line): void;
  close(): void;
}

/** What a journal is opened with. */
interface JournalParts<Line> {
  readonly path: string;
  readonly schema: z.ZodType<Line>;
  /** Called for each line of the file, in their order. */
  readonly take: (line: Line) => void;
  /** The current state as lines: the file is rewritten once it has become much longer than that, or is no longer in its place. */
  readonly render: () => readonly Line[];
}

/**
 * Opens a journal. The file is made by the first append. A torn last line, left by a crash, was never reported as written,
 * and is removed. Throws AppError `history-unusable`, also for a damaged line: to pass over it could give rights back.
 */
export function openJournal<Line>({ path, schema, take, render }: JournalParts<Line>): Journal<Line> {
  let file: AppendFile | undefined;
  let lines = 0;
  /** With more lines, the file is rewritten. */
  let mostLines = fewLines;
  const replace = (): void => {
    const live = render();
    const fresh = rewrite(path, live);
    file?.close();
    file = fresh;
    lines = live.length;
    mostLines = 2 * lines + fewLines;
  };
  /** A file that has become too long is still good: if it cannot be rewritten, that is tried again later. */
  const shorten = (): void => {
    try {
      replace();
    } catch {
      mostLines = lines + fewLines;
    }
  };
  try {
    const count = readJournal(path, schema, take);
    if (count !== undefined) {
      file = openWhole(path);
      lines = count;
      mostLines = 2 * render().length + fewLines;
      if (lines > mostLines) shorten();
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('history-unusable', `Cannot use ${path} (${toErrorCode(error)})`, [
      toFileRemedy(toErrorCode(error)),
    ]);
  }
  return {
    warnings: file?.warnings ?? [],
    append(line) {
      if (file === undefined) {
        file = openAppendFile(path);
        syncFolder(dirname(path));
      } else if (!file.isInPlace()) replace();
      else if (lines >= mostLines) shorten();
      appendSynced(file, `${JSON.stringify(line)}\n`);
      lines += 1;
    },
    close() {
      file?.close();
      file = undefined;
    },
  };
}

/** Reads the lines of a journal; returns their number, or undefined without a file. Throws as `openJournal`. */
export function readJournal<Line>(
  path: string,
  schema: z.ZodType<Line>,
  take: (line: Line) => void,
): number | undefined {
  const text = loadText(path);
  if (text === undefined) return undefined;
  const lines = text.split('\n').slice(0, -1);
  for (const [i, json] of lines.entries()) {
    const line = parseLine(json, schema);
    if (line === undefined)
      throw new AppError('history-unusable', `${path} is damaged in line ${i + 1}`, [
        'Put back an earlier copy, or remove the file: what it has taken away is then allowed again',
      ]);
    take(line);
  }
  return lines.length;
}

function openWhole(path: string): AppendFile {
  const opened = openAppendFile(path);
  try {
    const bytes = fs.readFileSync(path);
    const whole = bytes.lastIndexOf('\n') + 1;
    if (whole < opened.size()) opened.truncate(whole);
    return opened;
  } catch (error) {
    opened.close();
    throw error;
  }
}

function rewrite(path: string, live: readonly unknown[]): AppendFile {
  const newPath = `${path}.new`;
  fs.rmSync(newPath, { force: true });
  const fresh = openAppendFile(newPath);
  try {
    appendSynced(fresh, live.map((line) => `${JSON.stringify(line)}\n`).join(''));
    fs.renameSync(newPath, path);
    fresh.moveTo(path);
    syncFolder(dirname(path));
    return fresh;
  } catch (error) {
    fresh.close();
    throw error;
  }
}

function appendSynced(file: AppendFile, lines: string): void {
  const size = file.size();
  file.append(lines);
  try {
    fs.fdatasyncSync(file.fd);
  } catch (error) {
    file.truncate(size);
    throw error;
  }
}

/** The content of a file; undefined if it does not exist. Throws the system's error. */
function loadText(path: string): string | undefined {
  const flags = fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK;
  try {
    const fd = fs.openSync(path, flags);
    try {
      return fs.readFileSync(fd, 'utf8');
    } finally {
      fs.closeSync(fd);
    }
  } catch (error) {
    if (toErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseLine<Line>(json: string, schema: z.ZodType<Line>): Line | undefined {
  try {
    return schema.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}
