// The server's end: runs have their work done by the worker, wherever it is.
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/log.ts';
import { explain, Outcome } from '../outcome.ts';
import { systemClock, type Clock } from '../clock.ts';
import type { ProcessIdentity } from '../processes/process-identity.ts';
import { createAsker, type Ask } from './asker.ts';
import type { ToServer, ToWorker } from './contract.ts';
import type { NasState } from './dsm-shapes.ts';
import type { ServerEnd } from './link.ts';
import { createNasStates } from './nas-states.ts';

/** A message about a run. */
type AboutRun = Extract<ToServer, { readonly run: string }>;
type Note = Extract<ToServer, { readonly kind: 'note' }>;

/** What the server does for the work of a run. */
export interface WorkIo {
  /** Receives the output, and copies it before it returns. */
  readonly onOutput: (chunk: Uint8Array) => void;
  /** Records where DSM has the run; false if that fails. */
  readonly note: (trace: Note['trace']) => Promise<boolean>;
}

/** The work of a run, done by the worker. */
export interface WorkOfRun {
  /** Resolves once it has begun or was refused; with its process, if it is one of the worker's machine. */
  readonly begun: Promise<ProcessIdentity | undefined>;
  /** Resolves once it is over; never rejects. */
  readonly ended: Promise<Outcome>;
  stop(): void;
}

/** The answer about a run that an earlier server left. */
type Resumed =
  | {
      readonly kind: 'resumed';
      readonly work: WorkOfRun;
      /** How long ago it began. */
      readonly ageMs: number;
      readonly process: ProcessIdentity | undefined;
    }
  | { readonly kind: 'ended'; readonly outcome: Outcome }
  | { readonly kind: 'unknown' };

type StartOrder = Omit<Extract<ToWorker, { readonly kind: 'start' }>, 'kind'>;
export type EarlierRun = Omit<Extract<ToWorker, { readonly kind: 'resume' }>, 'kind'>;

export interface WorkerClient {
  /** Has a task started. */
  start(order: StartOrder, io: WorkIo): WorkOfRun;
  /** Asks for a run that an earlier server left. */
  resume(earlier: EarlierRun, io: WorkIo): Promise<Resumed>;
}

/** What the server learns from its worker besides runs. */
export interface WorkerFacts {
  readonly ask: Ask;
  /** The NASes of the worker's config. */
  nases(): readonly NasState[];
}

interface Entry {
  readonly io: WorkIo;
  readonly work: WorkOfRun;
  readonly setBegun: (process: ProcessIdentity | undefined) => void;
  readonly setEnded: (outcome: Outcome) => void;
  readonly setResumed: (answer: Resumed) => void;
}

/** Talks to the worker at the other end of the link. */
export function createWorkerClient(
  link: ServerEnd,
  logger: Logger,
  clock: Pick<Clock, 'nowMs'> = systemClock,
): WorkerClient & WorkerFacts {
  const entries = new Map<string, Entry>();
  const asker = createAsker(link.send, logger);
  const nases = createNasStates(clock);

  const add = (run: string, io: WorkIo, setResumed: Entry['setResumed']): WorkOfRun => {
    const { promise: begun, resolve: setBegun } = Promise.withResolvers<ProcessIdentity | undefined>();
    const { promise: ended, resolve: setEnded } = Promise.withResolvers<Outcome>();
    const work: WorkOfRun = { begun, ended, stop: () => link.send({ kind: 'stop', run }) };
    entries.set(run, { io, work, setBegun, setEnded, setResumed });
    return work;
  };
  const end = (run: string, { setBegun, setEnded, setResumed }: Entry, outcome: Outcome): void => {
    entries.delete(run);
    setBegun(undefined);
    setResumed({ kind: 'ended', outcome });
    setEnded(outcome);
  };
  const answerNote = async ({ run, note, trace }: Note, io: WorkIo): Promise<void> => {
    link.send({ kind: 'noted', run, note, isWritten: await io.note(trace) });
  };
  const take = (message: AboutRun, entry: Entry): void => {
    const { run } = message;
    switch (message.kind) {
      case 'begun':
        return entry.setBegun(message.process);
      case 'resumed': {
        const { ageMs, process } = message;
        entry.setBegun(process);
        return entry.setResumed({ kind: 'resumed', work: entry.work, ageMs, process });
      }
      case 'unknown':
        entries.delete(run);
        return entry.setResumed({ kind: 'unknown' });
      case 'output':
        return entry.io.onOutput(message.bytes);
      case 'note':
        return void answerNote(message, entry.io);
      case 'ended':
        return end(run, entry, Outcome.parse(message.outcome));
      default:
        return message satisfies never;
    }
  };
  /** Does something for a run; a bug of ours ends the run. The program may be running or not, so the outcome claims neither. */
  const attempt = (run: string, act: (entry: Entry) => void): void => {
    const entry = entries.get(run);
    if (entry === undefined) return;
    try {
      act(entry);
    } catch (error) {
      logBug(logger, error, 'A run was lost from sight', { run });
      end(run, entry, { kind: 'lost', ...explain({ code: 'bug' }) });
    }
  };
  link.receive((message) => {
    switch (message.kind) {
      case 'answer':
      case 'finished':
        return asker.take(message);
      case 'nases':
        return nases.take(message.nases);
      default:
        return attempt(message.run, (entry) => take(message, entry));
    }
  });
  return {
    start(order, io) {
      const work = add(order.run, io, () => {});
      attempt(order.run, () => link.send({ kind: 'start', ...order }));
      return work;
    },
    async resume(earlier, io) {
      const { promise, resolve } = Promise.withResolvers<Resumed>();
      add(earlier.run, io, resolve);
      attempt(earlier.run, () => link.send({ kind: 'resume', ...earlier }));
      return await promise;
    },
    ask: asker.ask,
    nases: nases.now,
  };
}
