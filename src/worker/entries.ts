// What the server's end of the link knows of a run whose work the worker does.
import type { Outcome } from '../outcome.ts';
import type { ProcessIdentity } from '../processes/process-identity.ts';
import type { ToServer, ToWorker } from './contract.ts';

type Note = Extract<ToServer, { readonly kind: 'note' }>;
export type StartOrder = Omit<Extract<ToWorker, { readonly kind: 'start' }>, 'kind' | 'expiresAt'>;
export type EarlierRun = Omit<Extract<ToWorker, { readonly kind: 'resume' }>, 'kind'>;

/** What the server does for the work of a run. */
export interface WorkIo {
  /** Receives the output from an offset on, and copies it before it returns. */
  readonly onOutput: (chunk: Uint8Array, from: number) => void;
  /** Records where DSM has the run; false if that fails. */
  readonly note: (trace: Note['trace']) => Promise<boolean>;
}

/** The work of a run, done by the worker. */
export interface WorkOfRun {
  /** Resolves once it has begun or was refused, or the worker is away; with its process, if it is one of the worker's machine. */
  readonly begun: Promise<ProcessIdentity | undefined>;
  /** Resolves once it is over; never rejects. */
  readonly ended: Promise<Outcome>;
  /** How long it took, once it is over, if the worker knows that. */
  tookMs(): number | undefined;
  stop(): void;
  /** To be called once the end is on disk: the worker forgets the run. */
  acknowledge(): void;
}

/** The answer about a run that an earlier server left. */
export type Resumed =
  | {
      readonly kind: 'resumed';
      readonly work: WorkOfRun;
      /** How long ago it began. */
      readonly ageMs: number;
      readonly process: ProcessIdentity | undefined;
    }
  | { readonly kind: 'ended'; readonly outcome: Outcome; readonly work: WorkOfRun }
  /** The worker is away: what became of the run is known once it is back. */
  | { readonly kind: 'away'; readonly work: WorkOfRun };

/** A run whose end is not on disk yet. */
export interface Entry {
  readonly run: string;
  /** What is known of it, if the history has no more. */
  readonly earlier: EarlierRun;
  readonly io: WorkIo;
  readonly work: WorkOfRun;
  /** The outcome of a run of which this worker knows nothing. */
  readonly ifUnknown: (instance: string | undefined) => Outcome;
  /** Its start, until the worker has answered it. */
  start: Extract<ToWorker, { readonly kind: 'start' }> | undefined;
  /** The worker process that the start was sent to; undefined if it was not sent. */
  sentTo: { readonly instance: string | undefined } | undefined;
  isStopping: boolean;
  hasEnded: boolean;
  setBegun(process: ProcessIdentity | undefined): void;
  setResumed(answer: Resumed): void;
  end(outcome: Outcome, tookMs?: number): void;
}

export interface EntryOptions extends Pick<Entry, 'earlier' | 'io' | 'start' | 'ifUnknown'> {
  readonly setResumed: (answer: Resumed) => void;
  readonly onStop: (entry: Entry) => void;
  readonly onAcknowledge: (entry: Entry) => void;
}

/** Creates the entry of a run of which no worker has been told yet. */
export function createEntry({ setResumed, onStop, onAcknowledge, ...given }: EntryOptions): Entry {
  const { promise: begun, resolve: setBegun } = Promise.withResolvers<ProcessIdentity | undefined>();
  const { promise: ended, resolve: setEnded } = Promise.withResolvers<Outcome>();
  let took: number | undefined;
  const work: WorkOfRun = {
    begun,
    ended,
    tookMs: () => took,
    stop: () => onStop(entry),
    acknowledge: () => onAcknowledge(entry),
  };
  const entry: Entry = {
    ...given,
    run: given.earlier.run,
    work,
    sentTo: undefined,
    isStopping: false,
    hasEnded: false,
    setBegun,
    setResumed,
    end(outcome, tookMs) {
      if (entry.hasEnded) return;
      entry.hasEnded = true;
      entry.start = undefined;
      took = tookMs;
      setBegun(undefined);
      setResumed({ kind: 'ended', outcome, work });
      setEnded(outcome);
    },
  };
  return entry;
}
