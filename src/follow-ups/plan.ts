// One plan: a task that is to be started after a run, made from the start of that run.
import type { RunRecord, RunStart } from '../history/records.ts';
import type { Task } from '../tasks.ts';
import type { Promised } from '../values/then.ts';
import type { FollowUp } from './state.ts';

/** A plan with its time by the monotonic clock. */
export interface Plan extends FollowUp {
  /** Undefined while the run that is followed has not ended. */
  readonly dueMs: number | undefined;
  /** Whether an earlier daemon made it: then the clock for people decides as well. */
  readonly isEarlier: boolean;
}

/** A plan without its time, because the run has not ended. */
export function toPlan({ run, task: from, name, address, label }: RunStart, then: Promised): Plan {
  return {
    run,
    from,
    fromName: name,
    task: then.task,
    afterMs: then.afterMs,
    withinMs: then.withinMs,
    address,
    ...(label === undefined ? {} : { label }),
    dueMs: undefined,
    isEarlier: false,
  };
}

/** Whether a run that ended without being held back is followed: one that never began is not. */
export function isFollowedAfterAll({ start, end }: RunRecord): boolean {
  if (start.then?.when !== 'ended') return end?.outcome.kind === 'succeeded';
  return end?.outcome.kind !== 'failed' || end.durationMs !== undefined;
}

/** Why a follow-up must not be started by the current config; undefined if it may. */
export function findHindrance(
  { task: id }: Pick<Plan, 'task'>,
  task: Pick<Task, 'isEnabled'> | undefined,
  from: Pick<Task, 'then'> | undefined,
): string | undefined {
  if (task === undefined) return 'the config no longer has it';
  if (!task.isEnabled) return 'it is not enabled';
  return from?.then?.task === id ? undefined : 'the config no longer lets it follow';
}
