// A task of DSM, whichever way and of whichever kind: what can be asked and wanted of it.
import * as z from 'zod';
import type { DsmTrace } from '../history/records.ts';
import type { Outcome } from '../outcome.ts';
import { toUnclear, type CallDsm, type DsmAnswer, type Refused, type Unanswered } from './call.ts';
import { isOfTheMoment } from './errors.ts';

/** Which task of DSM is meant: a scheduled one by its number, or a triggered one by its name. */
export type DsmTaskName = { readonly kind: 'scheduled'; readonly id: number } | { readonly kind: 'triggered'; readonly name: string };

/** One run as DSM's history has it. */
export interface DsmRun {
  /** Tells the runs of a task apart. */
  readonly key: string;
  /** Grows from run to run. */
  readonly order: number;
  /** Milliseconds, by the clock of DSM: good for comparing, not for showing. NaN where DSM does not tell. */
  readonly startedMs: number;
  /** The same for showing, as DSM writes it: `2024-09-11 00:00:01`, by its clock and in its zone. */
  readonly startedAt: string | undefined;
  /** Undefined while the run goes on. */
  readonly end: { readonly exitCode: number | undefined; readonly exitType: string } | undefined;
}

/** What the history holds. `none`: this DSM keeps none that can be asked for. */
export type DsmHistory = { readonly kind: 'rows'; readonly rows: readonly DsmRun[] } | { readonly kind: 'none' } | Unanswered;

/** Starts the task. */
type StartInDsm = (stop: AbortSignal) => Promise<DsmAnswer>;

/** What a look for the task finds. */
export type Lookup =
  | { readonly kind: 'found'; readonly start: StartInDsm }
  | { readonly kind: 'missing'; readonly reason: string }
  | Refused
  | Unanswered;

/** What a run printed. `untold`: DSM has no call that tells it. */
export type DsmOutput = { readonly kind: 'printed'; readonly text: string } | { readonly kind: 'untold' } | Refused | Unanswered;

export interface DsmTask {
  /** Differs from task to task. */
  readonly key: string;
  readonly find: (stop: AbortSignal) => Promise<Lookup>;
  readonly loadHistory: (stop: AbortSignal) => Promise<DsmHistory>;
  readonly loadOutput: (run: DsmRun, stop: AbortSignal) => Promise<DsmOutput>;
}

const OutputConfig = z.object({ enable_output: z.boolean() });

/** Whether "Save output results" is on, without which DSM keeps no history; undefined where DSM does not tell. */
export async function loadIsOutputSaved(call: CallDsm, stop: AbortSignal): Promise<boolean | undefined> {
  const params = { type: 'esynoscheduler' };
  const answer = await call({ api: 'SYNO.Core.EventScheduler', method: 'config_get', forms: [{ version: 1, params }] }, stop);
  return answer.kind === 'answered' ? OutputConfig.safeParse(answer.data).data?.enable_output : undefined;
}

/** An answer of a history, of either kind of task: errors that are not of the moment mean that there is none to be had. */
export function readHistory(answer: DsmAnswer, what: string, toRuns: (data: unknown) => DsmRun[] | undefined): DsmHistory {
  if (answer.kind === 'unanswered') return answer;
  if (answer.kind === 'refused')
    return isOfTheMoment(answer.code)
      ? { kind: 'unanswered', reason: answer.reason, mayHaveActed: false, isLasting: false }
      : { kind: 'none' };
  // A task that has never run may have no list at all.
  const rows = toRuns(answer.data ?? []);
  return rows === undefined ? toUnclear(what, answer) : { kind: 'rows', rows };
}

/**
 * How a run ended, undefined while it goes on. DSM says `normal` of scheduled and `stop` of triggered tasks that ended
 * by themselves; numbers beside `by_signal` are no signals.
 */
export function toDsmOutcome({ end }: DsmRun): Outcome | undefined {
  if (end === undefined) return undefined;
  const { exitCode, exitType } = end;
  if (exitCode === 0 && ['normal', 'stop'].includes(exitType)) return { kind: 'succeeded', exitCode };
  if (exitCode !== undefined && exitCode !== 0) return { kind: 'failed', exitCode };
  if (/signal|kill/i.test(exitType)) return { kind: 'failed', reason: 'DSM says that a signal ended it.' };
  return { kind: 'unconfirmed', reason: 'DSM says that it ended, but not how.' };
}

/** What a history holds now, so that later runs can be told from these. */
export function toBefore(rows: readonly DsmRun[]): DsmTrace['before'] {
  const newest = Math.max(...rows.map(({ order }) => order).filter(Number.isFinite));
  const isNewest = ({ order }: DsmRun): boolean => !(order < newest);
  return { ...(Number.isFinite(newest) ? { order: newest } : {}), keys: rows.filter(isNewest).map(({ key }) => key) };
}

/** Whether a run cannot be a later one than those of that time. */
export function isBefore({ key, order }: DsmRun, before: DsmTrace['before']): boolean {
  return before.keys.includes(key) || order < (before.order ?? -Infinity);
}

/** A number, or one written as text. */
export const Numberish = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number),
]);

/** When a run stopped: no text as long as it goes on. */
export function isOver(stopTime: string | null | undefined): boolean {
  return stopTime !== undefined && stopTime !== null && stopTime.trim() !== '';
}

/** `2024-09-11 00:00:01` in DSM's own zone, as if it were UTC; NaN for anything else. */
export function parseLocalMs(text: string | null | undefined): number {
  return Date.parse(`${(text ?? '').trim().replace(' ', 'T')}Z`);
}
