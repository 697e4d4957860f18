// What callers may see of a run, and how they read it.
import type { Icon } from '../icon.ts';
import { renderOutcome, type Outcome } from '../outcome.ts';
import { renderDuration } from '../values/duration.ts';

/** What is kept of a run's output. */
export interface Kept {
  /** The output that is kept and shown; undefined if the task shows no output. */
  readonly output: string | undefined;
  /** How many bytes before that are not shown; `all` if the output is no longer kept. */
  readonly notShown?: number | 'all';
}

/** What a caller may see of a run: plain data, without anything that the task's `output` hides. */
export interface RunView extends Kept {
  /** The run id. */
  readonly run: string;
  /** The task's id. */
  readonly task: string;
  readonly name: string;
  readonly icon: Icon | undefined;
  readonly state: 'queued' | 'running' | 'ended';
  /** The time of acceptance: ISO 8601, UTC. */
  readonly acceptedAt: string;
  /** When its work began; undefined while it waits for its turn, and if it never began. */
  readonly startedAt: string | undefined;
  /** Undefined until the run has ended. */
  readonly endedAt: string | undefined;
  /** How many milliseconds it has waited for its turn behind an earlier run; undefined if unknown. */
  readonly waitedMs: number | undefined;
  /** Milliseconds since its work began, or until the end; undefined if it has not begun, or if unknown. */
  readonly elapsedMs: number | undefined;
  /** How many milliseconds runs of this task usually take; undefined if too few runs are known. */
  readonly usualMs: number | undefined;
  /** Undefined until the run has ended. */
  readonly outcome: Outcome | undefined;
  /** Whether a caller may stop it now. */
  readonly isStoppable: boolean;
}

/** A run's output and state for one reader, at the reader's own pace: the run's ring buffer is all the memory that it uses. */
export interface RunFeed {
  readonly id: string;
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

/** The state of a run in one word or a few: `queued`, `running`, or how it ended. */
export function renderState({ state, outcome }: RunView): string {
  return outcome === undefined ? state : renderOutcome(outcome);
}

/** The output for scripts: if not all of it is shown, a line in brackets comes first. */
export function renderOutput({ output, notShown = 0 }: Kept): string | undefined {
  if (output === undefined || notShown === 0) return output;
  return notShown === 'all'
    ? '[The output of this run is no longer kept.]\n'
    : `[${notShown} bytes before this are not shown.]\n${output}`;
}

/** Below this, a wait is not worth a word. */
const shortestWaitMs = 1000;

/** How long a run has waited, if that is worth a word. */
export function toWorthyWaitMs({ waitedMs = 0 }: Pick<RunView, 'waitedMs'>): number | undefined {
  return waitedMs < shortestWaitMs ? undefined : waitedMs;
}

/** How long a run took, and apart from that how long it waited: ` after 4 s, waited 8 s`. */
export function renderTimes(
  {
    durationMs,
    waitedMs,
  }: { readonly durationMs?: number | undefined; readonly waitedMs?: number | undefined },
  word = 'after',
): string {
  const worthyMs = toWorthyWaitMs({ waitedMs });
  const time = durationMs === undefined ? '' : ` ${word} ${renderDuration(durationMs)}`;
  return `${time}${worthyMs === undefined ? '' : `, waited ${renderDuration(worthyMs)}`}`;
}
