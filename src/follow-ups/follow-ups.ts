// Starts the tasks that follow others, once their time has come. Nothing starts here that was not caused by a start from outside.
import type { Clock } from '../clock.ts';
import type { Logger } from '../log/log.ts';
import type { Runs, StartResult } from '../runs/runs.ts';
import type { Task } from '../tasks.ts';
import { renderDuration } from '../values/duration.ts';
import { listChoices } from '../values/then.ts';
import { createNotes, type Decider } from './notes.ts';
import { findHindrance, type Plan } from './plan.ts';
import type { Plans } from './plans.ts';

/** The clock for people may jump, so it is looked at this often; a start that was refused is tried again as soon. */
const lookMs = 30_000;
/** What follows a run, for pages and answers. */
export interface Following {
  readonly run: string;
  readonly task: string;
  readonly name: string;
  /** Wall time in milliseconds. */
  readonly atMs: number;
  /** How long from now, in milliseconds. */
  readonly inMs: number;
  /** The times from now on that a caller is offered instead, in milliseconds. */
  readonly choicesMs: readonly number[];
}

export interface FollowUps {
  /** What follows the runs of a task, by the current config. */
  thenOf(task: string): Task['then'];
  /** What follows a run that has ended; undefined if nothing does, or no longer. */
  ofRun(run: string): Following | undefined;
  /** What follows the last run of a task. */
  ofTask(task: string): Following | undefined;
  /** All that follows runs which have ended, the soonest first. */
  all(): readonly Following[];
  /** Gives it another time, counted from now, or from the end of the run; false if that cannot be written. */
  choose(run: string, afterMs: number, by: Decider): Promise<boolean>;
  /** A further call got this run instead of one of its own: the time begins again, if the run has ended. */
  renew(run: string, chosenMs: number | undefined, by: Decider): Promise<void>;
  /** Starts it now; undefined if nothing follows the run, or what follows must not be started. */
  startNow(run: string, by: Decider): Promise<StartResult | undefined>;
  /** Starts it never; false if that cannot be written. */
  leave(run: string, by: Decider): Promise<boolean>;
  /** Starts what is due, from now on. */
  begin(): void;
  close(): void;
}

export interface FollowUpsOptions {
  readonly plans: Plans;
  readonly runs: Pick<Runs, 'start' | 'live'>;
  /** The task with an id in the current config. */
  readonly findTask: (id: string) => Task | undefined;
  readonly isLogWritten: () => boolean;
  readonly logger: Logger;
  readonly clock: Clock;
}

