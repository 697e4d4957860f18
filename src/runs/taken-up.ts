// What becomes of a run that an earlier daemon left: watched, or lost.
import type { Clock } from '../clock.ts';
import type { RunBegin, RunRecord } from '../history/records.ts';
import { toRunTimes } from '../history/run-times.ts';
import type { Logger } from '../log/log.ts';
import { failedToStart, unconfirmed, type Outcome } from '../outcome.ts';
import {
  findLeaderByEnvironment,
  isAlive,
  loadAgeMs,
  type ProcessIdentity,
} from '../processes/process-identity.ts';
import { createRun, type Run } from './run.ts';
import type { EarlierDsmRun } from '../runners/execute.ts';
import type { Execution, RunIo } from '../runners/execution.ts';
import { createRemovedTask, type Task } from '../tasks.ts';
import type { Usual } from './usual.ts';

/** A run that continues, and where; or how a run ended. */
export type TakenUp =
  | { readonly kind: 'adopted'; readonly run: Run; readonly pid: number | undefined }
  | { readonly kind: 'ended'; readonly outcome: Outcome };

export interface TakingUp {
  readonly logger: Logger;
  readonly findTask: (id: string) => Task | undefined;
  readonly usual: Pick<Usual, 'toMs'>;
  readonly clock: Clock;
  /** Watches a process that an earlier daemon started. */
  readonly adopt: (process: ProcessIdentity, io: RunIo) => Execution;
  /** Continues following a run in DSM. */
  readonly resume: (run: EarlierDsmRun, begin: RunBegin, io: RunIo) => Execution;
}

/**
 * Takes up a remembered run without an end. It continues if DSM was asked to start it, or if its process is still alive: id,
 * start time and boot are compared, so that another process with the same id is never taken for it. If the daemon
 * was cut off between starting a process and recording it, the process is found by the run id in its environment.
 */
export function takeUp(
  record: RunRecord,
  { logger, findTask, usual, clock, adopt, resume }: TakingUp,
): TakenUp {
  const { start, begin } = record;
  const task = findTask(start.task);
  const usualMs = (): number | undefined => usual.toMs(start.task);
  const goOn = (pid: number | undefined, begunAgoMs: number, execute: (io: RunIo) => Execution): TakenUp => {
    const { acceptedAt, startedAt = acceptedAt, ...times } = toRunTimes(record);
    const waitedMs = start.isQueued === true ? times.waitedMs : undefined;
    const acceptedAgoMs = begunAgoMs + Math.max(0, Date.parse(startedAt) - Date.parse(acceptedAt));
    const earlier = { acceptedAt, startedAt, acceptedAgoMs, begunAgoMs, waitedMs };
    return {
      kind: 'adopted',
      pid,
      run: createRun({
        id: start.run,
        task: task ?? createRemovedTask(start.task, start.name),
        clock,
        usualMs,
        earlier,
        execute,
        logger,
      }),
    };
  };
  const toEnded = (outcome: Outcome): TakenUp => ({ kind: 'ended', outcome });
  if (begin?.dsm !== undefined) {
    if (task === undefined) return toEnded(unconfirmed({ code: 'task-gone' }));
    const agoMs = Math.max(0, clock.wallMs() - Date.parse(begin.at));
    const run = { ...begin.dsm, agoMs };
    return goOn(undefined, agoMs, (io) => resume(run, begin, io));
  }
  const process = begin?.process ?? findLeaderByEnvironment(`REMOTETASK_RUN=${start.run}`);
  if (process !== undefined && isAlive(process))
    return goOn(process.pid, loadAgeMs(process), (io) => adopt(process, io));
  const wasWaiting = start.isQueued === true && begin === undefined;
  return toEnded(wasWaiting ? failedToStart({ code: 'cut-off-before-turn' }) : { kind: 'lost' });
}
