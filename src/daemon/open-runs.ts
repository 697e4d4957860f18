// The runs of the daemon, with those of earlier daemons and with the tasks that follow runs.
import type { Clock } from '../clock.ts';
import type { LoadedConfig } from '../config/load.ts';
import { createFollowUps, type FollowUps } from '../follow-ups/follow-ups.ts';
import { createPlans } from '../follow-ups/plans.ts';
import { createFollowUpsFile, toFollowUpsPath } from '../follow-ups/state.ts';
import type { History } from '../history/history.ts';
import type { Log } from '../log/log.ts';
import { createRegister } from '../runs/register.ts';
import { restoreRuns } from '../runs/restore.ts';
import { createRuns, type Runs } from '../runs/runs.ts';
import type { Task } from '../tasks.ts';
import type { WorkerClient } from '../worker/client.ts';
import type { NewsBoard } from './news.ts';

export interface OpenRuns {
  readonly runs: Runs;
  readonly followUps: FollowUps;
  /** Restores the runs that an earlier daemon left, and what was to follow them. */
  restore(): Promise<void>;
}

/** Creates the runs; those of earlier daemons are restored afterwards, once news of them is listened to. */
export function openRuns({
  first,
  history,
  findTask,
  worker,
  news,
  log,
  clock,
}: {
  /** The config that the daemon was started with: its history stays in place. */
  readonly first: Pick<LoadedConfig, 'history'>;
  readonly history: History;
  /** The task with an id in the current config. */
  readonly findTask: (id: string) => Task | undefined;
  readonly worker: WorkerClient;
  readonly news: Pick<NewsBoard, 'publish'>;
  readonly log: Pick<Log, 'logger' | 'isWritten'>;
  readonly clock: Clock;
}): OpenRuns {
  const { logger, isWritten: isLogWritten } = log;
  const onNews = news.publish;
  const register = createRegister({ history, findTask, clock });
  const file = createFollowUpsFile(toFollowUpsPath(first.history.path), logger);
  const plans = createPlans({ file, history, clock });
  const held = plans.hold(worker);
  const runs = createRuns({ register, history, worker: held, logger, clock, onNews });
  return {
    runs,
    followUps: createFollowUps({ plans, runs, findTask, isLogWritten, logger, clock }),
    async restore() {
      await plans.restore();
      await restoreRuns({ register, runs, history, worker: held, logger, clock, onNews });
      await plans.settle();
    },
  };
}
