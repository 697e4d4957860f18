// One run: from its acceptance to its outcome, and what callers may see of it.
import { randomBytes } from 'node:crypto';
import { toIso, type Clock } from '../clock.ts';
import type { Outcome } from '../outcome.ts';
import type { ProcessIdentity } from '../processes/process-identity.ts';
import type { Task } from '../tasks.ts';
import type { WorkOfRun } from '../worker/client.ts';
import type { RunOutput } from './run-output.ts';
import type { RunFeed, RunView } from './run-view.ts';

/** A run that this daemon manages. */
export interface Run extends RunFeed {
  readonly task: Task;
  /** Monotonic milliseconds of the acceptance. */
  readonly acceptedMs: number;
  /** Resolves once the run is over; never rejects. */
  readonly ended: Promise<Outcome>;
  /** The process that does the work, once it has begun. */
  process(): ProcessIdentity | undefined;
  /** How long its work has taken; undefined if it has not begun. */
  elapsedMs(): number | undefined;
  /** How long it has waited for its turn; undefined if it did not have to. */
  waitedMs(): number | undefined;
  /** Whether its work has begun. */
  hasBegun(): boolean;
  /** Has the work started, and resolves once that has happened or was refused; to be called once. */
  begin(): Promise<void>;
  /** Ends the run: a queued run at once, a running one by its worker. */
  stop(): void;
  /** Its end is on disk: the worker may forget it. */
  acknowledge(): void;
  /** Ends a run that has not begun. */
  cancel(outcome: Outcome): void;
  /** Frees the output, which takes the most memory of an ended run. */
  forgetOutput(): void;
}

export interface RunOptions {
  readonly id: string;
  readonly task: Task;
  readonly output: RunOutput;
  /** Has the work started, whose output then arrives in `output`. */
  readonly startWork: () => WorkOfRun;
  readonly clock: Clock;
  /** How many milliseconds runs of its task usually take, if known. */
  readonly usualMs?: () => number | undefined;
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
  output,
  startWork,
  clock,
  usualMs = () => undefined,
  isQueued = false,
  earlier,
}: RunOptions): Run {
  const createdMs = clock.nowMs();
  const acceptedMs = createdMs - (earlier?.acceptedAgoMs ?? 0);
  const acceptedAt = earlier?.acceptedAt ?? toIso(clock.wallMs());
  const { promise: ended, resolve: resolveEnd } = Promise.withResolvers<Outcome>();
  let begun =
    earlier === undefined ? undefined : { ms: createdMs - earlier.begunAgoMs, at: earlier.startedAt };
  let outcome: Outcome | undefined;
  let over: { readonly ms: number; readonly at: string } | undefined;
  let work: WorkOfRun | undefined;
  let process: ProcessIdentity | undefined;

  /** Ends it: now, or after its work took so long, for a run that ended while the worker could not be heard. */
  const end = (how: Outcome, tookMs = Infinity): void => {
    if (outcome !== undefined) return;
    const nowMs = clock.nowMs();
    const ms = Math.min(nowMs, (begun?.ms ?? nowMs) + tookMs);
    over = { ms, at: toIso(clock.wallMs() - (nowMs - ms)) };
    outcome = how;
    output.shrink();
    output.wake();
    resolveEnd(how);
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
    process: () => process,
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
    async begin() {
      if (outcome !== undefined) return;
      begun ??= { ms: clock.nowMs(), at: toIso(clock.wallMs()) };
      work = startWork();
      const { ended: workEnded, tookMs } = work;
      void workEnded.then((how) => end(how, tookMs()));
      output.wake();
      process = await work.begun;
    },
    stop() {
      if (begun === undefined) end({ kind: 'stopped' });
      else work?.stop();
    },
    acknowledge: () => work?.acknowledge(),
    cancel: end,
    forgetOutput: output.forget,
  };
}

/** A run id: 128 random bits; never begins with a dash, because a command line would take it for an option. */
export function newRunId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newRunId() : id;
}
