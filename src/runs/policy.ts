// The policies of a task: what a call gets, decided from facts alone. Nothing here reads a clock, the disk or any state.
import { isDeepStrictEqual } from 'node:util';
import type { Reason } from '../reasons/reason.ts';
import type { Refusal } from '../reasons/refusal.ts';
import type { Task } from '../tasks.ts';

/** The task must not be started now. */
export interface NotNow {
  readonly kind: 'not-now';
  readonly why: Extract<Refusal, { readonly code: 'hours' | 'max-per-day' }>;
}

/** In how many seconds each limit of a task allows a start; 0 for now. */
export interface Limits {
  readonly untilHoursSeconds: number;
  readonly untilAllowedSeconds: number;
}

/** What is known of a task's runs when a call arrives. */
export interface Facts<R> extends Limits {
  /** The run that an earlier call with the same Idempotency-Key got. */
  readonly same: R | undefined;
  /** The active run; if there are several, the last one. */
  readonly running: R | undefined;
  /** The last accepted run, and how long ago it was accepted. */
  readonly last: { readonly run: R; readonly agoMs: number } | undefined;
  readonly isQueueFull: boolean;
}

/** What a call gets: a run of its own, now or later; an earlier run; or nothing at this time. */
export type Decision<R> =
  | { readonly kind: 'start' | 'queue' }
  | { readonly kind: 'joined' | 'busy' | 'full'; readonly run: R }
  | NotNow;

/** Decides what a call gets. `again` is the ended run that the caller tries again: no cooldown applies between the two. */
export function decide<R extends { readonly id: string }>(
  { whenBusy, cooldownMs, hours }: Pick<Task, 'whenBusy' | 'cooldownMs' | 'hours'>,
  { again }: { readonly again?: string | undefined },
  { same, running, last, isQueueFull, ...limits }: Facts<R>,
): Decision<R> {
  if (same !== undefined) return { kind: 'joined', run: same };
  if (running !== undefined && whenBusy === 'reject') return { kind: 'busy', run: running };
  if (last !== undefined && last.run.id !== again && last.agoMs < cooldownMs)
    return { kind: 'joined', run: last.run };
  if (running !== undefined && whenBusy === 'join') return { kind: 'joined', run: running };
  const isQueued = running !== undefined && whenBusy === 'queue';
  if (isQueued && isQueueFull) return { kind: 'full', run: last?.run ?? running };
  return findLimit(limits, hours) ?? { kind: isQueued ? 'queue' : 'start' };
}

function findLimit(
  { untilHoursSeconds, untilAllowedSeconds }: Limits,
  hours: Task['hours'] = [],
): NotNow | undefined {
  if (untilHoursSeconds > 0)
    return { kind: 'not-now', why: { code: 'hours', hours, retryAfterSeconds: untilHoursSeconds } };
  return untilAllowedSeconds > 0
    ? { kind: 'not-now', why: { code: 'max-per-day', retryAfterSeconds: untilAllowedSeconds } }
    : undefined;
}

/**
 * Why a run that has waited must not begin now; undefined if it may. `accepted` is its task at the time of
 * acceptance, `task` is the task in the current config, and `mayStart` is whether its caller could start it now.
 */
export function findHindrance(
  accepted: Pick<Task, 'runner'>,
  task: Pick<Task, 'runner' | 'isEnabled'> | undefined,
  { mayStart, untilHoursSeconds, untilAllowedSeconds }: Limits & { readonly mayStart: boolean },
): Reason | undefined {
  if (task === undefined) return { code: 'task-removed' };
  if (!task.isEnabled) return { code: 'task-disabled' };
  if (!isDeepStrictEqual(task.runner, accepted.runner)) return { code: 'task-changed' };
  if (!mayStart) return { code: 'caller-no-longer-allowed' };
  if (untilHoursSeconds > 0) return { code: 'hours-over' };
  if (untilAllowedSeconds > 0) return { code: 'max-per-day' };
  return undefined;
}
