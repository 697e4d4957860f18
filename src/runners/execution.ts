// What every runner takes and gives: the line between a run and whoever does its work.
import { failedToStart, type Outcome } from '../outcome.ts';

/** What joins a run to whoever does its work. */
export interface RunIo {
  /** Takes what the run prints. */
  readonly onOutput: (chunk: Uint8Array) => void;
  /** Aborted when the run has to end. */
  readonly stop: AbortSignal;
  /** Milliseconds between TERM and KILL. */
  readonly graceMs: number;
}

/** A run under way. */
export interface Execution {
  /** The process that does the work, where there is one of ours. */
  readonly pid: number | undefined;
  /** Never rejects. */
  readonly ended: Promise<Outcome>;
}

/** A run that is refused before anything of it has started. */
export function refuse(reason: string): Execution {
  return { pid: undefined, ended: Promise.resolve(failedToStart(reason)) };
}
