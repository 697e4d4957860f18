// Reads a history from its file, a piece at a time: however long the file is, it takes no more memory than what is remembered of it.
import fs from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { dayMs, earliestMs, toIso, type Clock } from '../clock.ts';
import { createEarlyLines } from './early-lines.ts';
import { parseLine } from './records.ts';
import { createRemembered, type Remembered } from './remembered.ts';

const pieceBytes = 16_384;
/** A longer line was not written by this program. */
const maxLineLength = 16_777_216;
const startOfStart = '{"event":"start"';
const startOfJoin = '{"event":"join"';

export interface LoadedHistory {
  readonly remembered: Remembered;
  readonly damagedLines: number;
  /** Roughly how many bytes of the file are lines of remembered runs. */
  readonly usedBytes: number;
  /** When the last line about a run was written, by a clock that may have been right. */
  readonly lastAtMs: number | undefined;
}

/**
 * Reads a history; a missing file counts as empty. Torn or damaged lines are counted and skipped; the others
 * stay readable. The whole file is read, because an active run may be anywhere in it, but as little as possible is read
 * of runs that are too old to be remembered. Throws the system's error.
 */
export function loadRemembered(path: string, keep: number, clock: Clock): LoadedHistory {
  const remembered = createRemembered(clock);
  let damagedLines = 0;
  let lengthOfLines = 0;
  let lastAtMs: number | undefined;
  const take = (text: string): void => {
    const line = parseLine(text);
    if (line === undefined) damagedLines++;
    // Joins were read first, so that a run that a join leads to is not forgotten before it is reached.
    else if (line.event !== 'join') remembered.add(line);
    if (line?.event === 'end') remembered.dropOldest(keep);
    const atMs = line === undefined || line.event === 'starts' ? 0 : Date.parse(line.at);
    if (atMs >= earliestMs) lastAtMs = atMs;
  };

  const runs = countLines(path, startOfStart);
  for (const text of countLines(path, startOfJoin) > 0 ? readLines(path) : []) {
    const join = text.startsWith(startOfJoin) ? parseLine(text) : undefined;
    if (join?.event === 'join') remembered.add(join);
  }
  const early = createEarlyLines({
    take,
    isNeeded: (run) => remembered.isJoined(run),
    onStart: (task, at) => remembered.add({ event: 'starts', task, at: [at] }),
    since: toIso(clock.wallMs() - dayMs),
  });
  let earlyRuns = runs - keep;
  for (const text of readLines(path)) {
    if (text === '') continue;
    lengthOfLines += text.length;
    if (earlyRuns <= 0) take(text);
    else {
      if (text.startsWith(startOfStart)) earlyRuns--;
      early.add(text);
      if (earlyRuns === 0) early.end();
    }
  }
  remembered.dropOldest(keep);
  return {
    remembered,
    damagedLines,
    lastAtMs,
    usedBytes: Math.ceil((lengthOfLines * remembered.size) / Math.max(1, runs)),
  };
}

/** How many lines begin like this; it may be wrong about the first line of the file. */
function countLines(path: string, beginning: string): number {
  const wanted = Buffer.from(`\n${beginning}`);
  let count = 0;
  const countIn = (bytes: Buffer): void => {
    for (let at = bytes.indexOf(wanted); at !== -1; at = bytes.indexOf(wanted, at + wanted.length)) count++;
  };
  let end = Buffer.alloc(0);
  for (const piece of readPieces(path)) {
    countIn(piece);
    // A match that spans two pieces; each half is too short to be counted by itself.
    countIn(Buffer.concat([end, piece.subarray(0, wanted.length - 1)]));
    end = Buffer.from(piece.subarray(-(wanted.length - 1)));
  }
  return count;
}

function* readLines(path: string): Iterable<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for (const piece of readPieces(path)) {
    const lines = (rest + decoder.write(piece)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length > maxLineLength) rest = rest.slice(0, 1);
  }
  yield rest + decoder.end();
}

/** The file, a piece at a time; each piece is valid until the next is requested. */
function* readPieces(path: string): Iterable<Buffer> {
  if (!fs.existsSync(path)) return;
  const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  try {
    const piece = Buffer.alloc(pieceBytes);
    for (let bytes = fs.readSync(fd, piece); bytes > 0; bytes = fs.readSync(fd, piece))
      yield piece.subarray(0, bytes);
  } finally {
    fs.closeSync(fd);
  }
}
