// The plans: which task is to be started after which run, and when. Each change is on disk before it is answered.
import { setTimeout as pause } from 'node:timers/promises';
import { toIso, type Clock } from '../clock.ts';
import type { History } from '../history/history.ts';
import type { RunRecord } from '../history/records.ts';
import type { Outcome } from '../outcome.ts';
import type { WorkerClient, WorkOfRun } from '../worker/client.ts';
import { isFollowedAfterAll, toPlan, type Plan } from './plan.ts';
import type { FollowUpsFile } from './state.ts';

/** How soon a plan that could not be written is written again. */
const retryMs = 5000;

export interface Plans {
  /** The plans whose time is known. */
  due(): readonly Plan[];
  find(run: string): Plan | undefined;
  /** By how many milliseconds a plan is late; negative before its time. */
  lateMs(plan: Plan): number;
  /** Reads the plans of earlier daemons; to be called before their runs are restored. */
  restore(): Promise<void>;
  /** Decides about runs that ended while no daemon followed them; to be called after runs are restored. */
  settle(): Promise<void>;
  /** The same worker, but it holds the end of a run back until what follows it is on disk. */
  hold(worker: WorkerClient): WorkerClient;
  /** Gives a plan another time, counted from now, or from the end of its run; false if it cannot be written. */
  choose(run: string, afterMs: number): Promise<boolean>;
  /** Removes a plan; false if that cannot be written: then it stays, unless it `isDone`. */
  remove(run: string, isDone: boolean): Promise<boolean>;
  /** Called at each change. */
  onChange(listener: () => void): void;
  close(): void;
}

export function createPlans({
  file,
  history,
  clock,
}: {
  readonly file: FollowUpsFile;
  readonly history: Pick<History, 'runs'>;
  readonly clock: Clock;
}): Plans {
  const plans = new Map<string, Plan>();
  let tell: () => void = () => {};
  let isClosed = false;
  const save = async (): Promise<boolean> =>
    await file.save([...plans.values()].map(({ dueMs: _1, isEarlier: _2, ...followUp }) => followUp));
  const change = async (run: string, plan: Plan | undefined): Promise<boolean> => {
    if (plan === undefined) plans.delete(run);
    else plans.set(run, plan);
    tell();
    return await save();
  };
  const toDue = (plan: Plan, endedAgoMs = 0): Plan => ({
    ...plan,
    dueAt: toIso(clock.wallMs() + plan.afterMs - endedAgoMs),
    dueMs: clock.nowMs() + plan.afterMs - endedAgoMs,
  });
  /** Adds a plan in place of any other that would start the same task: the last tap counts. */
  const begin = (plan: Plan): void => {
    for (const other of plans.values())
      if (other.task === plan.task && other.dueMs !== undefined) plans.delete(other.run);
    plans.set(plan.run, plan);
    tell();
  };
  const end = async (record: RunRecord, isFollowed: boolean, endedAgoMs = 0): Promise<void> => {
    const { start } = record;
    if (start.then === undefined) return;
    const known = plans.get(start.run);
    if (isFollowed) begin(toDue(known ?? toPlan(start, start.then), endedAgoMs));
    else if (known === undefined) return;
    else plans.delete(start.run);
    while (!(await save()) && !isClosed) await pause(retryMs, undefined, { ref: false });
  };
  /** A run has ended, and its caller does not know it yet. */
  const take = async (run: string, outcome: Outcome): Promise<void> => {
    const record = history.runs.find(run);
    if (record?.start.then === undefined) return;
    await end(record, record.start.then.when === 'ended' || outcome.kind === 'succeeded');
  };
  const holdWork = (run: string, work: WorkOfRun): WorkOfRun => {
    const ended = async (): Promise<Outcome> => {
      const outcome = await work.ended;
      await take(run, outcome);
      return outcome;
    };
    return { ...work, ended: ended() };
  };
  /** Whether a run was followed already: its follower names it. */
  const hasFollower = (run: string): boolean => {
    for (const { start } of history.runs.newestFirst({ mayFit: (text) => text.includes(run) }))
      if (start.follows === run) return true;
    return false;
  };
  return {
    due: () => [...plans.values()].filter(({ dueMs }) => dueMs !== undefined),
    find: (run) => plans.get(run),
    lateMs({ dueMs = Infinity, dueAt, isEarlier }) {
      const lateMs = clock.nowMs() - dueMs;
      return isEarlier && dueAt !== undefined ? Math.max(lateMs, clock.wallMs() - Date.parse(dueAt)) : lateMs;
    },
    async restore() {
      const loaded = file.load();
      for (const followUp of loaded) {
        const { dueAt, afterMs } = followUp;
        // A clock that was set back, or is not set yet, never makes it wait longer than was promised.
        const leftMs =
          dueAt === undefined ? undefined : Math.min(afterMs, Date.parse(dueAt) - clock.wallMs());
        const dueMs = leftMs === undefined ? undefined : clock.nowMs() + leftMs;
        if (!hasFollower(followUp.run)) plans.set(followUp.run, { ...followUp, dueMs, isEarlier: true });
      }
      // A run that is about to be found lost has ended, too.
      for (const { start, end: over } of history.runs.oldestFirst({
        mayFit: (text) => text.includes('"withinMs":'),
      }))
        if (over === undefined && start.then?.when === 'ended' && !plans.has(start.run))
          plans.set(start.run, toPlan(start, start.then));
      if (loaded.length > 0 || plans.size > 0) await save();
    },
    async settle() {
      for (const plan of [...plans.values()].filter(({ dueMs }) => dueMs === undefined)) {
        const record = history.runs.find(plan.run);
        if (record === undefined) await change(plan.run, undefined);
        else if (record.end !== undefined) {
          const agoMs = Math.max(0, clock.wallMs() - Date.parse(record.end.at));
          await end(record, isFollowedAfterAll(record), agoMs);
        }
      }
    },
    hold: (worker) => ({
      ...worker,
      start: (order, io) => holdWork(order.run, worker.start(order, io)),
      async resume(earlier, io, ifUnknown) {
        const found = await worker.resume(earlier, io, ifUnknown);
        if (found.kind !== 'ended') return { ...found, work: holdWork(earlier.run, found.work) };
        await take(earlier.run, found.outcome);
        return found;
      },
    }),
    async choose(run, afterMs) {
      const plan = plans.get(run);
      if (plan !== undefined) {
        const chosen = { ...plan, afterMs, isEarlier: false };
        return await change(run, plan.dueMs === undefined ? chosen : toDue(chosen));
      }
      const record = history.runs.find(run);
      if (record?.start.then === undefined || record.end !== undefined) return false;
      return await change(run, toPlan(record.start, { ...record.start.then, afterMs }));
    },
    async remove(run, isDone) {
      const plan = plans.get(run);
      if (plan === undefined) return true;
      const isWritten = await change(run, undefined);
      if (!isWritten && !isDone) plans.set(run, plan);
      return isWritten;
    },
    onChange: (listener) => void (tell = listener),
    close: () => void (isClosed = true),
  };
}
