// The work of one run: when its time is over, how it is stopped, and what its end means.
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/log.ts';
import { explain, type Outcome } from '../outcome.ts';
import type { ProcessIdentity } from '../processes/process-identity.ts';
import type { Execution, RunIo } from '../runners/execution.ts';
import type { Task } from '../tasks.ts';

export interface Work {
  /** The process that does it, if it is one of this machine. */
  readonly process: ProcessIdentity | undefined;
  /** Asks it to end; without effect once it is over. */
  stop(): void;
}

export interface WorkOptions {
  readonly run: string;
  readonly task: Pick<Task, 'id' | 'output' | 'timeoutMs' | 'stopSignal' | 'graceMs'>;
  readonly execute: (io: RunIo) => Execution;
  /** How long ago it began, for a run of an earlier daemon. */
  readonly ageMs?: number;
  readonly onOutput: (chunk: Uint8Array) => void;
  /** Called once, never before this function has returned. */
  readonly onEnded: (outcome: Outcome) => void;
  readonly logger: Logger;
}

/** Has the work done, and watches it until it ends. */
export function beginWork({ run, task, execute, ageMs = 0, onOutput, onEnded, logger }: WorkOptions): Work {
  const stopping = new AbortController();
  let stopCause: 'timed-out' | 'stopped' | undefined;
  let execution: Execution | undefined;
  const stop = (cause: 'timed-out' | 'stopped'): void => {
    // An ended program has already decided its outcome; only its report has not arrived yet.
    if (execution?.isOver?.() === true) return;
    stopCause ??= cause;
    stopping.abort();
  };
  const { promise: broken, reject: giveUp } = Promise.withResolvers<never>();
  const takeOutput = (chunk: Uint8Array): void => {
    try {
      onOutput(chunk);
    } catch (error) {
      giveUp(error);
    }
  };
  const waitForEnd = async ({ ended }: Execution): Promise<Outcome> => {
    const timer =
      task.timeoutMs === undefined
        ? undefined
        : setTimeout(() => stop('timed-out'), Math.max(0, task.timeoutMs - ageMs));
    try {
      const outcome = await Promise.race([ended, broken]);
      return stopCause === undefined || outcome.kind === 'unconfirmed'
        ? outcome
        : { ...outcome, kind: stopCause };
    } finally {
      clearTimeout(timer);
    }
  };
  const doWork = async (): Promise<Outcome> => {
    try {
      execution = execute({
        run,
        onOutput: task.output === 'none' ? undefined : takeOutput,
        stop: stopping.signal,
        stopSignal: task.stopSignal,
        graceMs: task.graceMs,
      });
      return await waitForEnd(execution);
    } catch (error) {
      // A bug of ours: the program may be running or not, so the outcome claims neither.
      logBug(logger, error, 'A run was lost from sight', { task: task.id, run });
      return { kind: 'lost', ...explain({ code: 'bug' }) };
    }
  };
  void doWork().then(onEnded);
  return { process: execution?.process, stop: () => stop('stopped') };
}
