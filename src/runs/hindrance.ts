// What keeps a task from being started now: its hours, its limit of starts per day, and changes while a run waited.
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import { secondsUntilOpen } from '../values/hours.ts';
import type { Task } from '../tasks.ts';
import type { Starts } from './starts.ts';

/** The task must not be started now; and when it may be. */
export interface NotNow {
  readonly kind: 'not-now';
  readonly why: 'hours' | 'max-per-day';
  readonly retryAfterSeconds: number;
}

/** In how many seconds the allowed hours of a task begin; 0 within them. */
function secondsUntilHours({ hours }: Pick<Task, 'hours'>, clock: Clock): number {
  return hours === undefined ? 0 : secondsUntilOpen(hours, new Date(clock.wallMs()));
}

/** Whether a task must not be started now. */
export function findHindrance(
  task: Task,
  starts: Pick<Starts, 'secondsUntilAllowed'>,
  clock: Clock,
): NotNow | undefined {
  const untilHours = secondsUntilHours(task, clock);
  if (untilHours > 0) return { kind: 'not-now', why: 'hours', retryAfterSeconds: untilHours };
  const untilAllowed = task.maxPerDay === undefined ? 0 : starts.secondsUntilAllowed(task.id, task.maxPerDay);
  return untilAllowed > 0
    ? { kind: 'not-now', why: 'max-per-day', retryAfterSeconds: untilAllowed }
    : undefined;
}

/**
 * Why a run that has waited must not begin now, as a sentence; undefined if it may. `accepted` is
 * its task at the time of acceptance, `task` is the task in the current config, `waiting` are the runs of the task that have not
 * begun, and `mayStart` returns whether its caller could start it now.
 */
export function findLateHindrance({
  accepted,
  task,
  waiting,
  mayStart,
  starts,
  clock,
}: {
  readonly accepted: Task;
  readonly task: Task | undefined;
  readonly waiting: ReadonlySet<string>;
  readonly mayStart: () => boolean;
  readonly starts: Pick<Starts, 'secondsUntilAllowed'>;
  readonly clock: Clock;
}): string | undefined {
  if (task === undefined) return 'Its task was removed before it was its turn; it was not started.';
  if (!task.isEnabled) return 'Its task was switched off before it was its turn; it was not started.';
  if (!isDeepStrictEqual(task.runner, accepted.runner))
    return 'Its task was changed before it was its turn; it was not started.';
  if (!mayStart()) return 'Its caller could no longer start it when it was its turn; it was not started.';
  if (secondsUntilHours(task, clock) > 0)
    return 'Its hours were over before it was its turn; it was not started.';
  if (task.maxPerDay !== undefined && starts.secondsUntilAllowed(task.id, task.maxPerDay, waiting) > 0)
    return 'Its task had been started as often as it may be within a day before it was its turn; it was not started.';
  return undefined;
}
