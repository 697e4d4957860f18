// Writes a history file as a whole, between the turns of the event loop.
import fs from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openAppendFile, type AppendFile } from '../append-file.ts';

/** How much is written at once, between two turns of the event loop, when the whole file is rewritten. */
const pieceLength = 65_536;
/** Writes lines to a new file, which is on disk afterwards; undefined if it is no longer needed. Throws the system's error. */
export async function writeWholeFile(
  newPath: string,
  lines: Iterable<string>,
  isWanted: () => boolean,
): Promise<AppendFile | undefined> {
  fs.rmSync(newPath, { force: true });
  const fresh = openAppendFile(newPath);
  try {
    for (const piece of toPieces(lines)) {
      fresh.append(piece);
      await nextTurn();
      if (!isWanted()) break;
    }
    if (isWanted()) await callSync(fs.fsync, fresh.fd);
    if (isWanted()) return fresh;
    fresh.close();
    return undefined;
  } catch (error) {
    fresh.close();
    throw error;
  }
}

/** Joins lines into pieces. */
function* toPieces(lines: Iterable<string>): Iterable<string> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** `fsync` or `fdatasync`, awaited. */
export async function callSync(
  sync: (fd: number, done: (error: Error | null) => void) => void,
  fd: number,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  sync(fd, (error) => (error === null ? resolve() : reject(error)));
  await promise;
}

/** Makes sure that a crash does not undo a rename in a folder. */
export function syncFolder(folder: string): void {
  const fd = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
