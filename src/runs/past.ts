// Runs that an earlier daemon left, which are restored, and ended runs, which are found in the history.
import type { Clock } from '../clock.ts';
import type { History } from '../history/history.ts';
import type { RunRecord } from '../history/records.ts';
import type { Logger } from '../log/log.ts';
import { renderOutcome, type Outcome } from '../outcome.ts';
import type { EarlierDsmRun } from '../runners/execute.ts';
import type { DsmRunIo, Execution } from '../runners/execution.ts';
import type { Task } from '../tasks.ts';
import { createNote, withoutOthers } from './dsm-notes.ts';
import type { Run, RunFeed } from './run.ts';
import { takeUp, type TakingUp } from './taken-up.ts';
import type { LastRun } from './task-runs.ts';
import type { Usual } from './usual.ts';

export interface Past {
  /** A remembered run that has ended. */
  find(presented: Uint8Array): RunFeed | undefined;
  /** Restores all remembered runs, oldest first; to be called once. */
  takeUpAll(to: PastTakers): void;
}

/** Receives the runs that an earlier daemon left, and what became of them. */
interface PastTakers {
  /** Called for each run, before the two below. */
  readonly onRecord: (record: RunRecord) => void;
  /** Called if the run continues. */
  readonly onAdopted: (run: Run, record: RunRecord) => void;
  /** Called if the run has ended; `isNews` means that its outcome is not in the history yet. */
  readonly onEnded: (
    run: LastRun,
    record: RunRecord,
    how: { readonly outcome: Outcome; readonly isNews: boolean },
  ) => void;
}

export function createPast({
  history,
  findTask,
  usual,
  adopt,
  resume,
  logger,
  clock,
}: {
  readonly history: History;
  readonly findTask: (id: string) => Task | undefined;
  readonly usual: Pick<Usual, 'toMs'>;
  readonly adopt: TakingUp['adopt'];
  readonly resume: (run: EarlierDsmRun, io: DsmRunIo) => Execution;
  readonly logger: Logger;
  readonly clock: Clock;
}): Past {
  const takingUp: TakingUp = {
    logger,
    findTask,
    usual,
    clock,
    adopt,
    resume: (run, begin, io) =>
      resume(withoutOthers(run, begin.run, history.runs), {
        ...io,
        note: createNote(history, { run: begin.run, now: () => begin.at }, run),
      }),
  };
  const toLastRun = ({ start }: RunRecord, { view }: RunFeed): LastRun => ({
    id: start.run,
    startedMs: clock.nowMs() - Math.max(0, clock.wallMs() - Date.parse(start.at)),
    view,
  });
  return {
    find(presented) {
      const record = history.runs.find(presented);
      const taken = record?.end === undefined ? undefined : takeUp(record, takingUp);
      return taken?.kind === 'ended' ? taken.feed : undefined;
    },
    takeUpAll({ onRecord, onAdopted, onEnded }) {
      /** The last run of each task, if it has ended; other runs are looked up only on request. */
      const lastOf = new Map<string, RunRecord>();
      for (const record of history.runs.oldestFirst()) {
        const { run, task, name } = record.start;
        onRecord(record);
        if (record.end !== undefined) {
          lastOf.set(task, record);
          continue;
        }
        lastOf.delete(task);
        const taken = takeUp(record, takingUp);
        if (taken.kind === 'adopted') {
          onAdopted(taken.run, record);
          logger.warn(
            { event: 'run-adopted', task, run, pid: taken.pid },
            `Resumed watching a run of ${name} (process ${taken.pid ?? 'of DSM'}) started by an earlier daemon`,
          );
          continue;
        }
        onEnded(toLastRun(record, taken.feed), record, taken);
        logger.warn(
          { event: 'run-lost', task, run, outcome: taken.outcome.kind },
          `The daemon was cut off during a run of ${name}, which is taken as ${renderOutcome(taken.outcome)}`,
        );
      }
      for (const record of lastOf.values()) {
        const taken = takeUp(record, takingUp);
        if (taken.kind === 'ended') onEnded(toLastRun(record, taken.feed), record, taken);
      }
    },
  };
}
