// The lines of a history file: what each holds, and how they are read back.
import fs from 'node:fs';
import * as z from 'zod';
import { Outcome } from './outcome.ts';

const RunStart = z.object({
  event: z.literal('start'),
  run: z.string(),
  task: z.string(),
  name: z.string(),
  at: z.iso.datetime(),
  address: z.string(),
  label: z.string().optional(),
});
/** A run that was accepted: who (address, label of the keys), what (task id and name), when (UTC). */
export type RunStart = z.infer<typeof RunStart>;

const RunEnd = z.object({
  event: z.literal('end'),
  run: z.string(),
  at: z.iso.datetime(),
  durationMs: z.number().optional(),
  outcome: Outcome,
});
/** How a run ended, and after how many milliseconds; a lost run has no duration. */
export type RunEnd = z.infer<typeof RunEnd>;

const Line = z.discriminatedUnion('event', [RunStart, RunEnd]);

/** A run as it is remembered; without `end` it goes on, or was cut off. */
export interface RunRecord {
  readonly start: RunStart;
  readonly end?: RunEnd;
}

/** The line of a start or an end, with its line end. */
export function renderLine(line: RunStart | RunEnd): string {
  return `${JSON.stringify(line)}\n`;
}

/**
 * Reads the last runs of a history file, oldest first; a missing file is an empty history. Lines that are torn
 * or damaged are counted and passed over, the others stay readable. Throws the system's error.
 */
export function loadRecords(path: string, keep: number): { records: Map<string, RunRecord>; damagedLines: number } {
  const records = new Map<string, RunRecord>();
  let damagedLines = 0;
  for (const text of loadTail(path, Math.max(8_000_000, keep * 1000)).split('\n')) {
    if (text === '') continue;
    const line = parseLine(text);
    if (line === undefined) {
      damagedLines++;
    } else if (line.event === 'start') {
      records.set(line.run, { start: line });
    } else {
      const record = records.get(line.run);
      if (record !== undefined) records.set(line.run, { ...record, end: line });
    }
  }
  dropOldest(records, keep);
  return { records, damagedLines };
}

/** Drops ended runs, oldest first, until no more than `keep` are left. */
export function dropOldest(records: Map<string, RunRecord>, keep: number): void {
  for (const [run, { end }] of records) {
    if (records.size <= keep) return;
    if (end !== undefined) records.delete(run);
  }
}

function parseLine(text: string): RunStart | RunEnd | undefined {
  try {
    return Line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function loadTail(path: string, maxBytes: number): string {
  if (!fs.existsSync(path)) return '';
  const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  try {
    const { size } = fs.fstatSync(fd);
    const start = Math.max(0, size - maxBytes);
    const tail = Buffer.alloc(size - start);
    fs.readSync(fd, tail, 0, tail.length, start);
    const text = tail.toString();
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    fs.closeSync(fd);
  }
}
