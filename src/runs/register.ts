// The register of runs: those of this process, and those that the history remembers.
import type { Clock } from '../clock.ts';
import type { History } from '../history/history.ts';
import type { RunEnd } from '../history/records.ts';
import { createKeyring, toKeyDigest } from '../keys.ts';
import type { Task } from '../tasks.ts';
import { toEndedFeed } from './ended-run.ts';
import { createKeptOutputs } from './kept-outputs.ts';
import type { Run } from './run.ts';
import type { RunFeed } from './run-view.ts';
import { createStarts, type Starts } from './starts.ts';
import { createTaskRuns, type TaskRuns } from './task-runs.ts';
import { createUsual, type Usual } from './usual.ts';

export interface Register {
  /** The active runs and the last one of each task. */
  readonly taskRuns: TaskRuns;
  /** The starts within a day. */
  readonly starts: Starts;
  /** How long runs usually take. */
  readonly usual: Usual;
  readonly findTask: (id: string) => Task | undefined;
  /** The run with a presented run id, looked up in constant time. */
  find(presented: Uint8Array): RunFeed | undefined;
  /** Makes a run of this process known under its id. */
  add(run: Run): void;
  /** Records an end, and forgets the runs that the history forgets. Resolves once the end is written. */
  recordEnd(end: RunEnd): Promise<void>;
  /** Keeps the output of a run that has ended, and releases the oldest output. */
  keepOutput(run: Run): void;
}

/** Creates a register without active runs. */
export function createRegister({
  history,
  findTask,
  clock,
}: {
  readonly history: Pick<History, 'runs' | 'recordEnd'>;
  /** The task with an id in the current config. */
  readonly findTask: (id: string) => Task | undefined;
  readonly clock: Clock;
}): Register {
  /** The active runs, and the last ended ones, with their output. */
  const known = createKeyring<Run>();
  const usual = createUsual();
  const findPast = (presented: Uint8Array): RunFeed | undefined => {
    const record = history.runs.find(presented);
    return record?.end === undefined
      ? undefined
      : toEndedFeed(record, record.end.outcome, { findTask, usual });
  };
  return {
    taskRuns: createTaskRuns(),
    starts: createStarts(history.runs, clock),
    usual,
    findTask,
    find: (presented) => known.find(presented) ?? findPast(presented),
    add: (run) => known.add(toKeyDigest(run.id), run),
    recordEnd(end) {
      const { forgotten, written } = history.recordEnd(end);
      for (const run of forgotten) known.remove(toKeyDigest(run));
      return written;
    },
    keepOutput: createKeptOutputs((run) => known.remove(toKeyDigest(run.id))),
  };
}
