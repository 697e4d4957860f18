// What becomes of the runs that an earlier daemon left: remembered, looked after, or lost.
import type { Clock } from '../clock.ts';
import type { RunRecord } from '../history/records.ts';
import { failedToStart, type Outcome } from '../outcome.ts';
import { findLeaderByEnvironment, isAlive, loadAgeMs } from '../process-identity.ts';
import { createRun, type Run, type RunFeed, type RunView } from './run.ts';
import { adoptProcess } from '../runners/adopted.ts';
import { createRemovedTask, type Task } from '../tasks.ts';
import type { Usual } from './usual.ts';

/** A run that goes on, or how one ended; `isNews` says that nobody has written that end down yet. */
export type TakenUp =
  | { readonly kind: 'adopted'; readonly run: Run; readonly pid: number }
  | { readonly kind: 'ended'; readonly feed: RunFeed; readonly outcome: Outcome; readonly isNews: boolean };

interface TakeUpOptions {
  readonly findTask: (id: string) => Task | undefined;
  readonly usual: Pick<Usual, 'toMs'>;
  readonly clock: Clock;
}

/**
 * Takes a remembered run up. One without an end goes on only if its very process lives: id, start time and boot
 * are compared, so that another process that was given the same id is never taken for it. Where the daemon was cut
 * off between the start and the writing down of the process, that is found by the run id in its environment.
 */
export function takeUp({ start, begin, end }: RunRecord, { findTask, usual, clock }: TakeUpOptions): TakenUp {
  const usualMs = (): number | undefined => usual.toMs(start.task);
  const process = end === undefined ? (begin?.process ?? findLeaderByEnvironment(`REMOTETASK_RUN=${start.run}`)) : undefined;
  if (process !== undefined && isAlive(process)) {
    const task = findTask(start.task) ?? createRemovedTask(start.task, start.name);
    const startedWallMs = Date.parse(start.at);
    const begunAgoMs = loadAgeMs(process);
    const acceptedAgoMs = begunAgoMs + Math.max(0, Date.parse(begin?.at ?? start.at) - startedWallMs);
    return {
      kind: 'adopted',
      pid: process.pid,
      run: createRun({
        id: start.run,
        task,
        clock,
        usualMs,
        earlier: { startedWallMs, acceptedAgoMs, begunAgoMs },
        execute: (io) => adoptProcess(process, io),
      }),
    };
  }
  const wasWaiting = start.isQueued === true && begin === undefined;
  const outcome =
    end?.outcome ??
    (wasWaiting ? failedToStart('The daemon was cut off before it was its turn; it was not started.') : { kind: 'lost' as const });
  const view = (): RunView => ({
    run: start.run,
    name: start.name,
    icon: findTask(start.task)?.icon,
    state: 'ended',
    startedAt: start.at,
    elapsedMs: end?.durationMs,
    usualMs: usualMs(),
    outcome,
    output: undefined,
    isStoppable: false,
  });
  return { kind: 'ended', outcome, isNews: end === undefined, feed: toEndedFeed(view) };
}

function toEndedFeed(view: () => RunView): RunFeed {
  return {
    view,
    state: () => 'ended',
    start: () => 0,
    read: (from) => ({ bytes: Buffer.alloc(0), from }),
    change: async () => {},
  };
}