export function createFollowUps({
  plans,
  runs,
  findTask,
  isLogWritten,
  logger,
  clock,
}: FollowUpsOptions): FollowUps {
  const notes = createNotes(logger, findTask);
  let timer: NodeJS.Timeout | undefined;
  let isOpen = false;
  /** The plans whose task is being started. */
  const starting = new Map<string, Promise<StartResult | undefined>>();
  /** When a refused plan is tried again, and why it was refused. */
  const refused = new Map<string, { readonly why: string; readonly againMs: number }>();

  const giveUp = async (plan: Plan, why: string): Promise<undefined> => {
    notes.dropped(plan, why);
    await plans.remove(plan.run, true);
  };
  const tryLater = (plan: Plan, why: string, seconds = lookMs / 1000): void => {
    if (refused.get(plan.run)?.why !== why) notes.waits(plan, why);
    refused.set(plan.run, { why, againMs: clock.nowMs() + Math.min(seconds * 1000, lookMs) });
  };
  const start = async (plan: Plan, by: Decider | undefined): Promise<StartResult | undefined> => {
    const { run, from } = plan;
    const task = findTask(plan.task);
    const hindrance = findHindrance(plan, task, findTask(from));
    if (hindrance !== undefined) return await giveUp(plan, hindrance);
    const lateMs = plans.lateMs(plan);
    if (by === undefined && lateMs > plan.withinMs)
      return await giveUp(plan, `its time was ${renderDuration(lateMs)} ago, which is longer than "within"`);
    if (task === undefined) return undefined;
    const { address, label } = by ?? plan;
    const asked: StartResult = isLogWritten()
      ? await runs.start(task, { address, label, idempotencyKey: undefined, follows: run })
      : { kind: 'unwritable' };
    // A start is in the history, which a restart looks at. A join is in no file, so it counts once the plan is off the disk.
    const isDone = asked.kind !== 'joined' || (await plans.remove(run, false));
    const result: StartResult = isDone ? asked : { kind: 'unwritable' };
    if (result.kind === 'started' || result.kind === 'queued' || result.kind === 'joined') {
      refused.delete(run);
      notes.led(plan, task, result, { by, lateMs });
      await plans.remove(run, true);
    } else if (by === undefined) {
      const seconds = result.kind === 'not-now' ? result.why.retryAfterSeconds : undefined;
      tryLater(plan, result.kind === 'not-now' ? result.why.code : result.kind, seconds);
    }
    return result;
  };
  /** One start for each plan, whoever asks for it. */
  const startOnce = async (plan: Plan, by?: Decider): Promise<StartResult | undefined> => {
    const begun = starting.get(plan.run) ?? start(plan, by);
    starting.set(plan.run, begun);
    try {
      return await begun;
    } finally {
      starting.delete(plan.run);
    }
  };
  const isDue = (plan: Plan): boolean =>
    plans.lateMs(plan) >= 0 &&
    (refused.get(plan.run)?.againMs ?? -Infinity) <= clock.nowMs() &&
    !starting.has(plan.run) &&
    // A further run of the same task is about to set the time again.
    !runs.live().some((live) => live.task.id === plan.from);
  const look = (): void => {
    clearTimeout(timer);
    if (!isOpen) return;
    for (const plan of plans.due()) if (isDue(plan)) void startOnce(plan).finally(look);
    for (const run of refused.keys()) if (plans.find(run) === undefined) refused.delete(run);
    const waits = plans.due().map((plan) => -plans.lateMs(plan));
    if (waits.length === 0) return;
    const soonest = Math.min(...waits.filter((ms) => ms > 0), lookMs);
    timer = setTimeout(look, Math.max(soonest, 10)).unref();
  };
  const toFollowing = (plan: Plan | undefined): Following | undefined => {
    if (plan?.dueMs === undefined || starting.has(plan.run)) return undefined;
    const [task, from] = [findTask(plan.task), findTask(plan.from)];
    if (task === undefined || findHindrance(plan, task, from) !== undefined) return undefined;
    const { run } = plan;
    const choicesMs = from?.then === undefined ? [] : listChoices(from.then);
    const inMs = -plans.lateMs(plan);
    return { run, task: task.id, name: task.name, atMs: clock.wallMs() + inMs, inMs, choicesMs };
  };
  plans.onChange(() => setImmediate(look));
  const choose: FollowUps['choose'] = async (run, afterMs, by) => {
    if (starting.has(run) || !(await plans.choose(run, afterMs))) return false;
    const plan = plans.find(run);
    if (plan !== undefined)
      notes.decided('follow-up-chosen', plan, by, `${renderDuration(afterMs)} from now or from its end`);
    return true;
  };
  return {
    thenOf: (task) => findTask(task)?.then,
    ofRun: (run) => toFollowing(plans.find(run)),
    ofTask: (task) => toFollowing(plans.due().find(({ from }) => from === task)),
    all: () =>
      plans
        .due()
        .flatMap((plan) => toFollowing(plan) ?? [])
        .toSorted((a, b) => a.atMs - b.atMs),
    choose,
    async renew(run, chosenMs, by) {
      const plan = plans.find(run);
      const usualMs = plan?.dueMs === undefined ? undefined : findTask(plan.from)?.then?.after;
      const afterMs = chosenMs ?? usualMs;
      if (afterMs !== undefined) await choose(run, afterMs, by);
    },
    async startNow(run, by) {
      const plan = plans.find(run);
      return plan?.dueMs === undefined ? undefined : await startOnce(plan, by);
    },
    async leave(run, by) {
      const plan = plans.find(run);
      // Before the end of the run there is nothing to leave off: its plan would be made again.
      if (plan?.dueMs === undefined || starting.has(run) || !(await plans.remove(run, false))) return false;
      notes.decided('follow-up-left', plan, by, 'is not started');
      return true;
    },
    begin() {
      isOpen = true;
      look();
    },
    close() {
      isOpen = false;
      clearTimeout(timer);
      plans.close();
    },
  };
}
