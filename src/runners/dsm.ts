// The runner of DSM's tasks: a scheduled or triggered one, started by calls of DSM's Web API, however they reach it, and followed by its history.
import type { DsmCaller } from '../dsm/call.ts';
import { createCallNotes } from '../dsm/call-notes.ts';
import type { DsmTaskName } from '../dsm/dsm-task.ts';
import type { WebApiAccess } from '../dsm/options.ts';
import { createScheduledTask } from '../dsm/scheduled.ts';
import { createTriggeredTask } from '../dsm/triggered.ts';
import type { Outcome } from '../outcome.ts';
import { followOn, startAndFollow, type DsmWork, type EarlierRun } from './dsm-run.ts';
import { createDsmTurns } from './dsm-turns.ts';
import type { DsmRunIo, Execution } from './execution.ts';
import { listenTo, type TellUnclear } from './unclear.ts';

/** Runs the tasks of one NAS. */
export interface DsmRunner {
  start(task: DsmTaskName, io: DsmRunIo): Execution;
  /** Goes on following a run that an earlier daemon has started; starts nothing. */
  resume(task: DsmTaskName, run: EarlierRun, io: DsmRunIo): Execution;
  /** Leaves the runs that DSM goes on with, whose executions then never end, and closes the client. */
  close(): Promise<void>;
  /** Closes the client once the runs that go on have ended. */
  retire(): Promise<void>;
}

/**
 * Runs tasks by one client. DSM offers no way to stop them: what is stopped is the following. `followMs` is how long
 * a start is waited for to show in DSM's history; `versions` are those that the config forces.
 */
export function createDsmRunner(
  { call, close }: DsmCaller,
  {
    followMs,
    versions,
    tellUnclear,
    tellUsed,
  }: {
    readonly followMs: number;
    readonly versions: WebApiAccess['versions'];
    readonly tellUnclear: TellUnclear;
    /** Told once of each call that not every DSM has, when it is first used. */
    readonly tellUsed?: (call: string) => void;
  },
): DsmRunner {
  const takeTurn = createDsmTurns();
  const notes = createCallNotes(tellUsed, tellUnclear);
  const closing = new AbortController();
  const live = new Set<Promise<void>>();
  /** Does a run's work when it is the task's turn; where that gives no outcome, the run is left. */
  const begin = (name: DsmTaskName, io: DsmRunIo, doWork: (work: DsmWork) => Promise<Outcome | undefined>): Execution => {
    const asked =
      name.kind === 'scheduled' ? createScheduledTask(call, name.id, versions, notes) : createTriggeredTask(call, name.name, notes);
    const task = listenTo(asked, tellUnclear);
    const stop = AbortSignal.any([io.stop, closing.signal]);
    const isLeft = (): boolean => closing.signal.aborted && !io.stop.aborted;
    const { promise: ended, resolve } = Promise.withResolvers<Outcome>();
    const work = async (): Promise<void> => {
      const turn = await takeTurn(task.key, stop);
      try {
        const outcome = await doWork({ task, turn, call, followMs, stop, isLeft, io, tellUnclear });
        if (outcome !== undefined) resolve(outcome);
      } finally {
        turn.end();
      }
    };
    const working = work();
    live.add(working);
    void working.finally(() => live.delete(working));
    return { process: undefined, ended };
  };
  return {
    start: (task, io) => begin(task, io, startAndFollow),
    resume: (task, run, io) => begin(task, io, async (work) => await followOn(work, run)),
    async close() {
      closing.abort();
      await Promise.all(live);
      await close();
    },
    async retire() {
      await Promise.all(live);
      await close();
    },
  };
}
