// Runs: what a call gets by the policies of its task, and the acceptance of new runs. A run continues after its caller has disconnected.
import { toIso, type Clock } from '../clock.ts';
import type { History } from '../history/history.ts';
import type { RunStart } from '../history/records.ts';
import type { Logger } from '../log/log.ts';
import { createNote } from './dsm-notes.ts';
import { createRun, newRunId, type Run } from './run.ts';
import type { RunFeed, RunView } from './run-view.ts';
import { createRunOutput } from './run-output.ts';
import { toRunnerDigest } from '../worker/digest.ts';
import type { WorkerClient, WorkOfRun } from '../worker/client.ts';
import { collectFacts } from './facts.ts';
import { createJoins } from './joins.ts';
import { createLifecycle, type Accepted, type RunNews } from './lifecycle.ts';
import { decide, type NotNow } from './policy.ts';
import type { Register } from './register.ts';
import type { Task } from '../tasks.ts';
import { toPromised } from '../values/then.ts';

/** A caller's request to start a task: the client's address, the label of the keys if they have one, the digest of an Idempotency-Key. */
export interface Wish {
  readonly address: string;
  readonly label: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** The ended run that the caller tries again: no cooldown applies between the two. */
  readonly again?: string | undefined;
  /** How long after its end the task's `then` is started, if the caller chose that. */
  readonly chosenMs?: number | undefined;
  /** The run that it follows, if a `then` causes the start: nothing follows it in turn. */
  readonly follows?: string | undefined;
}

/** The result of a request. */
export type StartResult =
  | { readonly kind: 'started' | 'joined' | 'queued'; readonly run: RunFeed }
  | { readonly kind: 'busy' | 'full'; readonly run: RunFeed }
  | NotNow
  | { readonly kind: 'unwritable' }
  /** The daemon is being stopped, or the worker is away. */
  | { readonly kind: 'closing' | 'away' };

export interface Runs {
  /**
   * Starts a task if its policies allow. When this returns `started`, the start is on disk and the program has been started or
   * has failed to start. A run that has to wait begins only if `mayStart` then returns that its caller could still start it.
   */
  start(task: Task, wish: Wish, mayStart?: () => boolean): Promise<StartResult>;
  /** Follows a run that an earlier daemon began, to its end. */
  follow(run: Run): void;
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
  readonly register: Register;
  readonly history: Pick<History, 'record' | 'noteProcess'>;
  readonly worker: Pick<WorkerClient, 'start' | 'isAway' | 'instance'>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly onNews: (news: RunNews) => void;
}

/** Creates the runs of this process; `restoreRuns` adds those of earlier ones. */
export function createRuns({ register, history, worker, logger, clock, onNews }: RunsOptions): Runs {
  const { taskRuns, starts } = register;
  const acceptedRuns = new WeakMap<RunFeed, Accepted>();
  const joins = createJoins({
    history,
    starts,
    clock,
    isOnDisk: async (run) => (await acceptedRuns.get(run)?.written) ?? true,
  });
  const findAccepted = (run: RunFeed): Accepted | undefined => acceptedRuns.get(run);
  const lifecycle = createLifecycle({ register, history, findAccepted, logger, clock, onNews });

  /** Accepts a run once it is on disk; then it begins, or waits for its turn. */
  const accept = async (
    task: Task,
    wish: Wish,
    { isQueued, mayStart }: { readonly isQueued: boolean; readonly mayStart: () => boolean },
  ): Promise<StartResult> => {
    const before = taskRuns.last(task.id);
    const run = createNotedRun(task, isQueued, { register, history, worker, clock });
    const written = history.record(toStartLine(run, wish, isQueued, worker.instance()));
    acceptedRuns.set(run, { written, mayStart });
    starts.note(task.id, run.id, wish.idempotencyKey);
    taskRuns.add(run, isQueued);
    if (!(await written)) {
      starts.drop(task.id, run.id);
      if (wish.idempotencyKey !== undefined) starts.dropKey(task.id, wish.idempotencyKey);
      taskRuns.drop(run, before);
      return { kind: 'unwritable' };
    }
    register.add(run);
    void lifecycle.finish(run);
    await (isQueued ? lifecycle.enqueue(run) : lifecycle.begin(run));
    return { kind: isQueued ? 'queued' : 'started', run };
  };

  return {
    async start(task, wish, mayStart = () => true) {
      if (lifecycle.isClosing()) return { kind: 'closing' };
      // Decided without waiting, so that each of many simultaneous calls sees the one before.
      const decision = decide<RunFeed>(task, wish, collectFacts(task, wish.idempotencyKey, register, clock));
      switch (decision.kind) {
        case 'start':
        case 'queue':
          if (worker.isAway()) return { kind: 'away' };
          return await accept(task, wish, { isQueued: decision.kind === 'queue', mayStart });
        case 'joined':
          return await joins.join(task.id, decision.run, wish.idempotencyKey);
        case 'busy':
        case 'full':
          return await joins.point(decision.kind, decision.run);
        case 'not-now':
          return decision;
        default:
          return decision satisfies never;
      }
    },
    follow(run) {
      taskRuns.add(run, false);
      register.add(run);
      void run.begin();
      void lifecycle.finish(run);
    },
    find: register.find,
    live: () => [...taskRuns.live.values()],
    last: (task) => taskRuns.last(task)?.view(),
    stop(beginning) {
      const [run, other] = [...taskRuns.live.values()].filter(({ id }) => id.startsWith(beginning));
      if (beginning === '' || run === undefined || other !== undefined) return undefined;
      run.stop();
      return run;
    },
    close: lifecycle.close,
  };
}

/** A run that records where DSM has it, if its task is one of DSM's. */
function createNotedRun(
  task: Task,
  isQueued: boolean,
  { register, history, worker, clock }: Pick<RunsOptions, 'register' | 'history' | 'worker' | 'clock'>,
): Run {
  const now = (): string => toIso(clock.wallMs());
  const id = newRunId();
  const place = task.runner.kind === 'dsm' ? task.runner : undefined;
  const note = createNote(history, { run: id, now }, place);
  const usualMs = (): number | undefined => register.usual.toMs(task.id);
  const output = createRunOutput(task.output);
  const order = { run: id, task: task.id, digest: toRunnerDigest(task.runner) };
  const startWork = (): WorkOfRun => worker.start(order, { onOutput: output.push, note });
  return createRun({ id, task, clock, isQueued, usualMs, output, startWork });
}

function toStartLine(run: Run, wish: Wish, isQueued: boolean, worker: string | undefined): RunStart {
  const { address, label, idempotencyKey, chosenMs, follows } = wish;
  const { then } = run.task;
  return {
    event: 'start',
    run: run.id,
    task: run.task.id,
    name: run.task.name,
    at: run.view().acceptedAt,
    address,
    ...(label === undefined ? {} : { label }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(isQueued ? { isQueued } : {}),
    ...(then === undefined || follows !== undefined ? {} : { then: toPromised(then, chosenMs) }),
    ...(follows === undefined ? {} : { follows }),
    ...(worker === undefined ? {} : { worker }),
  };
}
