// Reads attempts back: from the end of the file, a piece at a time, so that a page costs the same however many attempts there are.
import fs from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { toErrorCode } from '../errors.ts';
import { pieceBytes, readBackwards } from '../read-backwards.ts';
import { parseAttemptLine, type AttemptLine } from './attempt.ts';
import { createAttemptTest, type AttemptFilter, type AttemptTest } from './filter.ts';

/** How much is searched for one page; the next page continues from there. */
const maxPageBytes = 4 * 1024 * 1024;
/** Lines of another time than the period that is searched are passed over so much faster. */
const passedOverFaster = 16;
const lineEnd = 0x0a;

export interface AttemptQuery {
  readonly filter: AttemptFilter;
  readonly limit: number;
  /** Where an earlier page ended; if it is missing, or no longer valid, the search begins with the newest attempt. */
  readonly before?: string | undefined;
}

export interface AttemptPage {
  /** Newest first. */
  readonly attempts: readonly AttemptLine[];
  /** Where the search for older attempts continues; undefined if no older attempts exist. */
  readonly older: string | undefined;
  /** How much was searched for this page. */
  readonly readBytes: number;
}

interface Source {
  readonly handle: FileHandle;
  /** Identifies the file, even after it was renamed. */
  readonly id: string;
  readonly size: number;
}

/** A page of attempts from these files, the newest file first. An unreadable file counts as empty. */
export async function readAttempts(
  files: readonly string[],
  { filter, limit, before = '' }: AttemptQuery,
): Promise<AttemptPage> {
  const sources = (await Promise.all(files.map(openSource))).flat();
  const test = createAttemptTest(filter);
  const attempts: AttemptLine[] = [];
  let readBytes = 0;
  const [beforeId, beforeOffset] = before.split('-');
  const first = sources.findIndex(({ id }) => id === beforeId);
  try {
    for (const [i, { handle, id, size }] of sources.entries()) {
      if (i < first) continue;
      const toPage = (offset: number): AttemptPage => ({
        attempts,
        older: offset === 0 && i === sources.length - 1 ? undefined : `${id}-${offset}`,
        readBytes,
      });
      for await (const { lines, from, bytes } of readBackwards(
        handle,
        i === first ? Math.min(size, Number(beforeOffset)) : size,
      )) {
        const isNear = test.isNearPeriod(lines);
        readBytes += isNear ? bytes : Math.ceil(bytes / passedOverFaster);
        for (const { attempt, start } of isNear ? findInPiece(lines, test) : []) {
          attempts.push(attempt);
          if (attempts.length === limit) return toPage(from + start);
        }
        if (readBytes >= maxPageBytes) return toPage(from);
      }
    }
    return { attempts, older: undefined, readBytes };
  } finally {
    await Promise.all(sources.map(async ({ handle }) => await handle.close()));
  }
}

/** All matching attempts of these files, the newest first; reads a piece at a time, as fast as they are consumed. */
export async function* streamAttempts(
  files: readonly string[],
  filter: AttemptFilter,
): AsyncGenerator<AttemptLine> {
  const sources = (await Promise.all(files.map(openSource))).flat();
  const test = createAttemptTest(filter);
  try {
    for (const { handle, size } of sources)
      for await (const { lines } of readBackwards(handle, size))
        if (test.isNearPeriod(lines)) for (const { attempt } of findInPiece(lines, test)) yield attempt;
  } finally {
    await Promise.all(sources.map(async ({ handle }) => await handle.close()));
  }
}

/** The matching attempts in whole lines, the last one first, and where their lines start. */
function* findInPiece(
  lines: Buffer,
  { mayHold, fits }: AttemptTest,
): Generator<{ readonly attempt: AttemptLine; readonly start: number }> {
  for (let end = mayHold(lines.toString()) ? lines.length : 0; end > 0;) {
    const start = end === 1 ? 0 : lines.lastIndexOf(lineEnd, end - 2) + 1;
    const line = lines.toString('utf8', start, end);
    end = start;
    const attempt = mayHold(line) ? parseAttemptLine(line) : undefined;
    if (attempt !== undefined && fits(attempt)) yield { attempt, start };
  }
}

/** The number of the last line of an attempts file. */
export function findLastNumber(fd: number, size: number): number {
  const tail = Buffer.alloc(Math.min(size, pieceBytes));
  fs.readSync(fd, tail, 0, tail.length, size - tail.length);
  const lines = tail.toString().split('\n').toReversed();
  for (const line of lines) {
    const attempt = parseAttemptLine(line);
    if (attempt !== undefined) return attempt.n;
  }
  return 0;
}

async function openSource(file: string): Promise<Source[]> {
  try {
    const handle = await open(
      file,
      fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK,
    );
    const stat = await handle.stat();
    if (stat.isFile()) return [{ handle, size: stat.size, id: stat.ino.toString(36) }];
    await handle.close();
    return [];
  } catch (error) {
    if (toErrorCode(error) === 'unknown') throw error;
    return [];
  }
}
