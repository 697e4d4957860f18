// One run: from its acceptance to its outcome, and what callers may see of it.
import { randomBytes } from 'node:crypto';
import { toIso, type Clock } from '../clock.ts';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/log.ts';
import { explain, type Outcome } from '../outcome.ts';
import type { ProcessIdentity } from '../processes/process-identity.ts';
import type { Execution, RunIo } from '../runners/execution.ts';
import type { Task } from '../tasks.ts';
import { createRunOutput } from './run-output.ts';
import type { RunFeed, RunView } from './run-view.ts';

/** A run that this daemon manages. */
export interface Run extends RunFeed {
  readonly task: Task;
  /** Monotonic milliseconds of the acceptance. */
  readonly startedMs: number;
  /** Resolves once the run is over; never rejects. */
  readonly ended: Promise<Outcome>;
  /** The process that does the work. */
  process(): ProcessIdentity | undefined;
  elapsedMs(): number;
  /** Whether its work has begun. */
  hasBegun(): boolean;
  /** Starts the work; to be called once. */
  begin(): void;
  /** Ends the run: a queued run at once, a running one in its runner. */
  stop(): void;
  /** Ends a run that has not begun. */
  cancel(outcome: Outcome): void;
  /** Frees the output, which takes the most memory of an ended run. */
  forgetOutput(): void;
}

export interface RunOptions {
  readonly id: string;
  readonly task: Task;
  readonly execute: (io: RunIo) => Execution;
  readonly clock: Clock;
  /** How many milliseconds runs of its task usually take, if known. */
  readonly usualMs?: () => number | undefined;
  readonly logger: Logger;
  /** Whether it has to wait for its turn. */
  readonly isQueued?: boolean;
  /** For a run that began under an earlier daemon: the wall time of its acceptance, and how long ago it was accepted and began. */
  readonly earlier?: {
    readonly startedWallMs: number;
    readonly acceptedAgoMs: number;
    readonly begunAgoMs: number;
  };
}

/** Creates a run that has been accepted but has not begun. */
export function createRun({
  id,
  task,
  execute,
  clock,
  usualMs = () => undefined,
  logger,
  isQueued = false,
  earlier,
}: RunOptions): Run {
  const startedMs = clock.nowMs() - (earlier?.acceptedAgoMs ?? 0);
  const startedAt = toIso(earlier?.startedWallMs ?? clock.wallMs());
  const stopping = new AbortController();
  const { promise: ended, resolve: resolveEnd } = Promise.withResolvers<Outcome>();
  const output = createRunOutput(task.output);
  let hasBegun = false;
  let stopCause: 'timed-out' | 'stopped' | undefined;
  let outcome: Outcome | undefined;
  let endedMs: number | undefined;
  let execution: Execution | undefined;

  const end = (how: Outcome): void => {
    if (outcome !== undefined) return;
    endedMs = clock.nowMs();
    outcome = how;
    output.shrink();
    output.wake();
    resolveEnd(how);
  };
  const stop = (cause: 'timed-out' | 'stopped'): void => {
    // An ended program has already decided its outcome; only its report has not arrived yet.
    if (execution?.isOver?.() === true) return;
    stopCause ??= cause;
    if (!hasBegun) end({ kind: 'stopped' });
    stopping.abort();
  };
  /** A bug of ours, during the start or while waiting for output and end: the program may be running or not, so the outcome claims neither. */
  const endAsBug = (thrown: unknown): void => {
    logBug(logger, thrown, 'A run was lost from sight', { task: task.id, run: id });
    end({ kind: 'lost', ...explain({ code: 'bug' }) });
  };
  const takeOutput = (chunk: Uint8Array): void => {
    try {
      output.push(chunk);
    } catch (error) {
      endAsBug(error);
    }
  };
  const supervise = async (execution: Execution): Promise<void> => {
    const leftMs =
      task.timeoutMs === undefined ? undefined : Math.max(0, task.timeoutMs - (earlier?.begunAgoMs ?? 0));
    const timer = leftMs === undefined ? undefined : setTimeout(() => stop('timed-out'), leftMs);
    try {
      const reported = await execution.ended;
      end(
        stopCause === undefined || reported.kind === 'unconfirmed'
          ? reported
          : { ...reported, kind: stopCause },
      );
    } catch (error) {
      endAsBug(error);
    } finally {
      clearTimeout(timer);
    }
  };
  const elapsedMs = (): number => (endedMs ?? clock.nowMs()) - startedMs;
  const state = (): RunView['state'] =>
    outcome !== undefined ? 'ended' : isQueued && !hasBegun ? 'queued' : 'running';
  const view = (): RunView => ({
    run: id,
    task: task.id,
    name: task.name,
    icon: task.icon,
    state: state(),
    startedAt,
    elapsedMs: elapsedMs(),
    usualMs: usualMs(),
    outcome,
    output: output.render(),
    isStoppable: task.isStoppable && outcome === undefined,
  });
  return {
    id,
    task,
    startedMs,
    ended,
    process: () => execution?.process,
    elapsedMs,
    hasBegun: () => hasBegun,
    view,
    state,
    start: output.start,
    read: output.read,
    async change(offset, ms, signal) {
      if (outcome === undefined) await output.wait(offset, ms, signal);
    },
    begin() {
      if (outcome !== undefined) return;
      hasBegun = true;
      try {
        execution = execute({
          run: id,
          onOutput: task.output === 'none' ? undefined : takeOutput,
          stop: stopping.signal,
          stopSignal: task.stopSignal,
          graceMs: task.graceMs,
        });
        void supervise(execution);
      } catch (error) {
        endAsBug(error);
      }
      output.wake();
    },
    stop: () => stop('stopped'),
    cancel: end,
    forgetOutput: output.forget,
  };
}

/** A run id: 128 random bits; never begins with a dash, because a command line would take it for an option. */
export function newRunId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newRunId() : id;
}

/** Waits for runs to end, but no longer than `ms`. */
export async function untilEnded(runs: readonly Run[], ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([Promise.all(runs.map(({ ended }) => ended)), promise]);
  clearTimeout(timer);
}
