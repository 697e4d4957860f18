// Restores the runs that an earlier daemon left, as a step of its own when a daemon starts.
import { toIso, type Clock } from '../clock.ts';
import type { History } from '../history/history.ts';
import type { RunRecord } from '../history/records.ts';
import type { Logger } from '../log/log.ts';
import { renderOutcome, type Outcome } from '../outcome.ts';
import type { WorkerClient } from '../worker/client.ts';
import { createRemovedTask } from '../tasks.ts';
import { toEndedFeed } from './ended-run.ts';
import type { RunNews } from './lifecycle.ts';
import type { Register } from './register.ts';
import type { Runs } from './runs.ts';
import { takeUp, type TakingUp } from './taken-up.ts';
import type { LastRun } from './task-runs.ts';

export interface RestoreOptions {
  readonly register: Register;
  readonly runs: Pick<Runs, 'follow'>;
  readonly history: History;
  readonly worker: Pick<WorkerClient, 'resume' | 'setRestored'>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly onNews: (news: RunNews) => void;
}

/** Restores all remembered runs, oldest first; to be called once, before any run is started. Resolves once the worker has answered for each. */
export async function restoreRuns({
  register,
  runs,
  history,
  worker,
  logger,
  clock,
  onNews,
}: RestoreOptions): Promise<void> {
  const { findTask, taskRuns, starts, usual } = register;
  const takingUp: TakingUp = { history, worker, findTask, usual, clock };
  const toLastRun = (record: RunRecord, outcome: Outcome): LastRun => ({
    ...toEndedFeed(record, outcome, register),
    acceptedMs: clock.nowMs() - Math.max(0, clock.wallMs() - Date.parse(record.start.at)),
  });
  /** Records the end of a run that an earlier daemon could not record. */
  const settle = async (record: RunRecord, outcome: Outcome): Promise<void> => {
    const { run, task, name } = record.start;
    const last = toLastRun(record, outcome);
    taskRuns.remember(task, last);
    const written = register.recordEnd({ event: 'end', run, at: toIso(clock.wallMs()), outcome });
    onNews({ what: 'ended', task: findTask(task) ?? createRemovedTask(task, name), view: last.view() });
    logger.warn(
      { event: 'run-lost', task, run, outcome: outcome.kind },
      `The daemon was cut off during a run of ${name}, which is taken as ${renderOutcome(outcome)}`,
    );
    await written;
  };

  /** The last run of each task, if it has ended; other runs are looked up only on request. */
  const lastOf = new Map<string, RunRecord>();
  const withoutEnd: RunRecord[] = [];
  for (const record of history.runs.oldestFirst()) {
    const { task } = record.start;
    starts.noteEarlier(record);
    usual.noteEarlier(record);
    if (record.end !== undefined) {
      lastOf.set(task, record);
      continue;
    }
    lastOf.delete(task);
    withoutEnd.push(record);
  }
  for (const record of withoutEnd) {
    const { run, task, name } = record.start;
    const taken = await takeUp(record, takingUp);
    if (taken.kind === 'ended') {
      void settle(record, taken.outcome).then(taken.work.acknowledge);
      continue;
    }
    runs.follow(taken.run);
    logger.warn(
      { event: 'run-adopted', task, run, pid: taken.pid },
      `Resumed watching a run of ${name} (process ${taken.pid ?? 'of DSM'}) started by an earlier daemon`,
    );
  }
  worker.setRestored();
  for (const [task, record] of lastOf)
    if (record.end !== undefined) taskRuns.remember(task, toLastRun(record, record.end.outcome));
}
