// What the server has of its worker, wherever that is.
import type { Ask } from './asker.ts';
import type { NasState } from './dsm-shapes.ts';
import type { EarlierRun, EntryOptions, Resumed, StartOrder, WorkIo, WorkOfRun } from './entries.ts';
import type { ServerEnd } from './link.ts';

export interface WorkerClient {
  /** Has a task started. If the worker goes away before, the start waits for it as long as starts may. */
  start(order: StartOrder, io: WorkIo): WorkOfRun;
  /** Asks for a run that an earlier server left. `ifUnknown` is its outcome if the worker, a process with this name, knows nothing of it. */
  resume(earlier: EarlierRun, io: WorkIo, ifUnknown: EntryOptions['ifUnknown']): Promise<Resumed>;
  /** All runs that earlier servers left have been asked for. */
  setRestored(): void;
  /** Whether no worker is there. */
  isAway(): boolean;
  /** The name of the worker's process, if it has one of its own. */
  instance(): string | undefined;
}

/** What the server learns from its worker besides runs. */
export interface WorkerFacts {
  readonly ask: Ask;
  /** The NASes of the worker's config, as they were when it was there last. */
  nases(): readonly NasState[];
}

/** A client whose worker comes and goes. */
export interface AttachableClient extends WorkerClient, WorkerFacts {
  /** Talks to the worker at the other end of a link, in place of the one before. */
  attach(link: ServerEnd, instance?: string): void;
  /** The worker is away from now on. */
  detach(): void;
}
