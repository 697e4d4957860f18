// What a worker checks by itself, because a server that was taken over may ask for anything: the owner's bounds hold here too.
import { isDeepStrictEqual } from 'node:util';
import { dayMs, type Clock } from '../clock.ts';
import type { Logger } from '../log/log.ts';
import { loadEnvironment, type ProcessIdentity } from '../processes/process-identity.ts';
import type { Reason } from '../reasons/reason.ts';
import type { EarlierDsmRun } from '../runners/execute.ts';
import type { Task } from '../tasks.ts';
import { secondsUntilOpen } from '../values/hours.ts';

/** The reason why nothing began, or the process that did, if there is one. */
interface StartResult {
  readonly refusal?: Reason | undefined;
  readonly process?: ProcessIdentity | undefined;
}

/** What a worker asks before it does what a server wants. */
export interface Guard {
  /** How many runs the worker holds at most: those under way, and those whose end the server has not acknowledged. */
  readonly maxHeld: number;
  /** Why a task must not be started now; undefined if it may, and then that start counts. */
  refuse(task: Pick<Task, 'id' | 'hours' | 'maxPerDay'>): Reason | undefined;
  /** A start was used: what came of it, for the worker's own log. */
  noteStart(start: { readonly run: string; readonly task: string }, result: StartResult): void;
  /** Whether a process was started for a run. */
  isOfRun(process: ProcessIdentity, run: string): boolean;
  /** Whether a task of DSM is one of the config's. */
  hasInDsm(place: Pick<EarlierDsmRun, 'nas' | 'task'>): boolean;
}

/** For a server in the same process, which has checked all that. */
export const trusting: Guard = {
  maxHeld: Infinity,
  refuse: () => undefined,
  noteStart() {},
  isOfRun: () => true,
  hasInDsm: () => true,
};

/** The server counts from a moment earlier: a start that it allows just after a day must not be refused here. */
const countedMs = dayMs - 60_000;

/** For a server in another process. */
export function createGuard({
  tasks,
  logger,
  clock,
}: {
  /** The tasks of the config of now. */
  readonly tasks: () => readonly Pick<Task, 'runner'>[];
  readonly logger: Logger;
  readonly clock: Clock;
}): Guard {
  const refusals = createRefusalLog(logger, clock);
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
    noteStart(start, { refusal, process }) {
      if (refusal !== undefined) return refusals.note(start, refusal);
      const { run, task } = start;
      logger.info({ event: 'run-begun', task, run, pid: process?.pid }, `Began a run of ${task}`);
    },
    isOfRun: ({ pid }, run) => loadEnvironment(pid).includes(`REMOTETASK_RUN=${run}`),
    hasInDsm: ({ nas, task }) =>
      tasks().some(
        ({ runner }) => runner.kind === 'dsm' && runner.nas === nas && isDeepStrictEqual(runner.task, task),
      ),
  };
}

/** So many refused starts are logged within so long; the log of a worker must not be filled by a flood of them. */
const loggedRefusals = 20;
const refusalsMs = 60_000;

/** Logs refused starts, of a flood only the first ones. */
function createRefusalLog(
  logger: Logger,
  clock: Pick<Clock, 'nowMs'>,
): { note(start: { readonly run: string; readonly task: string }, why: Reason): void } {
  let sinceMs = -Infinity;
  let noted = 0;
  return {
    note({ run, task }, { code }) {
      if (clock.nowMs() - sinceMs > refusalsMs) [sinceMs, noted] = [clock.nowMs(), 0];
      if (++noted > loggedRefusals) return;
      const more = noted === loggedRefusals ? '; more of them in this minute are not logged' : '';
      logger.warn({ event: 'run-refused', task, run, code }, `Refused a start of ${task} (${code})${more}`);
    },
  };
}
