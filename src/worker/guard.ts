// What a worker checks by itself, because a server that was taken over may ask for anything: the owner's bounds hold here too.
import { isDeepStrictEqual } from 'node:util';
import { dayMs, type Clock } from '../clock.ts';
import { loadEnvironment, type ProcessIdentity } from '../processes/process-identity.ts';
import type { Reason } from '../reasons/reason.ts';
import type { EarlierDsmRun } from '../runners/execute.ts';
import type { Task } from '../tasks.ts';
import { secondsUntilOpen } from '../values/hours.ts';

/** What a worker asks before it does what a server wants. */
export interface Guard {
  /** How many runs the worker holds at most: those under way, and those whose end the server has not acknowledged. */
  readonly maxHeld: number;
  /** Why a task must not be started now; undefined if it may, and then that start counts. */
  refuse(task: Pick<Task, 'id' | 'hours' | 'maxPerDay'>): Reason | undefined;
  /** Whether a process was started for a run. */
  isOfRun(process: ProcessIdentity, run: string): boolean;
  /** Whether a task of DSM is one of the config's. */
  hasInDsm(place: Pick<EarlierDsmRun, 'nas' | 'task'>): boolean;
}

/** For a server in the same process, which has checked all that. */
export const trusting: Guard = {
  maxHeld: Infinity,
  refuse: () => undefined,
  isOfRun: () => true,
  hasInDsm: () => true,
};

/** The server counts from a moment earlier: a start that it allows just after a day must not be refused here. */
const countedMs = dayMs - 60_000;

/** For a server in another process. */
export function createGuard({
  tasks,
  clock,
}: {
  /** The tasks of the config of now. */
  readonly tasks: () => readonly Pick<Task, 'runner'>[];
  readonly clock: Clock;
}): Guard {
  /** When each task with a limit per day was started. */
  const startsOf = new Map<string, number[]>();
  return {
    maxHeld: 500,
    refuse({ id, hours, maxPerDay }) {
      if (hours !== undefined && secondsUntilOpen(hours, new Date(clock.wallMs())) > 0)
        return { code: 'hours-over' };
      if (maxPerDay === undefined) return undefined;
      const starts = (startsOf.get(id) ?? []).filter((atMs) => clock.nowMs() - atMs < countedMs);
      const isAllowed = starts.length < maxPerDay;
      startsOf.set(id, isAllowed ? [...starts, clock.nowMs()] : starts);
      return isAllowed ? undefined : { code: 'max-per-day' };
    },
    isOfRun: ({ pid }, run) => loadEnvironment(pid).includes(`REMOTETASK_RUN=${run}`),
    hasInDsm: ({ nas, task }) =>
      tasks().some(
        ({ runner }) => runner.kind === 'dsm' && runner.nas === nas && isDeepStrictEqual(runner.task, task),
      ),
  };
}
