// A task of DSM, of either kind and by any way: its operations and their results.
import * as z from 'zod';
import type { DsmTrace } from '../history/records.ts';
import { toUnclear, type CallDsm, type DsmAnswer, type Refused, type Unanswered } from './call.ts';
import { explain } from '../outcome.ts';
import type { Trouble } from '../reasons/reason.ts';
import { Truth } from './dsm-values.ts';
import { isOfTheMoment } from './errors.ts';

/** A reference to a task of DSM: a scheduled one by its number, or a triggered one by its name. */
export type DsmTaskName =
  | { readonly kind: 'scheduled'; readonly id: number }
  | { readonly kind: 'triggered'; readonly name: string };

/** How a run ended, as DSM reports it; undefined for values that DSM does not report. */
export interface DsmEnd {
  readonly exitCode: number | undefined;
  readonly exitType: string | undefined;
  /** What DSM wrote, if it is unknown to this program: for the operator. */
  readonly lines?: readonly string[];
}

/** One run as DSM's history has it. */
export interface DsmRun {
  /** Distinguishes the runs of a task. */
  readonly key: string;
  /** Grows from run to run: DSM's number of the run, or its start in seconds since 1970. NaN if DSM reports neither. */
  readonly order: number;
  /** The start in milliseconds since 1970. NaN if DSM reports it only without a zone. */
  readonly utcMs: number;
  /** The start in milliseconds, by DSM's clock: comparable only with other such times. NaN if DSM does not report it. */
  readonly localMs: number;
  /** The start as DSM writes it, for showing: `2024-09-11 00:00:01`, by its clock and in its zone. */
  readonly startedAt: string | undefined;
  /** Undefined while the run is active. */
  readonly end: DsmEnd | undefined;
  /** The output, if the same answer contains it. */
  readonly output?: string;
}

/** What DSM shows of a task besides its history. */
export interface DsmState {
  /** The active runs, each as a text that stays the same between checks; undefined if DSM does not show them. */
  readonly running: readonly string[] | undefined;
  /** How the last run ended; undefined if DSM does not show it. */
  readonly lastEnd: DsmEnd | undefined;
}

/** The content of the history. `none`: this DSM has no history that can be read. */
export type DsmHistory =
  | { readonly kind: 'rows'; readonly rows: readonly DsmRun[] }
  | { readonly kind: 'none' }
  | Unanswered;

/** The result of one check of a task. */
export type DsmLook = DsmHistory | { readonly kind: 'state'; readonly state: DsmState };

/** Starts the task. */
type StartInDsm = (stop: AbortSignal) => Promise<DsmAnswer>;

/** The task cannot be started: it does not exist, or the account may not run it. */
interface Missing {
  readonly kind: 'missing';
  readonly reason: string;
  readonly why: Trouble;
}

/** The result of a search for the task. */
export type Lookup =
  | {
      readonly kind: 'found';
      readonly start: StartInDsm;
      readonly state?: DsmState;
      /** Whether the task is not a script: DSM reports the ends of scripts only. */
      readonly isOther?: boolean;
    }
  | Missing
  | Refused
  | Unanswered;

/** The output of a run. `untold`: DSM has no call that returns it. */
export type DsmOutput =
  | { readonly kind: 'printed'; readonly text: string }
  | { readonly kind: 'untold' }
  | Refused
  | Unanswered;

export interface DsmTask {
  /** Differs from task to task. */
  readonly key: string;
  readonly find: (stop: AbortSignal) => Promise<Lookup>;
  /** The history before a start: everything that any check may show later. */
  readonly loadHistory: (stop: AbortSignal) => Promise<DsmHistory>;
  /** The history for a list, with as few calls as possible. */
  readonly loadNewest: (stop: AbortSignal) => Promise<DsmHistory>;
  /** One check by one call. Several calls take turns, unless the last one showed the wanted run (`stays`). */
  readonly look: (stop: AbortSignal, stays: boolean) => Promise<DsmLook>;
  readonly loadOutput: (run: DsmRun, stop: AbortSignal) => Promise<DsmOutput>;
  /** Converts a key that an earlier daemon recorded into the current form. */
  readonly readKey: (written: string) => string;
}

