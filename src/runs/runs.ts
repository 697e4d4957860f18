// Runs: which may start now, which are running, and how they ended. A run continues after its caller has disconnected.
import { toIso, type Clock } from '../clock.ts';
import { renderDuration } from '../values/duration.ts';
import type { History } from '../history/history.ts';
import type { RunEnd } from '../history/records.ts';
import { createKeyring, toKeyDigest } from '../keys.ts';
import type { Logger } from '../log/log.ts';
import { failedToStart, renderOutcome } from '../outcome.ts';
import { createNote } from './dsm-notes.ts';
import { createKeptOutputs } from './kept-outputs.ts';
import { createRun, newRunId, untilEnded, type Run, type RunFeed, type RunView } from './run.ts';
import type { EarlierDsmRun, Runner } from '../runners/execute.ts';
import type { DsmRunIo, Execution, RunIo } from '../runners/execution.ts';
import { findHindrance, findLateHindrance, type NotNow } from './hindrance.ts';
import { createJoins } from './joins.ts';
import { createPast } from './past.ts';
import { createStarts } from './starts.ts';
import type { TakingUp } from './taken-up.ts';
import { createTaskRuns } from './task-runs.ts';
import { createRemovedTask, type Task } from '../tasks.ts';
import { createTurns } from './turns.ts';
import { createUsual } from './usual.ts';

const stoppedTooEarly = 'The daemon was stopped before it was its turn; it was not started.';

/** A caller's request to start a task: the client's address, the label of the keys if they have one, the digest of an Idempotency-Key. */
export interface Wish {
  readonly address: string;
  readonly label: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** The ended run that the caller tries again: no cooldown applies between the two. */
  readonly again?: string | undefined;
}

/** The result of a request. */
export type StartResult =
  | { readonly kind: 'started' | 'joined' | 'queued' | 'busy' | 'full'; readonly run: RunView }
  | NotNow
  | { readonly kind: 'unwritable' }
  | { readonly kind: 'closing' };

/** What happens to runs, for subscribers. */
export interface RunNews {
  readonly what: 'started' | 'ended';
  readonly task: Task;
  readonly view: RunView;
}

export interface Runs {
  /**
   * Starts a task if its policies allow. When this returns `started`, the start is on disk and the program has been started or
   * has failed to start. A run that has to wait begins only if `mayStart` then returns that its caller could still start it.
   */
  start(task: Task, wish: Wish, mayStart?: () => boolean): Promise<StartResult>;
  /** The run with a presented run id, looked up in constant time. */
  find(presented: Uint8Array): RunFeed | undefined;
  /** The runs that have not ended. */
  live(): readonly Run[];
  /** The last accepted run of a task. */
  last(task: string): RunView | undefined;
  /** Stops the run with an id, or with the unambiguous beginning of one; returns the run. */
  stop(idOrBeginning: string): RunFeed | undefined;
  /** Starts no more runs, and waits up to `graceMs` for the active ones; then stops those that must not outlive the daemon. Resolves with the runs that are left. */
  close(graceMs: number): Promise<readonly Run[]>;
}

export interface RunsOptions {
  readonly history: History;
  readonly execute: (runner: Runner, io: DsmRunIo) => Execution;
  /** Watches a process that an earlier daemon started. */
  readonly adopt: TakingUp['adopt'];
  /** Continues following a run that an earlier daemon started in DSM; starts nothing. */
  readonly resume: (run: EarlierDsmRun, io: DsmRunIo) => Execution;
  /** The task with an id in the current config. */
  readonly findTask: (id: string) => Task | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly onNews: (news: RunNews) => void;
}

