// A history read from its file, a piece at a time: however long it is, it takes no more memory than what is remembered of it.
import fs from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { dayMs, toIso, type Clock } from '../clock.ts';
import { createEarlyLines } from './early-lines.ts';
import { parseLine } from './records.ts';
import { createRemembered, type Remembered } from './remembered.ts';

const pieceBytes = 16_384;
/** What is longer is no line of ours. */
const maxLineLength = 16_777_216;
const startOfStart = '{"event":"start"';
const startOfJoin = '{"event":"join"';

export interface LoadedHistory {
  readonly remembered: Remembered;
  readonly damagedLines: number;
  /** About how much of the file is lines of what is remembered. */
  readonly usedBytes: number;
}

/**
 * Reads a history; a missing file is an empty one. Lines that are torn or damaged are counted and passed over, the others
 * stay readable. All of it is read, since a run that goes on may stand anywhere, but of runs that are too old to be
 * remembered no more than has to be. Throws the system's error.
 */
export function loadRemembered(path: string, keep: number, clock: Clock): LoadedHistory {
  const remembered = createRemembered(clock);
  let damagedLines = 0;
  let lengthOfLines = 0;
  const take = (text: string): void => {
    const line = parseLine(text);
    if (line === undefined) damagedLines++;
    // Joins have been taken in before: a run that one leads to is not to be forgotten before it is reached.
    else if (line.event !== 'join') remembered.add(line);
    if (line?.event === 'end') remembered.dropOldest(keep);
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
  return { remembered, damagedLines, usedBytes: Math.ceil((lengthOfLines * remembered.size) / Math.max(1, runs)) };
}

/** How many lines begin like this, but for the first one of the file, about which this may err. */
function countLines(path: string, beginning: string): number {
  const wanted = Buffer.from(`\n${beginning}`);
  let count = 0;
  const countIn = (bytes: Buffer): void => {
    for (let at = bytes.indexOf(wanted); at !== -1; at = bytes.indexOf(wanted, at + wanted.length)) count++;
  };
  let end = Buffer.alloc(0);
  for (const piece of readPieces(path)) {
    countIn(piece);
    // What stands in two pieces; each of its halves is too short to be counted by itself.
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

/** The file, a piece at a time, each good until the next is asked for. */
function* readPieces(path: string): Iterable<Buffer> {
  if (!fs.existsSync(path)) return;
  const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  try {
    const piece = Buffer.alloc(pieceBytes);
    for (let bytes = fs.readSync(fd, piece); bytes > 0; bytes = fs.readSync(fd, piece)) yield piece.subarray(0, bytes);
  } finally {
    fs.closeSync(fd);
  }
}
