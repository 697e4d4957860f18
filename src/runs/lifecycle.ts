// The course of a run: it begins, alone or when its turn comes, and its end is recorded.
import { toIso, type Clock } from '../clock.ts';
import type { History } from '../history/history.ts';
import type { RunEnd } from '../history/records.ts';
import type { Logger } from '../log/log.ts';
import { failedToStart, renderOutcome, type Outcome } from '../outcome.ts';
import type { Task } from '../tasks.ts';
import { toLimits } from './facts.ts';
import { findHindrance } from './policy.ts';
import type { Register } from './register.ts';
import type { Run } from './run.ts';
import { renderTimes, type RunView } from './run-view.ts';
import { createTurns } from './turns.ts';

const stoppedTooEarly = { code: 'stopped-before-turn' } as const;

/** What happens to runs, for subscribers. */
export interface RunNews {
  readonly what: 'started' | 'ended';
  readonly task: Task;
  readonly view: RunView;
}

/** An accepted run: whether it is on disk, and whether its caller could still start it. */
export interface Accepted {
  readonly written: Promise<boolean>;
  readonly mayStart: () => boolean;
}

export interface Lifecycle {
  /** Begins the work of a run whose start is on disk. */
  begin(run: Run): Promise<void>;
  /** Lets a run wait for its turn, and begins it at once if it is its turn already. */
  enqueue(run: Run): Promise<void>;
  /** Records how a run ends, once it does. */
  finish(run: Run): Promise<void>;
  isClosing(): boolean;
  /** Begins no more runs, and waits up to `graceMs` for the active ones; then stops those that must not outlive the daemon. Resolves with the runs that are left. */
  close(graceMs: number): Promise<readonly Run[]>;
}

export interface LifecycleOptions {
  readonly register: Register;
  readonly history: Pick<History, 'record' | 'noteProcess'>;
  readonly findAccepted: (run: Run) => Accepted | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly onNews: (news: RunNews) => void;
}

export function createLifecycle({
  register,
  history,
  findAccepted,
  logger,
  clock,
  onNews,
}: LifecycleOptions): Lifecycle {
  const { taskRuns, starts } = register;
  const takeTurn = createTurns();
  let isClosing = false;
  const now = (): string => toIso(clock.wallMs());

  const finish = async (run: Run): Promise<void> => {
    const outcome = await run.ended;
    const { id, task } = run;
    const times = toTimes(run);
    const written = register.recordEnd({
      event: 'end',
      run: id,
      at: run.view().endedAt ?? now(),
      ...times,
      outcome,
    });
    void written.then(run.acknowledge);
    if (outcome.kind === 'succeeded' && times.durationMs !== undefined)
      register.usual.note(task.id, times.durationMs);
    logEnd(logger, run, outcome, times);
    taskRuns.end(run);
    if (!run.hasBegun()) starts.drop(task.id, id);
    register.keepOutput(run);
    onNews({ what: 'ended', task, view: run.view() });
    await advance(task.id);
  };

  /** Begins the work of a run whose start is on disk. */
  const begin = async (run: Run): Promise<void> => {
    await takeTurn();
    if (run.state() === 'ended') return;
    starts.begin(run.task.id, run.id);
    await run.begin();
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
      const accepted = findAccepted(next);
      const waiting = new Set([next.id, ...taskRuns.queued().map(({ id }) => id)]);
      const current = register.findTask(task);
      const hindrance = findHindrance(next.task, current, {
        mayStart: accepted?.mayStart() === true,
        ...toLimits(current ?? next.task, register, clock, waiting),
      });
      if (hindrance !== undefined) next.cancel(failedToStart(hindrance));
      const isAccepted = (await accepted?.written) === true && next.state() !== 'ended';
      const isOnDisk = isAccepted && (await history.record({ event: 'begin', run: next.id, at: now() }));
      if (isClosing) next.cancel(failedToStart(stoppedTooEarly));
      if (next.state() === 'ended') taskRuns.end(next);
      else if (isOnDisk) await begin(next);
      else next.cancel(failedToStart({ code: 'could-not-record-in-turn' }));
    }
  };

  return {
    begin,
    async enqueue(run) {
      expireInQueue(run);
      await advance(run.task.id);
    },
    finish,
    isClosing: () => isClosing,
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

/** Ends a run that waits for its turn too long. */
function expireInQueue(run: Run): void {
  const expire = (): void => {
    if (run.state() === 'queued') run.cancel(failedToStart({ code: 'waited-too-long' }));
  };
  const expiry = setTimeout(expire, run.task.queueExpiresMs).unref();
  void run.ended.then(() => clearTimeout(expiry));
}

type Times = Pick<RunEnd, 'durationMs' | 'waitedMs'>;

/** How long a run took, if it began, and how long it waited, if it had to. */
function toTimes(run: Run): Times {
  const durationMs = run.elapsedMs();
  const waitedMs = run.waitedMs() ?? (durationMs === undefined ? 0 : undefined);
  return {
    ...(durationMs === undefined ? {} : { durationMs: Math.round(durationMs) }),
    ...(waitedMs === undefined ? {} : { waitedMs: Math.round(waitedMs) }),
  };
}

function logEnd(logger: Logger, { id, task }: Run, outcome: Outcome, times: Times): void {
  const { kind, why, ...details } = outcome;
  logger[kind === 'succeeded' ? 'info' : 'warn'](
    { event: 'run-ended', task: task.id, run: id, outcome: kind, ...details, code: why?.code, ...times },
    `${task.name} ${renderOutcome(outcome)}${renderTimes(times)}`,
  );
}

/** Waits for runs to end, but no longer than `ms`. */
async function untilEnded(runs: readonly Run[], ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([Promise.all(runs.map(({ ended }) => ended)), promise]);
  clearTimeout(timer);
}
