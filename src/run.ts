// One run: from its acceptance to its outcome, and what may be told of it.
import { toIso } from './history.ts';
import { renderOutcome, type Outcome } from './outcome.ts';
import { createOutputRing, type OutputRing } from './output-ring.ts';
import type { Execution, RunIo } from './runners/execution.ts';
import type { Task } from './tasks.ts';

/** How much of what a run prints is kept. */
const keptOutputBytes = 65_536;
/** How many of the last lines are shown where a task's `output` is `tail`. */
const tailLines = 20;
const lineEnd = 0x0a;

/** What a caller may know of a run: plain data, without anything that the task's `output` withholds. */
export interface RunView {
  /** The run id. */
  readonly run: string;
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Milliseconds so far, or in all; undefined where nobody knows. */
  readonly elapsedMs: number | undefined;
  /** Undefined while the run goes on. */
  readonly outcome: Outcome | undefined;
  /** What it printed, as far as that is kept and shown; undefined where the task shows none. */
  readonly output: string | undefined;
}

/** A run that is being looked after. */
export interface Run {
  readonly id: string;
  readonly task: Task;
  /** Monotonic milliseconds of the acceptance. */
  readonly startedMs: number;
  /** Resolves once the run is over; never rejects. */
  readonly ended: Promise<Outcome>;
  /** The process that does the work. */
  pid(): number | undefined;
  isRunning(): boolean;
  elapsedMs(): number;
  view(): RunView;
  /** Starts the work. To be called once. */
  begin(): void;
  /** Gives up the output, which takes the most memory of a run that has ended. */
  forgetOutput(): void;
}

export interface RunOptions {
  readonly id: string;
  readonly task: Task;
  readonly execute: (io: RunIo) => Execution;
  readonly nowMs: () => number;
  readonly wallMs: () => number;
}

/** A run that has been accepted and not yet begun. */
export function createRun({ id, task, execute, nowMs, wallMs }: RunOptions): Run {
  const startedMs = nowMs();
  const startedAt = toIso(wallMs());
  const stop = new AbortController();
  const { promise: ended, resolve: end } = Promise.withResolvers<Outcome>();
  let output: OutputRing | undefined = createOutputRing(keptOutputBytes);
  let outcome: Outcome | undefined;
  let endedMs: number | undefined;
  let pid: number | undefined;
  const elapsedMs = (): number => (endedMs ?? nowMs()) - startedMs;

  const supervise = async (execution: Execution): Promise<void> => {
    let isTimedOut = false;
    const timer =
      task.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            isTimedOut = true;
            stop.abort();
          }, task.timeoutMs);
    const reported = await execution.ended;
    clearTimeout(timer);
    endedMs = nowMs();
    output?.shrink();
    outcome = isTimedOut && reported.kind !== 'unconfirmed' ? { ...reported, kind: 'timed-out' } : reported;
    end(outcome);
  };
  return {
    id,
    task,
    startedMs,
    ended,
    pid: () => pid,
    isRunning: () => outcome === undefined,
    elapsedMs,
    view: () => ({
      run: id,
      name: task.name,
      startedAt,
      elapsedMs: elapsedMs(),
      outcome,
      output: task.output === 'none' ? undefined : renderOutput(output, task.output),
    }),
    begin() {
      const execution = execute({ onOutput: (chunk) => output?.push(chunk), stop: stop.signal, graceMs: task.graceMs });
      pid = execution.pid;
      void supervise(execution);
    },
    forgetOutput() {
      output = undefined;
    },
  };
}

/** The state of a run in one word or a few: `running`, or how it ended. */
export function renderState(view: RunView): string {
  return view.outcome === undefined ? 'running' : renderOutcome(view.outcome);
}

/** What is kept of the output as text; bytes that are not UTF-8 become U+FFFD. A line in brackets says what is left out. */
function renderOutput(ring: OutputRing | undefined, shown: 'tail' | 'all'): string {
  if (ring === undefined) return '[The output of this run is no longer kept.]\n';
  const bytes = ring.read();
  const from = shown === 'tail' ? findTail(bytes) : 0;
  const left = ring.totalBytes() - bytes.length + from;
  return (left > 0 ? `[${left} bytes before this are not shown.]\n` : '') + bytes.subarray(from).toString();
}

/** Where the last lines begin. */
function findTail(bytes: Buffer): number {
  let from = bytes.at(-1) === lineEnd ? bytes.length - 1 : bytes.length;
  for (let lines = 0; lines < tailLines && from >= 0; lines++) from = from === 0 ? -1 : bytes.lastIndexOf(lineEnd, from - 1);
  return from + 1;
}
