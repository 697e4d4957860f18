// What every runner receives and returns: the interface between a run and its runner.
import type { DsmTrace } from '../history/records.ts';
import { failedToStart, unconfirmed, type Outcome } from '../outcome.ts';
import type { Reason } from '../reasons/reason.ts';
import type { ProcessIdentity } from '../processes/process-identity.ts';

/** What a run passes to its runner. */
export interface RunIo {
  /** The run id, which programs find as REMOTETASK_RUN in their environment. */
  readonly run: string;
  /** Receives the output, and copies it before it returns; undefined if the task shows no output. */
  readonly onOutput: ((chunk: Uint8Array) => void) | undefined;
  /** Aborted when the run has to end. */
  readonly stop: AbortSignal;
  /** The first signal that the process group gets when it has to end. */
  readonly stopSignal: NodeJS.Signals;
  /** Milliseconds between that signal and KILL. */
  readonly graceMs: number;
}

/** What a run of a task of DSM passes to its runner. */
export interface DsmRunIo extends RunIo {
  /** Records what is known about the run in DSM, replacing what was recorded before; false if that fails. */
  readonly note: (trace: DsmTrace) => Promise<boolean>;
}

/** A run under way. */
export interface Execution {
  /** The process that does the work, if it is one of ours. */
  readonly process: ProcessIdentity | undefined;
  /** Whether the work has ended, even if `ended` has not resolved yet: from then on a stop changes nothing. */
  readonly isOver?: () => boolean;
  /** Never rejects. */
  readonly ended: Promise<Outcome>;
}

/** A run that is refused before anything has started. */
export function refuse(why: Reason): Execution {
  return { process: undefined, ended: Promise.resolve(failedToStart(why)) };
}

/** A run of an earlier daemon whose outcome cannot be learned. */
export function giveUp(why: Reason): Execution {
  return { process: undefined, ended: Promise.resolve(unconfirmed(why)) };
}