/** Creates the runs of this process, together with those that the history remembers. */
export function createRuns({
  history,
  execute,
  adopt,
  resume,
  findTask,
  logger,
  clock,
  onNews,
}: RunsOptions): Runs {
  /** The active runs, and the last ended ones, with their output. */
  const known = createKeyring<RunFeed>();
  const starts = createStarts(history.runs, clock);
  const usual = createUsual();
  const past = createPast({ history, findTask, usual, adopt, resume, logger, clock });
  const taskRuns = createTaskRuns();
  const begun = new WeakSet<Run>();
  const takeTurn = createTurns();
  const accepted = new WeakMap<
    object,
    { readonly written: Promise<boolean>; readonly mayStart: () => boolean }
  >();
  const { point, join } = createJoins({
    history,
    starts,
    clock,
    isOnDisk: async (run) => (await accepted.get(run)?.written) ?? true,
  });
  const keepOutput = createKeptOutputs((run) => known.remove(toKeyDigest(run.id)));
  let isClosing = false;
  const now = (): string => toIso(clock.wallMs());

  /** Records an end, and forgets the runs that the history forgets. */
  const recordEnd = (end: RunEnd): void => {
    for (const dropped of history.recordEnd(end)) known.remove(toKeyDigest(dropped));
  };

  const finish = async (run: Run, hasWaited: boolean): Promise<void> => {
    const outcome = await run.ended;
    const { id, task } = run;
    const durationMs = Math.round(run.elapsedMs());
    recordEnd({ event: 'end', run: id, at: now(), durationMs, outcome });
    const { kind, ...details } = outcome;
    if (kind === 'succeeded' && !hasWaited) usual.note(task.id, durationMs);
    const level = kind === 'succeeded' ? 'info' : 'warn';
    logger[level](
      { event: 'run-ended', task: task.id, run: id, outcome: kind, ...details, durationMs },
      `${task.name} ${renderOutcome(outcome)} after ${renderDuration(durationMs)}`,
    );
    taskRuns.end(run);
    if (hasWaited && !begun.has(run)) starts.drop(task.id, id);
    keepOutput(run);
    onNews({ what: 'ended', task, view: run.view() });
    await advance(task.id);
  };

  /** Begins the work of a run whose start is on disk. */
  const begin = async (run: Run): Promise<void> => {
    await takeTurn();
    begun.add(run);
    starts.begin(run.task.id, run.id);
    run.begin();
    const process = run.process();
    if (process !== undefined) history.noteProcess({ event: 'begin', run: run.id, at: now(), process });
    onNews({ what: 'started', task: run.task, view: run.view() });
  };

  /** Begins the waiting runs of a task while no other run of it is active. */
  const advance = async (task: string): Promise<void> => {
    while (taskRuns.running(task) === undefined && !isClosing) {
      const next = taskRuns.next(task);
      if (next === undefined) return;
      taskRuns.begin(next);
      const { written, mayStart } = accepted.get(next) ?? {
        written: Promise.resolve(false),
        mayStart: () => false,
      };
      const waiting = new Set([next.id, ...taskRuns.queued().map(({ id }) => id)]);
      const hindrance = findLateHindrance({
        accepted: next.task,
        task: findTask(task),
        waiting,
        mayStart,
        starts,
        clock,
      });
      if (hindrance !== undefined) next.cancel(failedToStart(hindrance));
      const isAccepted = (await written) && next.state() !== 'ended';
      const isOnDisk = isAccepted && (await history.record({ event: 'begin', run: next.id, at: now() }));
      if (isClosing) next.cancel(failedToStart(stoppedTooEarly));
      if (next.state() === 'ended') taskRuns.end(next);
      else if (isOnDisk) await begin(next);
      else
        next.cancel(failedToStart('It could not be written down when it was its turn, and was not started.'));
    }
  };

  const accept = async (
    task: Task,
    { address, label, idempotencyKey }: Wish,
    mayStart: () => boolean,
  ): Promise<StartResult> => {
    const isQueued = task.whenBusy === 'queue' && taskRuns.running(task.id) !== undefined;
    const before = taskRuns.last(task.id);
    const id = newRunId();
    const usualMs = (): number | undefined => usual.toMs(task.id);
    const executeNoted = (io: RunIo): Execution =>
      execute(task.runner, {
        ...io,
        note: createNote(history, { run: id, now }, task.runner.kind === 'dsm' ? task.runner : undefined),
      });
    const run = createRun({ id, task, clock, isQueued, usualMs, execute: executeNoted, logger });
    const written = history.record({
      event: 'start',
      run: id,
      task: task.id,
      name: task.name,
      at: run.view().startedAt,
      address,
      ...(label === undefined ? {} : { label }),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(isQueued ? { isQueued } : {}),
    });
    accepted.set(run, { written, mayStart });
    starts.note(task.id, id, idempotencyKey);
    taskRuns.add(run, isQueued);
    if (!(await written)) {
      starts.drop(task.id, id);
      if (idempotencyKey !== undefined) starts.dropKey(task.id, idempotencyKey);
      taskRuns.drop(run, before);
      return { kind: 'unwritable' };
    }
    known.add(toKeyDigest(id), run);
    void finish(run, isQueued);
    if (!isQueued) {
      await begin(run);
      return { kind: 'started', run: run.view() };
    }
    const expiry = setTimeout(() => {
      if (run.state() === 'queued')
        run.cancel(failedToStart('It waited too long behind an earlier run, and was not started.'));
    }, task.queueExpiresMs).unref();
    void run.ended.then(() => clearTimeout(expiry));
    await advance(task.id);
    return { kind: 'queued', run: run.view() };
  };

  /** A run of this process, or a remembered run that has ended. */
  const find = (presented: Uint8Array): RunFeed | undefined => known.find(presented) ?? past.find(presented);

  /** What a call gets instead of a run of its own, if anything. Decided without waiting, so that each of many simultaneous calls sees the one before. */
  const findInstead = (
    task: Task,
    { idempotencyKey, again }: Wish,
  ): StartResult | Promise<StartResult> | undefined => {
    const same = idempotencyKey === undefined ? undefined : starts.findRun(task.id, idempotencyKey);
    const sameRun = taskRuns.live.get(same ?? '');
    if (sameRun !== undefined) return join(task.id, sameRun, idempotencyKey);
    const sameFeed = same === undefined ? undefined : find(Buffer.from(same));
    if (same !== undefined && sameFeed !== undefined)
      return join(task.id, { id: same, view: sameFeed.view }, idempotencyKey);
    const running = taskRuns.running(task.id);
    if (running !== undefined && task.whenBusy === 'reject') return point('busy', running);
    const last = taskRuns.last(task.id);
    if (last !== undefined && last.id !== again && clock.nowMs() - last.startedMs < task.cooldownMs)
      return join(task.id, last, idempotencyKey);
    if (running !== undefined && task.whenBusy === 'join') return join(task.id, running, idempotencyKey);
    return running !== undefined && task.whenBusy === 'queue' && taskRuns.isFull(task)
      ? point('full', last ?? running)
      : undefined;
  };

  past.takeUpAll({
    onRecord(record) {
      starts.noteEarlier(record);
      usual.noteEarlier(record);
    },
    onAdopted(run, { start }) {
      begun.add(run);
      taskRuns.add(run, false);
      known.add(toKeyDigest(run.id), run);
      run.begin();
      void finish(run, start.isQueued === true);
    },
    onEnded(run, { start: { task, name } }, { outcome, isNews }) {
      taskRuns.remember(task, run);
      if (!isNews) return;
      recordEnd({ event: 'end', run: run.id, at: now(), outcome });
      onNews({ what: 'ended', task: findTask(task) ?? createRemovedTask(task, name), view: run.view() });
    },
  });

  return {
    async start(task, wish, mayStart = () => true) {
      if (isClosing) return { kind: 'closing' };
      return await (findInstead(task, wish) ??
        findHindrance(task, starts, clock) ??
        accept(task, wish, mayStart));
    },
    find,
    live: () => [...taskRuns.live.values()],
    last: (task) => taskRuns.last(task)?.view(),
    stop(beginning) {
      const [run, other] = [...taskRuns.live.values()].filter(({ id }) => id.startsWith(beginning));
      if (beginning === '' || run === undefined || other !== undefined) return undefined;
      run.stop();
      return run;
    },
    async close(graceMs) {
      isClosing = true;
      for (const run of taskRuns.queued()) run.cancel(failedToStart(stoppedTooEarly));
      await untilEnded([...taskRuns.live.values()], graceMs);
      const stopped = [...taskRuns.live.values()].filter(({ task }) => task.atShutdown === 'stop');
      for (const run of stopped) run.stop();
      await untilEnded(stopped, Math.max(0, ...stopped.map(({ task }) => task.graceMs)) + 2000);
      return [...taskRuns.live.values()];
    },
  };
}
