// The lines of a history file: what each holds, written and read.
import * as z from 'zod';
import { Outcome } from '../outcome.ts';
import { Promised } from '../values/then.ts';

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
  /** The run waits for another one; a line `begin` records when its turn comes. */
  isQueued: z.literal(true).optional(),
  /** What is to be started after its end. */
  then: Promised.optional(),
  /** The run that it follows: that run's `then` caused it. */
  follows: z.string().optional(),
  /** The name of the worker's process, where that is another one than the daemon's. */
  worker: z.string().optional(),
});
/** An accepted run: who started it (address, label of the keys), what (task id and name), and when (UTC). */
export type RunStart = z.infer<typeof RunStart>;

/** What is known about a run in DSM, so that a later daemon can find it. */
export const DsmTrace = z.object({
  /** What the task's history contained before the start: the order of the newest run, and the keys of the runs with that order. */
  before: z.object({
    order: z.number().optional(),
    /** The newest start by DSM's clock, in milliseconds: comparable with other such times only. */
    local: z.number().optional(),
    keys: z.array(z.string()).readonly(),
    /** What DSM showed of the task beside its history: the active runs, and how the last one had ended. */
    state: z.object({ running: z.array(z.string()).readonly(), lastEnd: z.string() }).optional(),
  }),
  /** DSM has confirmed the start. */
  isAccepted: z.literal(true).optional(),
  /** The key of the run in the task's history, once it appeared there. */
  key: z.string().optional(),
});
export type DsmTrace = z.infer<typeof DsmTrace>;

const RunBegin = z.object({
  event: z.literal('begin'),
  run: z.string(),
  at: z.iso.datetime(),
  /** The process that does the work, if any, with everything that distinguishes it from other processes with the same id. */
  process: z
    .object({ pid: z.number().int().positive(), startTicks: z.string(), bootId: z.string() })
    .optional(),
  /** The run's traces in DSM, for a task of DSM; each line of this kind replaces the earlier ones. */
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
  /** How long the run waited for its turn, if it had to; then `durationMs` does not contain it, as it does in old lines without this. */
  waitedMs: z.number().optional(),
  outcome: Outcome,
});
/** How a run ended, and after how many milliseconds; a lost run has no duration, nor has one that never began. */
export type RunEnd = z.infer<typeof RunEnd>;

const RunJoin = z.object({
  event: z.literal('join'),
  run: z.string(),
  task: z.string(),
  at: z.iso.datetime(),
  /** SHA-256 of the caller's Idempotency-Key. */
  idempotencyKey: z.string(),
});
/** A call with an Idempotency-Key got a run that another call had started: a repeat of it gets that run, too. */
export type RunJoin = z.infer<typeof RunJoin>;

const DayStarts = z.object({ event: z.literal('starts'), task: z.string(), at: z.array(z.iso.datetime()) });
/** When runs that are no longer remembered started a task, if `maxPerDay` may still count them. */
export type DayStarts = z.infer<typeof DayStarts>;

const Line = z.discriminatedUnion('event', [RunStart, RunBegin, RunEnd, RunJoin, DayStarts]);
export type Line = z.infer<typeof Line>;

/** A remembered run; without `end` it is still active, or was cut off. */
export interface RunRecord {
  readonly start: RunStart;
  readonly begin?: RunBegin;
  readonly end?: RunEnd;
}

/** When a run began, for `maxPerDay`: a run that waited for its turn counts from its turn, and not at all if it never came. */
export function toBeginAt({ start, begin }: RunRecord): string | undefined {
  return start.isQueued === undefined ? start.at : begin?.at;
}

/** A line of the file, with its line end. */
export function renderLine(line: Line): string {
  return `${JSON.stringify(line)}\n`;
}

/** All lines of a run. */
export function renderRecord({ start, begin, end }: RunRecord): string {
  return [start, begin, end].map((line) => (line === undefined ? '' : renderLine(line))).join('');
}

/** Reads a line; undefined if it is torn or damaged, or of a kind that this version does not know. */
export function parseLine(text: string): Line | undefined {
  try {
    return Line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
