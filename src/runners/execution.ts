// What every runner takes and gives: the line between a run and whoever does its work.
import type { DsmTrace } from '../history/records.ts';
import { failedToStart, type Outcome } from '../outcome.ts';
import type { ProcessIdentity } from '../processes/process-identity.ts';

/** What joins a run to whoever does its work. */
export interface RunIo {
  /** The run id, which programs find as REMOTETASK_RUN in their environment. */
  readonly run: string;
  /** Takes what the run prints, and copies it before it returns; undefined where the task shows no output. */
  readonly onOutput: ((chunk: Uint8Array) => void) | undefined;
  /** Aborted when the run has to end. */
  readonly stop: AbortSignal;
  /** What the process group gets first when it has to end. */
  readonly stopSignal: NodeJS.Signals;
  /** Milliseconds between that and KILL. */
  readonly graceMs: number;
}

/** What joins a run of a task of DSM to whoever follows it there. */
export interface DsmRunIo extends RunIo {
  /** Writes down what is known of the run in DSM, in the place of what was known before; false if that cannot be. */
  readonly note: (trace: DsmTrace) => Promise<boolean>;
}

/** A run under way. */
export interface Execution {
  /** The process that does the work, where there is one of ours. */
  readonly process: ProcessIdentity | undefined;
  /** Whether the work has ended, even if `ended` has not resolved yet: from then on a stop changes nothing. */
  readonly isOver?: () => boolean;
  /** Never rejects. */
  readonly ended: Promise<Outcome>;
}

/** A run that is refused before anything of it has started. */
export function refuse(reason: string): Execution {
  return { process: undefined, ended: Promise.resolve(failedToStart(reason)) };
}

/** A run of an earlier daemon that nobody can be asked about; `why` is a sentence. */
export function giveUp(why: string): Execution {
  return { process: undefined, ended: Promise.resolve({ kind: 'unconfirmed', reason: `${why} How the run ended is not known.` }) };
}
