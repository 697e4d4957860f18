// The runner of DSM's tasks: starts a scheduled or triggered task by calls of DSM's Web API, over the network or by a tool, and follows it in DSM's history.
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
  /** Continues following a run that an earlier daemon started; starts nothing. */
  resume(task: DsmTaskName, run: EarlierRun, io: DsmRunIo): Execution;
  /** Leaves the active runs to DSM, so that their executions never end here, and closes the client. */
  close(): Promise<void>;
  /** Closes the client once the active runs have ended. */
  retire(): Promise<void>;
}

/**
 * Runs tasks by one client. DSM offers no way to stop a task, so a stop only ends the following. `followMs` is how long to wait
 * for a start to appear in DSM's history; `versions` are the API versions that the config forces.
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
    /** Called once for each call that not every DSM has, when it is first used. */
    readonly tellUsed?: (call: string) => void;
  },
): DsmRunner {
  const takeTurn = createDsmTurns();
  const notes = createCallNotes(tellUsed, tellUnclear);
  const closing = new AbortController();
  const live = new Set<Promise<void>>();
  /** Does a run's work when it is the task's turn; without an outcome, the run is left to DSM. */
  const begin = (
    name: DsmTaskName,
    io: DsmRunIo,
    doWork: (work: DsmWork) => Promise<Outcome | undefined>,
  ): Execution => {
    const asked =
      name.kind === 'scheduled'
        ? createScheduledTask(call, name.id, versions, notes)
        : createTriggeredTask(call, name.name, notes);
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
