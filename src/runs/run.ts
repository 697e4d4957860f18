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
  readonly acceptedMs: number;
  /** Resolves once the run is over; never rejects. */
  readonly ended: Promise<Outcome>;
  /** The process that does the work. */
  process(): ProcessIdentity | undefined;
  /** How long its work has taken; undefined if it has not begun. */
  elapsedMs(): number | undefined;
  /** How long it has waited for its turn; undefined if it did not have to. */
  waitedMs(): number | undefined;
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
  /** For a run that began under an earlier daemon: when it was accepted and began, by the clock for people and by how long ago, and how long it waited. */
  readonly earlier?: {
    readonly acceptedAt: string;
    readonly startedAt: string;
    readonly acceptedAgoMs: number;
    readonly begunAgoMs: number;
    readonly waitedMs: number | undefined;
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
  const createdMs = clock.nowMs();
  const acceptedMs = createdMs - (earlier?.acceptedAgoMs ?? 0);
  const acceptedAt = earlier?.acceptedAt ?? toIso(clock.wallMs());
  const stopping = new AbortController();
  const { promise: ended, resolve: resolveEnd } = Promise.withResolvers<Outcome>();
  const output = createRunOutput(task.output);
  let begun =
    earlier === undefined ? undefined : { ms: createdMs - earlier.begunAgoMs, at: earlier.startedAt };
  let stopCause: 'timed-out' | 'stopped' | undefined;
  let outcome: Outcome | undefined;
  let over: { readonly ms: number; readonly at: string } | undefined;
  let execution: Execution | undefined;

  const end = (how: Outcome): void => {
    if (outcome !== undefined) return;
    over = { ms: clock.nowMs(), at: toIso(clock.wallMs()) };
    outcome = how;
    output.shrink();
    output.wake();
    resolveEnd(how);
  };
  const stop = (cause: 'timed-out' | 'stopped'): void => {
    // An ended program has already decided its outcome; only its report has not arrived yet.
    if (execution?.isOver?.() === true) return;
    stopCause ??= cause;
    if (begun === undefined) end({ kind: 'stopped' });
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
  const untilMs = (): number => over?.ms ?? clock.nowMs();
  const elapsedMs = (): number | undefined => (begun === undefined ? undefined : untilMs() - begun.ms);
  const waitedMs = (): number | undefined =>
    isQueued ? (begun?.ms ?? untilMs()) - acceptedMs : earlier?.waitedMs;
  const state = (): RunView['state'] =>
    outcome !== undefined ? 'ended' : isQueued && begun === undefined ? 'queued' : 'running';
  const view = (): RunView => ({
    run: id,
    task: task.id,
    name: task.name,
    icon: task.icon,
    state: state(),
    acceptedAt,
    startedAt: begun?.at,
    endedAt: over?.at,
    waitedMs: waitedMs() ?? 0,
    elapsedMs: elapsedMs(),
    usualMs: usualMs(),
    outcome,
    ...output.render(),
    isStoppable: task.isStoppable && outcome === undefined,
  });
  return {
    id,
    task,
    acceptedMs,
    ended,
    process: () => execution?.process,
    elapsedMs,
    waitedMs,
    hasBegun: () => begun !== undefined,
    view,
    state,
    start: output.start,
    read: output.read,
    async change(offset, ms, signal) {
      if (outcome === undefined) await output.wait(offset, ms, signal);
    },
    begin() {
      if (outcome !== undefined) return;
      begun ??= { ms: clock.nowMs(), at: toIso(clock.wallMs()) };
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
