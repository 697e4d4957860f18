// One run: from its acceptance to its outcome, and what callers may see of it.
import { randomBytes } from 'node:crypto';
import { toIso, type Clock } from '../clock.ts';
import type { Icon } from '../icon.ts';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/log.ts';
import { renderOutcome, type Outcome } from '../outcome.ts';
import { createOutputRing } from '../output-ring.ts';
import type { ProcessIdentity } from '../processes/process-identity.ts';
import type { Execution, RunIo } from '../runners/execution.ts';
import type { Task } from '../tasks.ts';

/** How much of a run's output is kept. */
const keptOutputBytes = 65_536;
/** How many of the last lines are shown if a task's `output` is `tail`. */
const tailLines = 20;
const lineEnd = 0x0a;
const endedByBug = 'A mistake in remotetask: how this run ended is not known. The log says more.';

/** What a caller may see of a run: plain data, without anything that the task's `output` hides. */
export interface RunView {
  /** The run id. */
  readonly run: string;
  /** The task's id. */
  readonly task: string;
  readonly name: string;
  readonly icon: Icon | undefined;
  readonly state: 'queued' | 'running' | 'ended';
  /** The time of acceptance: ISO 8601, UTC. */
  readonly startedAt: string;
  /** Milliseconds since the acceptance, or until the end; undefined if unknown. */
  readonly elapsedMs: number | undefined;
  /** How many milliseconds runs of this task usually take; undefined if too few runs are known. */
  readonly usualMs: number | undefined;
  /** Undefined until the run has ended. */
  readonly outcome: Outcome | undefined;
  /** The output that is kept and shown; undefined if the task shows no output. */
  readonly output: string | undefined;
  /** Whether a caller may stop it now. */
  readonly isStoppable: boolean;
}

/** A run's output and state for one reader, at the reader's own pace: the run's ring buffer is all the memory that it uses. */
export interface RunFeed {
  view(): RunView;
  /** The state alone, for a caller that polls. */
  state(): RunView['state'];
  /** The offset at which a new reader begins. */
  start(): number;
  /** The kept output from an offset on, up to `maxBytes`; `from` is where it really begins. Empty if the task shows no output. */
  read(offset: number, maxBytes: number): { readonly bytes: Buffer; readonly from: number };
  /** Resolves when there is output beyond the offset, when the state changes, after `ms`, or when `signal` is aborted. */
  change(offset: number, ms: number, signal: AbortSignal): Promise<void>;
}

/** A run that this daemon manages. */
export interface Run extends RunFeed {
  readonly id: string;
  readonly task: Task;
  /** Monotonic milliseconds of the acceptance. */
  readonly startedMs: number;
  /** Resolves once the run is over; never rejects. */
  readonly ended: Promise<Outcome>;
  /** The process that does the work. */
  process(): ProcessIdentity | undefined;
  elapsedMs(): number;
  /** Starts the work; to be called once. */
  begin(): void;
  /** Ends the run: a queued run at once, a running one in its runner's runner. */
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
  const output = createOutputRing(keptOutputBytes);
  /** The waiting readers to wake, and the offset beyond which each needs output. */
  const waiting = new Map<() => void, number>();
  let isForgotten = false;
  let hasBegun = false;
  let stopCause: 'timed-out' | 'stopped' | undefined;
  let outcome: Outcome | undefined;
  let endedMs: number | undefined;
  let execution: Execution | undefined;

  /** How much output there is for readers. */
  const shownBytes = (): number => (task.output === 'none' ? 0 : output.totalBytes());
  const wake = (): void => {
    for (const resolve of waiting.keys()) resolve();
    waiting.clear();
  };
  const wakeReaders = (): void => {
    for (const [resolve, offset] of waiting) if (offset < shownBytes()) resolve();
  };
  const end = (how: Outcome): void => {
    if (outcome !== undefined) return;
    endedMs = clock.nowMs();
    outcome = how;
    output.shrink();
    wake();
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
    end({ kind: 'lost', reason: endedByBug });
  };
  const takeOutput = (chunk: Uint8Array): void => {
    try {
      output.push(chunk);
      wakeReaders();
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
    output:
      task.output === 'none'
        ? undefined
        : isForgotten
          ? '[The output of this run is no longer kept.]\n'
          : renderOutput(output.read(), output.totalBytes(), task.output),
    isStoppable: task.isStoppable && outcome === undefined,
  });
  return {
    id,
    task,
    startedMs,
    ended,
    process: () => execution?.process,
    elapsedMs,
    view,
    state,
    start() {
      const kept = output.read();
      return task.output === 'tail' ? output.totalBytes() - kept.length + findTail(kept) : 0;
    },
    read: (offset, maxBytes) =>
      task.output === 'none' ? { bytes: Buffer.alloc(0), from: offset } : output.readFrom(offset, maxBytes),
    async change(offset, ms, signal) {
      if (signal.aborted || outcome !== undefined || offset < shownBytes()) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, ms);
      const giveUp = (): void => resolve();
      signal.addEventListener('abort', giveUp, { once: true });
      waiting.set(resolve, offset);
      await promise;
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      waiting.delete(resolve);
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
      wake();
    },
    stop: () => stop('stopped'),
    cancel: end,
    forgetOutput() {
      isForgotten = true;
      output.clear();
    },
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

/** The state of a run in one word or a few: `queued`, `running`, or how it ended. */
export function renderState({ state, outcome }: RunView): string {
  return outcome === undefined ? state : renderOutcome(outcome);
}

/** The kept output as text; bytes that are not UTF-8 become U+FFFD. A line in brackets states how much is left out. */
function renderOutput(kept: Buffer, totalBytes: number, shown: 'tail' | 'all'): string {
  const from = shown === 'tail' ? findTail(kept) : 0;
  const left = totalBytes - kept.length + from;
  return (left > 0 ? `[${left} bytes before this are not shown.]\n` : '') + kept.subarray(from).toString();
}

/** The position at which the last lines begin. */
function findTail(bytes: Buffer): number {
  let from = bytes.at(-1) === lineEnd ? bytes.length - 1 : bytes.length;
  for (let lines = 0; lines < tailLines && from >= 0; lines++)
    from = from === 0 ? -1 : bytes.lastIndexOf(lineEnd, from - 1);
  return from + 1;
}
