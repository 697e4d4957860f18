// The facts by which the policies of a task decide, as they are now.
import type { Clock } from '../clock.ts';
import { secondsUntilOpen } from '../values/hours.ts';
import type { Task } from '../tasks.ts';
import type { Facts, Limits } from './policy.ts';
import type { Register } from './register.ts';
import type { RunFeed } from './run-view.ts';

/** What is known of a task's runs, for a call with this Idempotency-Key (its digest). */
export function collectFacts(
  task: Pick<Task, 'id' | 'hours' | 'maxPerDay' | 'queueMax'>,
  idempotencyKey: string | undefined,
  register: Register,
  clock: Clock,
): Facts<RunFeed> {
  const { starts, taskRuns } = register;
  const same = idempotencyKey === undefined ? undefined : starts.findRun(task.id, idempotencyKey);
  const last = taskRuns.last(task.id);
  return {
    same: same === undefined ? undefined : (taskRuns.live.get(same) ?? register.find(Buffer.from(same))),
    running: taskRuns.running(task.id),
    last: last === undefined ? undefined : { run: last, agoMs: clock.nowMs() - last.acceptedMs },
    isQueueFull: taskRuns.isFull(task),
    ...toLimits(task, register, clock),
  };
}

/** When a task may be started. The runs in `waiting` do not count for its limit per day. */
export function toLimits(
  { id, hours, maxPerDay }: Pick<Task, 'id' | 'hours' | 'maxPerDay'>,
  { starts }: Register,
  clock: Clock,
  waiting?: ReadonlySet<string>,
): Limits {
  return {
    untilHoursSeconds: hours === undefined ? 0 : secondsUntilOpen(hours, new Date(clock.wallMs())),
    untilAllowedSeconds: maxPerDay === undefined ? 0 : starts.secondsUntilAllowed(id, maxPerDay, waiting),
  };
}
