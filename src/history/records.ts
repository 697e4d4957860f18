// The lines of a history file: what each holds, and how they are read back.
import fs from 'node:fs';
import * as z from 'zod';
import { Outcome } from '../outcome.ts';

const RunStart = z.object({
  event: z.literal('start'),
  run: z.string(),
  task: z.string(),
  name: z.string(),
  at: z.iso.datetime(),
  address: z.string(),
  label: z.string().optional(),
  /** SHA-256 of the caller's Idempotency-Key. */
  idempotencyKey: z.string().optional(),
  /** The run waits behind another one; a line `begin` tells when it is its turn. */
  isQueued: z.literal(true).optional(),
});
/** A run that was accepted: who (address, label of the keys), what (task id and name), when (UTC). */
export type RunStart = z.infer<typeof RunStart>;

/** What is known of a run in DSM, so that a later daemon finds it again. */
export const DsmTrace = z.object({
  /** What the task's history held before the start: the order of the newest run, and the keys of those that have it. */
  before: z.object({
    order: z.number().optional(),
    /** The newest start by DSM's clock, in milliseconds: comparable with other such times only. */
    local: z.number().optional(),
    keys: z.array(z.string()),
    /** What DSM showed of the task beside its history: the runs that were going on, and how the last one had ended. */
    state: z.object({ running: z.array(z.string()), lastEnd: z.string() }).optional(),
  }),
  /** DSM has said that it took the start. */
  isAccepted: z.literal(true).optional(),
  /** The key of the run in the task's history, once it stood there. */
  key: z.string().optional(),
});
export type DsmTrace = z.infer<typeof DsmTrace>;

const RunBegin = z.object({
  event: z.literal('begin'),
  run: z.string(),
  at: z.iso.datetime(),
  /** The process that does the work, if there is one, by all that tells it from others of the same id. */
  process: z.object({ pid: z.number().int().positive(), startTicks: z.string(), bootId: z.string() }).optional(),
  /** Where DSM has the run, if it is one of a task of DSM; each line of this kind stands for those before. */
  dsm: z
    .object({
      nas: z.string(),
      task: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('scheduled'), id: z.number() }),
        z.object({ kind: z.literal('triggered'), name: z.string() }),
      ]),
      trace: DsmTrace,
    })
    .optional(),
});
/** The work of a run has begun. */
export type RunBegin = z.infer<typeof RunBegin>;

const RunEnd = z.object({
  event: z.literal('end'),
  run: z.string(),
  at: z.iso.datetime(),
  durationMs: z.number().optional(),
  outcome: Outcome,
});
/** How a run ended, and after how many milliseconds; a lost run has no duration. */
export type RunEnd = z.infer<typeof RunEnd>;

const Line = z.discriminatedUnion('event', [RunStart, RunBegin, RunEnd]);
type Line = z.infer<typeof Line>;

/** A run as it is remembered; without `end` it goes on, or was cut off. */
export interface RunRecord {
  readonly start: RunStart;
  readonly begin?: RunBegin;
  readonly end?: RunEnd;
}

/** A line of the file, with its line end. */
export function renderLine(line: Line): string {
  return `${JSON.stringify(line)}\n`;
}

/** All lines of a run. */
export function renderRecord({ start, begin, end }: RunRecord): string {
  return [start, begin, end].map((line) => (line === undefined ? '' : renderLine(line))).join('');
}

/**
 * Reads the last runs of a history file, oldest first; a missing file is an empty history. Lines that are torn
 * or damaged are counted and passed over, the others stay readable. Throws the system's error.
 */
export function loadRecords(path: string, keep: number, keptSinceMs: number): { records: Map<string, RunRecord>; damagedLines: number } {
  const records = new Map<string, RunRecord>();
  let damagedLines = 0;
  for (const text of loadTail(path, Math.max(8_000_000, keep * 1000)).split('\n')) {
    if (text === '') continue;
    const line = parseLine(text);
    if (line === undefined) damagedLines++;
    else addLine(records, line);
  }
  dropOldest(records, keep, keptSinceMs);
  return { records, damagedLines };
}

/** Adds what a line tells; a line about a run that is not remembered is passed over. */
export function addLine(records: Map<string, RunRecord>, line: Line): void {
  const record = records.get(line.run);
  if (line.event === 'start') records.set(line.run, { start: line });
  else if (record !== undefined) records.set(line.run, { ...record, [line.event]: line });
}

/**
 * Drops the ended runs before the last `keep` ones, and returns their ids. Those with an Idempotency-Key stay while it
 * counts: since `keptSinceMs` (wall time). Neither these nor runs that are still going on take the place of newer ones.
 */
export function dropOldest(records: Map<string, RunRecord>, keep: number, keptSinceMs: number): readonly string[] {
  const dropped: string[] = [];
  let before = records.size - keep;
  for (const [run, { start, end }] of records) {
    if (before-- <= 0) break;
    if (end === undefined || (start.idempotencyKey !== undefined && Date.parse(start.at) > keptSinceMs)) continue;
    records.delete(run);
    dropped.push(run);
  }
  return dropped;
}

function parseLine(text: string): Line | undefined {
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
