// Reads the lines of a log that is rotated: the last ones, and those that are still to come.
import fs from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { readBackwards } from '../attempts/read.ts';
import { toErrorCode } from '../errors.ts';
import { lookAt } from '../look.ts';

/** How often to look for new lines. */
const lookMs = 250;
const pieceBytes = 65_536;
const lineEnd = 0x0a;

/** A place in a file, which keeps its inode when it is renamed. */
interface Place {
  readonly inode: number;
  readonly offset: number;
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

/** The last lines that fit, oldest first, and where the next line will begin. */
export async function readLast(
  files: readonly string[],
  limit: number,
  fits: (line: string) => boolean,
): Promise<{ readonly lines: readonly string[]; readonly next: Place | undefined }> {
  const found: string[] = [];
  let next: Place | undefined;
  for (const [i, file] of files.entries()) {
    const handle = await openFile(file);
    if (handle === undefined) continue;
    try {
      const { ino, size } = await handle.stat();
      const end = await findLastLineEnd(handle, size);
      if (i === 0) next = { inode: ino, offset: end };
      if (found.length >= limit) break;
      for await (const { lines } of readBackwards(handle, end)) {
        const piece = lines
          .toString()
          .split('\n')
          .toReversed()
          .filter((line) => line !== '' && fits(line));
        found.push(...piece.slice(0, limit - found.length));
        if (found.length >= limit) break;
      }
    } finally {
      await handle.close();
    }
  }
  return { lines: found.toReversed(), next };
}

/** The lines that are written after a place, as they come, over rotations; undefined as the place stands for a log that does not exist yet. */
export async function* followLines(
  files: readonly string[],
  from: Place | undefined,
): AsyncGenerator<string> {
  let place = from;
  for (;;) {
    // A log that has been rotated since is read to its end, then the newer ones.
    const at = findIndex(files, place);
    for (const file of files.slice(0, at + 1).toReversed()) {
      const handle = await openFile(file);
      if (handle === undefined) continue;
      try {
        const { ino, size } = await handle.stat();
        let offset = ino === place?.inode && size >= place.offset ? place.offset : 0;
        for await (const { lines, bytes } of readForwards(handle, offset)) {
          yield* lines;
          offset += bytes;
        }
        place = { inode: ino, offset };
      } finally {
        await handle.close();
      }
    }
    await pause(lookMs);
  }
}

/** Which of the files is the one of a place now; the newest if it is gone. */
function findIndex(files: readonly string[], place: Place | undefined): number {
  if (place === undefined) return 0;
  return Math.max(
    0,
    files.findIndex((file) => {
      const found = lookAt(file);
      return found.kind === 'there' && found.stat.ino === place.inode;
    }),
  );
}

/** The whole lines of a file from an offset on, a piece at a time; `bytes` is their length. */
async function* readForwards(
  handle: FileHandle,
  from: number,
): AsyncGenerator<{ readonly lines: readonly string[]; readonly bytes: number }> {
  let buffer = Buffer.alloc(pieceBytes);
  for (let offset = from; ;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
    const bytes = buffer.subarray(0, bytesRead).lastIndexOf(lineEnd) + 1;
    if (bytes > 0) yield { lines: buffer.toString('utf8', 0, bytes - 1).split('\n'), bytes };
    else if (bytesRead < buffer.length) return;
    else buffer = Buffer.alloc(2 * buffer.length);
    offset += bytes;
  }
}

/** The offset behind the last whole line: the next one may be half written. */
async function findLastLineEnd(handle: FileHandle, size: number): Promise<number> {
  const tail = Buffer.alloc(Math.min(size, pieceBytes));
  await handle.read(tail, 0, tail.length, size - tail.length);
  return size - tail.length + tail.lastIndexOf(lineEnd) + 1;
}

async function openFile(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch (error) {
    if (toErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
