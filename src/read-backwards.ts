// Reads a file of lines from its end, a piece at a time.
import type { FileHandle } from 'node:fs/promises';

/** How much is read at once. */
export const pieceBytes = 262_144;
const lineEnd = 0x0a;

/**
 * The whole lines of a file before an offset, a piece at a time, the last piece first. A piece is valid until the next is requested;
 * `bytes` is how much was read for it.
 */
export async function* readBackwards(
  handle: FileHandle,
  end: number,
): AsyncGenerator<{ readonly lines: Buffer; readonly from: number; readonly bytes: number }> {
  const buffer = Buffer.alloc(2 * pieceBytes);
  /** The length of the line fragment at the beginning of the buffer; the beginning of that line has not been read yet. */
  let rest = 0;
  for (let position = end; position > 0;) {
    const bytes = Math.min(pieceBytes, position);
    position -= bytes;
    buffer.copyWithin(bytes, 0, rest);
    await handle.read(buffer, 0, bytes, position);
    const both = buffer.subarray(0, bytes + rest);
    const firstWhole = position === 0 ? 0 : both.indexOf(lineEnd) + 1;
    if (position === 0 || firstWhole > 0)
      yield { lines: both.subarray(firstWhole), from: position + firstWhole, bytes };
    rest = firstWhole > 0 ? firstWhole : both.length;
    // Something as long as a whole piece is not a line of ours.
    if (rest > pieceBytes) rest = 0;
  }
}
