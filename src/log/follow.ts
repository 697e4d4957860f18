// The lines of a log that are still to come, over its rotations.
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { lookAt } from '../look.ts';
import { openLog, type Place } from './tail.ts';

/** How often to look for new lines. */
const lookMs = 250;
const pieceBytes = 65_536;
const lineEnd = 0x0a;

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
      const handle = await openLog(file);
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
