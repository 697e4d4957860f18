// Runs: what may start now, what goes on, how it ended. A run outlives whoever asked for it.
import { randomBytes } from 'node:crypto';
import { toIso, type History } from './history.ts';
import type { RunRecord } from './history-records.ts';
import { createKeyring, toKeyDigest } from './keys.ts';
import type { Logger } from './log.ts';
import { renderOutcome, type Outcome } from './outcome.ts';
import { renderDuration } from './duration.ts';
import { createRun, type Run, type RunView } from './run.ts';
import type { Execution, RunIo } from './runners/execution.ts';
import type { Way } from './runners/execute.ts';
import type { Task } from './tasks.ts';

/** How many ended runs keep their output: at 64 KiB each, what a NAS can spare. */
const keptOutputs = 50;

/** Who asked for a run: the client's address, and the label of the keys where they have one. */
export interface Caller {
  readonly address: string;
  readonly label: string | undefined;
}

/** What became of a wish to start a task. */
export type StartResult =
  | { readonly kind: 'started' | 'joined' | 'busy'; readonly run: RunView }
  | { readonly kind: 'unwritable' }
  | { readonly kind: 'closing' };

export interface Runs {
  /** Starts a task as its policies allow; once this says `started`, the start is on disk and the program has been started or has failed to. */
  start(task: Task, caller: Caller): Promise<StartResult>;
  /** The run of a presented run id, looked up in constant time. */
  find(presented: Uint8Array): RunView | undefined;
  /** The run as it is once it has ended, or after `ms`, or when `signal` is aborted. */
  wait(presented: Uint8Array, ms: number, signal: AbortSignal): Promise<RunView | undefined>;
  /** Starts nothing more, and waits up to `graceMs` for what goes on. Resolves with the runs that are left running. */
  close(graceMs: number): Promise<readonly Run[]>;
}

export interface RunsOptions {
  readonly history: History;
  readonly execute: (way: Way, io: RunIo) => Execution;
  /** How many runs can be looked at. */
  readonly keep: number;
  readonly logger: Logger;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** Milliseconds of the time for people. */
  readonly wallMs: () => number;
}

interface Known {
  view(): RunView;
  readonly ended?: Promise<Outcome>;
}

/** The runs of this process, and those that the history remembers. */
export function createRuns({ history, execute, keep, logger, nowMs, wallMs }: RunsOptions): Runs {
  const known = createKeyring<Known>();
  const endedIds: string[] = [];
  const withOutput: Run[] = [];
  const accepted = new WeakMap<Run, Promise<boolean>>();
  const lastOfTask = new Map<string, Run>();
  const live = new Set<Run>();
  let isClosing = false;
  let turn: Promise<void> | undefined;

  const rememberEnd = (id: string): void => {
    endedIds.push(id);
    const dropped = endedIds.length > keep ? endedIds.shift() : undefined;
    if (dropped !== undefined) known.remove(toKeyDigest(dropped));
  };
  for (const record of history.past) {
    known.add(toKeyDigest(record.start.run), { view: () => toPastView(record) });
    rememberEnd(record.start.run);
  }

  /** One fork in one turn of the event loop: a fork stops everything, and many at once would stop it for long. */
  const takeTurn = async (): Promise<void> => {
    while (turn !== undefined) await turn;
    turn = new Promise((resolve) => {
      setImmediate(() => {
        turn = undefined;
        resolve();
      });
    });
  };

  const finish = async (run: Run): Promise<void> => {
    const outcome = await run.ended;
    live.delete(run);
    const durationMs = Math.round(run.elapsedMs());
    history.recordEnd({ event: 'end', run: run.id, at: toIso(wallMs()), durationMs, outcome });
    logger[outcome.kind === 'succeeded' ? 'info' : 'warn'](
      {
        event: 'run-ended',
        task: run.task.id,
        run: run.id,
        outcome: outcome.kind,
        exitCode: outcome.exitCode,
        signal: outcome.signal,
        reason: outcome.reason,
        durationMs,
      },
      `${run.task.name} ${renderOutcome(outcome)} after ${renderDuration(durationMs)}`,
    );
    rememberEnd(run.id);
    withOutput.push(run);
    if (withOutput.length > keptOutputs) withOutput.shift()?.forgetOutput();
  };

  const begin = async (task: Task, caller: Caller): Promise<StartResult> => {
    const before = lastOfTask.get(task.id);
    const id = randomBytes(16).toString('base64url');
    const run = createRun({ id, task, execute: (io) => execute(task.way, io), nowMs, wallMs });
    const written = history.recordStart({
      event: 'start',
      run: id,
      task: task.id,
      name: task.name,
      at: toIso(wallMs()),
      address: caller.address,
      ...(caller.label === undefined ? {} : { label: caller.label }),
    });
    lastOfTask.set(task.id, run);
    live.add(run);
    accepted.set(run, written);
    if (!(await written)) {
      live.delete(run);
      // A later start of a parallel task may have come since, and the one before may have failed as well.
      if (lastOfTask.get(task.id) === run) {
        if (before !== undefined && (live.has(before) || !before.isRunning())) lastOfTask.set(task.id, before);
        else lastOfTask.delete(task.id);
      }
      return { kind: 'unwritable' };
    }
    known.add(toKeyDigest(id), run);
    await takeTurn();
    run.begin();
    void finish(run);
    return { kind: 'started', run: run.view() };
  };

  /** Answers with an earlier run, once that is on disk. */
  const point = async (kind: 'joined' | 'busy', run: Run): Promise<StartResult> => {
    const isOnDisk = (await accepted.get(run)) ?? true;
    return isOnDisk ? { kind, run: run.view() } : { kind: 'unwritable' };
  };

  return {
    async start(task, caller) {
      if (isClosing) return { kind: 'closing' };
      const last = lastOfTask.get(task.id);
      if (last === undefined) return await begin(task, caller);
      const isBusy = last.isRunning();
      if (task.whenBusy === 'reject' && isBusy) return await point('busy', last);
      if (nowMs() - last.startedMs < task.cooldownMs) return await point('joined', last);
      if (task.whenBusy === 'join' && isBusy) return await point('joined', last);
      return await begin(task, caller);
    },
    find: (presented) => known.find(presented)?.view(),
    async wait(presented, ms, signal) {
      const what = known.find(presented);
      if (what?.ended !== undefined) await withinTime(what.ended, ms, signal);
      return what?.view();
    },
    async close(graceMs) {
      isClosing = true;
      await withinTime(Promise.all([...live].map(({ ended }) => ended)), graceMs, new AbortController().signal);
      return [...live].filter((run) => run.isRunning());
    },
  };
}

/** Waits for a promise, but no longer than `ms`, and not beyond the abortion of `signal`. */
async function withinTime(promise: Promise<unknown>, ms: number, signal: AbortSignal): Promise<void> {
  const { promise: given, resolve: giveUp } = Promise.withResolvers<void>();
  if (signal.aborted) return;
  const timer = setTimeout(giveUp, ms);
  signal.addEventListener('abort', () => giveUp(), { once: true });
  if (signal.aborted) giveUp();
  await Promise.race([promise, given]);
  clearTimeout(timer);
}

function toPastView({ start, end }: RunRecord): RunView {
  return {
    run: start.run,
    name: start.name,
    startedAt: start.at,
    elapsedMs: end?.durationMs,
    outcome: end?.outcome ?? { kind: 'lost' },
    output: undefined,
  };
}
