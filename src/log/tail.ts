// The last lines of a log that is rotated, read back from its files.
import fs from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import * as z from 'zod';
import { toErrorCode } from '../errors.ts';
import { readBackwards } from '../read-backwards.ts';

/** How much of the end of a file a page reads: more lines than people read. */
const maxPageBytes = 524_288;
const endBytes = 65_536;
const lineEnd = 0x0a;

const LogLine = z.object({
  /** ISO 8601, UTC. */
  time: z.string(),
  /** As in pino: 30 is information, 40 a warning, 50 an error. */
  level: z.number(),
  event: z.string().optional(),
  msg: z.string(),
  task: z.string().optional(),
  /** Why a run ended as it did. */
  reason: z.string().optional(),
  /** What is wrong with a config. */
  problems: z.array(z.string()).optional(),
});
/** A line of the log, as far as people read it. */
export type LogLine = z.infer<typeof LogLine>;

/** A place in a file, which keeps its inode when it is renamed. */
export interface Place {
  readonly inode: number;
  readonly offset: number;
}

/** What a person reads below a line: why, unless the line says it already, and what is wrong with a config. */
export function listDetails({ msg, reason, problems = [] }: LogLine): readonly string[] {
  return reason === undefined || msg.includes(reason) ? problems : [reason, ...problems];
}

/** A line as data; undefined if it is torn, or not of the log. */
export function parseLogLine(text: string): LogLine | undefined {
  try {
    return LogLine.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** A log's file and the rotated ones, the newest first. */
export function toLogFiles({
  path,
  keep,
}: {
  readonly path: string;
  readonly keep: number;
}): readonly string[] {
  return [path, ...Array.from({ length: keep }, (_, i) => `${path}.${i + 1}`)];
}

/** What is made of a line; undefined if it is not wanted. */
type Take<T> = (line: string) => T | undefined;

/** The last lines that are wanted, oldest first, and where the next line of the log will begin. Reads `maxBytes` of each file at most. */
export async function readLast<T>(
  files: readonly string[],
  {
    limit,
    take,
    maxBytes = Infinity,
  }: { readonly limit: number; readonly take: Take<T>; readonly maxBytes?: number },
): Promise<{ readonly lines: readonly T[]; readonly next: Place | undefined }> {
  const found: T[] = [];
  let next: Place | undefined;
  for (const [i, file] of files.entries()) {
    const handle = await openLog(file);
    if (handle === undefined) continue;
    try {
      const { ino, size } = await handle.stat();
      const end = await findLastLineEnd(handle, size);
      if (i === 0) next = { inode: ino, offset: end };
      if (found.length >= limit) break;
      let readBytes = 0;
      for await (const { lines, bytes } of readBackwards(handle, end)) {
        for (const line of lines.toString().split('\n').toReversed()) {
          const taken = line === '' ? undefined : take(line);
          if (taken !== undefined && found.length < limit) found.push(taken);
        }
        readBytes += bytes;
        if (found.length >= limit || readBytes >= maxBytes) break;
      }
    } finally {
      await handle.close();
    }
  }
  return { lines: found.toReversed(), next };
}

/** The last lines that fit, the newest first, for a page: from a log's file and if that has too few from the one before it. A file that cannot be read counts as empty. */
export async function readLogTail(
  path: string,
  { limit, fits }: { readonly limit: number; readonly fits: (line: LogLine) => boolean },
): Promise<readonly LogLine[]> {
  const take: Take<LogLine> = (text) => {
    const line = parseLogLine(text);
    return line !== undefined && fits(line) ? line : undefined;
  };
  const found: LogLine[] = [];
  for (const file of toLogFiles({ path, keep: 1 })) {
    try {
      const rest = { limit: limit - found.length, take, maxBytes: maxPageBytes };
      found.push(...(await readLast([file], rest)).lines.toReversed());
    } catch (error) {
      if (toErrorCode(error) === 'unknown') throw error;
    }
  }
  return found;
}

/** The offset behind the last whole line: the next one may be half written. */
async function findLastLineEnd(handle: FileHandle, size: number): Promise<number> {
  const tail = Buffer.alloc(Math.min(size, endBytes));
  await handle.read(tail, 0, tail.length, size - tail.length);
  return size - tail.length + tail.lastIndexOf(lineEnd) + 1;
}

/** Opens a file of a log; undefined if it does not exist. */
export async function openLog(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch (error) {
    if (toErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
