// A task of DSM, whichever way and of whichever kind: what can be asked and wanted of it.
import * as z from 'zod';
import type { DsmTrace } from '../history/records.ts';
import { toUnclear, type CallDsm, type DsmAnswer, type Refused, type Unanswered } from './call.ts';
import { Truth } from './dsm-values.ts';
import { isOfTheMoment } from './errors.ts';

/** Which task of DSM is meant: a scheduled one by its number, or a triggered one by its name. */
export type DsmTaskName = { readonly kind: 'scheduled'; readonly id: number } | { readonly kind: 'triggered'; readonly name: string };

/** How a run ended, as DSM writes it; undefined is what it does not write. */
export interface DsmEnd {
  readonly exitCode: number | undefined;
  readonly exitType: string | undefined;
  /** What DSM wrote, where that says nothing that is known: for the operator. */
  readonly lines?: readonly string[];
}

/** One run as DSM's history has it. */
export interface DsmRun {
  /** Tells the runs of a task apart. */
  readonly key: string;
  /** Grows from run to run: DSM's number of the run, or its start in seconds since 1970. NaN where DSM gives neither. */
  readonly order: number;
  /** The start in milliseconds since 1970. NaN where DSM writes it without a zone only. */
  readonly utcMs: number;
  /** The start in milliseconds, by the clock of DSM: good for comparing with other such times only. NaN where DSM does not write it. */
  readonly localMs: number;
  /** The start for showing, as DSM writes it: `2024-09-11 00:00:01`, by its clock and in its zone. */
  readonly startedAt: string | undefined;
  /** Undefined while the run is going on. */
  readonly end: DsmEnd | undefined;
  /** What it printed, where that comes along. */
  readonly output?: string;
}

/** What DSM shows of a task beside its history. */
export interface DsmState {
  /** The runs that are going on, each as a text that is the same from look to look; undefined where DSM does not show them. */
  readonly running: readonly string[] | undefined;
  /** How the last run ended; undefined where DSM does not show it. */
  readonly lastEnd: DsmEnd | undefined;
}

/** What the history holds. `none`: this DSM keeps none that can be asked for. */
export type DsmHistory = { readonly kind: 'rows'; readonly rows: readonly DsmRun[] } | { readonly kind: 'none' } | Unanswered;

/** What one look at a task shows. */
export type DsmLook = DsmHistory | { readonly kind: 'state'; readonly state: DsmState };

/** Starts the task. */
type StartInDsm = (stop: AbortSignal) => Promise<DsmAnswer>;

/** What a look for the task finds. */
export type Lookup =
  | {
      readonly kind: 'found';
      readonly start: StartInDsm;
      readonly state?: DsmState;
      /** Whether it is no script: DSM reports the ends of scripts only. */
      readonly isOther?: boolean;
    }
  | { readonly kind: 'missing'; readonly reason: string }
  | Refused
  | Unanswered;

/** What a run printed. `untold`: DSM has no call that tells it. */
export type DsmOutput = { readonly kind: 'printed'; readonly text: string } | { readonly kind: 'untold' } | Refused | Unanswered;

export interface DsmTask {
  /** Differs from task to task. */
  readonly key: string;
  readonly find: (stop: AbortSignal) => Promise<Lookup>;
  /** The history before a start: all that any look may show later. */
  readonly loadHistory: (stop: AbortSignal) => Promise<DsmHistory>;
  /** The history for a list, with as few calls as possible. */
  readonly loadNewest: (stop: AbortSignal) => Promise<DsmHistory>;
  /** One look by one call. Where there are several calls they take turns, unless the last one showed what is looked for (`stays`). */
  readonly look: (stop: AbortSignal, stays: boolean) => Promise<DsmLook>;
  readonly loadOutput: (run: DsmRun, stop: AbortSignal) => Promise<DsmOutput>;
  /** A key as an earlier daemon wrote it down, in the form of today. */
  readonly readKey: (written: string) => string;
}

const OutputConfig = z.object({ enable_output: Truth });

/** Whether "Save output results" is on, without which DSM keeps no history; undefined where DSM does not tell. */
export async function loadIsOutputSaved(call: CallDsm, stop: AbortSignal): Promise<boolean | undefined> {
  const params = { type: 'esynoscheduler' };
  const answer = await call({ api: 'SYNO.Core.EventScheduler', method: 'config_get', forms: [{ version: 1, params }] }, stop);
  return answer.kind === 'answered' ? OutputConfig.safeParse(answer.data).data?.enable_output : undefined;
}

/**
 * An answer of a history, of either kind of task: errors that are not of the moment mean that there is none to be had.
 * `toShown` leaves out of an answer that is not understood what must not be shown.
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
      ? { kind: 'unanswered', reason: answer.reason, mayHaveActed: false, isLasting: false }
      : { kind: 'none' };
  // A task that has never run may have no list at all.
  const rows = toRuns(answer.data ?? []);
  return rows === undefined ? toUnclear(what, { data: toShown(answer.data) }) : { kind: 'rows', rows };
}

/** What a history holds now, so that later runs can be told from these. */
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

/** Whether a run cannot be a later one than those of that time: like is compared with like, and what cannot be compared is not later. */
export function isBefore({ key, order, localMs }: DsmRun, before: DsmTrace['before']): boolean {
  if (before.keys.includes(key)) return true;
  if (before.order !== undefined && Number.isFinite(order)) return order < before.order;
  if (before.local !== undefined && Number.isFinite(localMs)) return localMs < before.local;
  return before.order !== undefined || before.local !== undefined;
}

/** How many milliseconds lie between the starts of two runs; NaN where DSM does not tell. */
export function toApartMs(a: DsmRun, b: DsmRun): number {
  const local = Math.abs(a.localMs - b.localMs);
  return Number.isFinite(local) ? local : Math.abs(a.utcMs - b.utcMs);
}

/** When a run stopped: no text as long as it goes on. */
export function isOver(stopTime: string | null | undefined): boolean {
  return stopTime !== undefined && stopTime !== null && stopTime.trim() !== '';
}
