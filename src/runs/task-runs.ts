// The runs of each task: active, waiting, and the last one.
import type { Run } from './run.ts';
import type { RunFeed } from './run-view.ts';
import type { Task } from '../tasks.ts';

/** What is kept of a task's last run. */
export type LastRun = RunFeed & Pick<Run, 'acceptedMs'>;

/** The runs that have not ended, by task; and the last run of each task. */
export interface TaskRuns {
  /** Adds a run as active or waiting. */
  add(run: Run, isQueued: boolean): void;
  /** Records an ended run of an earlier daemon as the last one of its task. */
  remember(task: string, run: LastRun): void;
  /** A waiting run becomes active. */
  begin(run: Run): void;
  /** A run has ended. */
  end(run: Run): void;
  /** Forgets a run that came to nothing; the previous run is the last one again. */
  drop(run: Run, before: LastRun | undefined): void;
  last(task: string): LastRun | undefined;
  /** The active run; if there are several, the last one. */
  running(task: string): Run | undefined;
  isFull(task: Pick<Task, 'id' | 'queueMax'>): boolean;
  /** Removes the longest-waiting run from the queue. */
  next(task: string): Run | undefined;
  queued(): readonly Run[];
  /** All runs that have not ended, by id. */
  readonly live: ReadonlyMap<string, Run>;
}

/** Creates an empty register. */
export function createTaskRuns(): TaskRuns {
  const live = new Map<string, Run>();
  const lastOf = new Map<string, LastRun>();
  const runningOf = new Map<string, Set<Run>>();
  const queueOf = new Map<string, Run[]>();
  const toRunning = (task: string): Set<Run> => {
    const running = runningOf.get(task) ?? new Set();
    runningOf.set(task, running);
    return running;
  };
  const end = (run: Run): void => {
    live.delete(run.id);
    runningOf.get(run.task.id)?.delete(run);
    const queue = (queueOf.get(run.task.id) ?? []).filter((queued) => queued !== run);
    queueOf.set(run.task.id, queue);
  };
  return {
    live,
    add(run, isQueued) {
      live.set(run.id, run);
      lastOf.set(run.task.id, run);
      if (isQueued) queueOf.set(run.task.id, [...(queueOf.get(run.task.id) ?? []), run]);
      else toRunning(run.task.id).add(run);
    },
    remember: (task, run) => void lastOf.set(task, run),
    begin: (run) => void toRunning(run.task.id).add(run),
    end,
    drop(run, before) {
      end(run);
      if (lastOf.get(run.task.id) !== run) return;
      // The previous run may have come to nothing as well.
      if (before !== undefined && (live.has(before.id) || before.view().state === 'ended'))
        lastOf.set(run.task.id, before);
      else lastOf.delete(run.task.id);
    },
    last: (task) => lastOf.get(task),
    running: (task) => [...(runningOf.get(task) ?? [])].at(-1),
    isFull: (task) => (queueOf.get(task.id)?.length ?? 0) >= task.queueMax,
    next: (task) => queueOf.get(task)?.shift(),
    queued: () => [...queueOf.values()].flat(),
  };
}