const OutputConfig = z.object({ enable_output: Truth });

/** Whether "Save output results" is on, without which DSM keeps no history; undefined if DSM does not report it. */
export async function loadIsOutputSaved(call: CallDsm, stop: AbortSignal): Promise<boolean | undefined> {
  const params = { type: 'esynoscheduler' };
  const answer = await call(
    { api: 'SYNO.Core.EventScheduler', method: 'config_get', forms: [{ version: 1, params }] },
    stop,
  );
  return answer.kind === 'answered' ? OutputConfig.safeParse(answer.data).data?.enable_output : undefined;
}

/**
 * Reads the answer of a history, of either kind of task: a lasting error means that no history is available.
 * `toShown` removes what must not be shown from an answer that is not understood.
 */
export function readHistory(
  answer: DsmAnswer,
  what: string,
  toRuns: (data: unknown) => DsmRun[] | undefined,
  toShown: (data: unknown) => unknown = (data) => data,
): DsmHistory {
  if (answer.kind === 'unanswered') return answer;
  if (answer.kind === 'refused')
    return isOfTheMoment(answer.code)
      ? { kind: 'unanswered', reason: answer.reason, why: answer.why, mayHaveActed: false, isLasting: false }
      : { kind: 'none' };
  // A task that has never run may have no list at all.
  const rows = toRuns(answer.data ?? []);
  return rows === undefined ? toUnclear(what, { data: toShown(answer.data) }) : { kind: 'rows', rows };
}

/** The current content of a history, so that later runs can be distinguished from these. */
export function toBefore(rows: readonly DsmRun[]): DsmTrace['before'] {
  const order = toNewest(rows.map((run) => run.order));
  const local = toNewest(rows.map(({ localMs }) => localMs));
  const isOlder = (run: DsmRun): boolean =>
    (Number.isFinite(run.order) || Number.isFinite(run.localMs)) &&
    !(run.order >= (order ?? Infinity)) &&
    !(run.localMs >= (local ?? Infinity));
  return {
    ...(order === undefined ? {} : { order }),
    ...(local === undefined ? {} : { local }),
    keys: [...new Set(rows.filter((run) => !isOlder(run)).map(({ key }) => key))],
  };
}

function toNewest(values: readonly number[]): number | undefined {
  const newest = Math.max(...values.filter(Number.isFinite));
  return Number.isFinite(newest) ? newest : undefined;
}

/** Whether a run cannot be later than the recorded ones. Only values of the same kind are compared; without any, the run does not count as later. */
export function isBefore({ key, order, localMs }: DsmRun, before: DsmTrace['before']): boolean {
  if (before.keys.includes(key)) return true;
  if (before.order !== undefined && Number.isFinite(order)) return order < before.order;
  if (before.local !== undefined && Number.isFinite(localMs)) return localMs < before.local;
  return before.order !== undefined || before.local !== undefined;
}

/** How many milliseconds lie between the starts of two runs; NaN if DSM does not report them. */
export function toApartMs(a: DsmRun, b: DsmRun): number {
  const local = Math.abs(a.localMs - b.localMs);
  return Number.isFinite(local) ? local : Math.abs(a.utcMs - b.utcMs);
}

/** When a run stopped; an empty text while it is active. */
export function isOver(stopTime: string | null | undefined): boolean {
  return stopTime !== undefined && stopTime !== null && stopTime.trim() !== '';
}

/** The result of a search for a task that cannot be started. */
export function missing(code: Extract<Trouble['code'], 'task-not-permitted' | `no-such-${string}`>): Missing {
  return { kind: 'missing', ...explain<Trouble>({ code }) };
}
