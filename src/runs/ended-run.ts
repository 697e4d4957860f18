// A run that has ended, as the history remembers it.
import type { RunRecord } from '../history/records.ts';
import { toRunTimes } from '../history/run-times.ts';
import type { Outcome } from '../outcome.ts';
import type { Task } from '../tasks.ts';
import { forgotten } from './run-output.ts';
import type { RunFeed } from './run-view.ts';
import type { Usual } from './usual.ts';

/** What a remembered run is shown with: the config may have changed since. */
export interface EndedRunContext {
  readonly findTask: (id: string) => Task | undefined;
  readonly usual: Pick<Usual, 'toMs'>;
}

/** The feed of a run with this outcome: nothing of it changes any more. */
export function toEndedFeed(
  record: RunRecord,
  outcome: Outcome,
  { findTask, usual }: EndedRunContext,
): RunFeed {
  const { start } = record;
  const { durationMs, ...times } = toRunTimes(record);
  return {
    id: start.run,
    view() {
      const task = findTask(start.task);
      return {
        run: start.run,
        task: start.task,
        name: start.name,
        icon: task?.icon,
        state: 'ended',
        ...times,
        elapsedMs: durationMs,
        usualMs: usual.toMs(start.task),
        outcome,
        ...(task === undefined || task.output === 'none' ? { output: undefined } : forgotten),
        isStoppable: false,
      };
    },
    state: () => 'ended',
    start: () => 0,
    read: (from) => ({ bytes: Buffer.alloc(0), from }),
    change: async () => {},
  };
}
