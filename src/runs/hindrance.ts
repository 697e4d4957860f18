// What keeps a task from being started now: its hours, or that it was started as often as it may be.
import type { Clock } from '../clock.ts';
import { secondsUntilOpen } from '../hours.ts';
import type { Task } from '../tasks.ts';
import type { Starts } from './starts.ts';

/** It must not be started now, and when it may be. */
export interface NotNow {
  readonly kind: 'not-now';
  readonly why: 'hours' | 'max-per-day';
  readonly retryAfterSeconds: number;
}

/** In how many seconds the hours of a task begin; 0 within them. */
export function secondsUntilHours({ hours }: Pick<Task, 'hours'>, clock: Clock): number {
  return hours === undefined ? 0 : secondsUntilOpen(hours, new Date(clock.wallMs()));
}

/** Whether a task must not be started now. */
export function findHindrance(task: Task, starts: Pick<Starts, 'secondsUntilAllowed'>, clock: Clock): NotNow | undefined {
  const untilHours = secondsUntilHours(task, clock);
  if (untilHours > 0) return { kind: 'not-now', why: 'hours', retryAfterSeconds: untilHours };
  const untilAllowed = task.maxPerDay === undefined ? 0 : starts.secondsUntilAllowed(task.id, task.maxPerDay);
  return untilAllowed > 0 ? { kind: 'not-now', why: 'max-per-day', retryAfterSeconds: untilAllowed } : undefined;
}
