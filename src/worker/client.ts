// The server's end: runs have their work done by the worker, wherever it is, and whether it is there or away for a while.
import type { Clock } from '../clock.ts';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/log.ts';
import { explain, failedToStart, Outcome } from '../outcome.ts';
import { createAsker } from './asker.ts';
import type { AttachableClient } from './client-types.ts';
import type { ToServer } from './contract.ts';
import {
  createEntry,
  type EarlierRun,
  type Entry,
  type EntryOptions,
  type Resumed,
  type WorkIo,
} from './entries.ts';
import type { ServerEnd } from './link.ts';
import { createNasStates } from './nas-states.ts';
import { startExpiresMs } from './spent-starts.ts';

export type { AttachableClient, WorkerClient, WorkerFacts } from './client-types.ts';
export type { EarlierRun, WorkIo, WorkOfRun } from './entries.ts';

type AboutRun = Extract<ToServer, { readonly run: string }>;

const lost = (): Outcome => ({ kind: 'lost' });

/** Creates a client without a worker; `describe` finds what a worker needs to find a run that has begun. */
export function createWorkerClient({
  logger,
  clock,
  describe,
  onNases = () => {},
}: {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly describe: (run: string) => EarlierRun | undefined;
  /** Called when the worker has sent the states of its NASes. */
  readonly onNases?: () => void;
}): AttachableClient {
  const entries = new Map<string, Entry>();
  let worker: { readonly link: ServerEnd; readonly instance: string | undefined } | undefined;
  let isRestored = false;
  const nases = createNasStates(clock);
  const asker = createAsker((message) => {
    worker?.link.send(message);
    return worker !== undefined;
  }, logger);

  /** Does something for a run; a bug of ours ends the run. The program may be running or not, so the outcome claims neither. */
  const attempt = (entry: Entry, act: () => void): void => {
    try {
      act();
    } catch (error) {
      logBug(logger, error, 'A run was lost from sight', { run: entry.run });
      entry.end({ kind: 'lost', ...explain({ code: 'bug' }) });
    }
  };
  const sendStop = ({ run }: Entry): void => worker?.link.send({ kind: 'stop', run });
  /** Tells the worker of a run: once it is there, and again whenever another link begins. */
  const ask = (entry: Entry): void => {
    if (worker === undefined) return;
    const { run, start, sentTo } = entry;
    const isForThis = sentTo === undefined || sentTo.instance === worker.instance;
    if (start !== undefined && isForThis) {
      entry.sentTo = { instance: worker.instance };
      worker.link.send(start);
    } else worker.link.send({ kind: 'resume', ...(describe(run) ?? entry.earlier) });
    if (entry.isStopping) sendStop(entry);
  };
  const add = (
    options: Pick<EntryOptions, 'earlier' | 'io' | 'start' | 'ifUnknown' | 'setResumed'>,
  ): Entry => {
    const entry = createEntry({
      ...options,
      onStop(stopped) {
        stopped.isStopping = true;
        sendStop(stopped);
      },
      onAcknowledge({ run }) {
        entries.delete(run);
        worker?.link.send({ kind: 'acknowledge', run });
      },
    });
    entries.set(entry.run, entry);
    attempt(entry, () => ask(entry));
    return entry;
  };
  const answerNote = async (
    { run, note, trace }: Extract<ToServer, { readonly kind: 'note' }>,
    io: WorkIo,
  ): Promise<void> => {
    const isWritten = await io.note(trace);
    worker?.link.send({ kind: 'noted', run, note, isWritten });
  };
  const takeOfRun = (message: AboutRun, entry: Entry): void => {
    switch (message.kind) {
      case 'begun':
        entry.start = undefined;
        return entry.setBegun(message.process);
      case 'resumed': {
        const { ageMs, process } = message;
        entry.start = undefined;
        entry.setBegun(process);
        return entry.setResumed({ kind: 'resumed', work: entry.work, ageMs, process });
      }
      case 'unknown':
        return entry.end(entry.ifUnknown(worker?.instance));
      case 'output':
        return entry.io.onOutput(message.bytes, message.from);
      case 'note':
        return void answerNote(message, entry.io);
      case 'ended':
        return entry.end(Outcome.parse(message.outcome), message.tookMs);
      default:
        return message satisfies never;
    }
  };
  const take = (message: ToServer): void => {
    switch (message.kind) {
      case 'answer':
      case 'finished':
        return asker.take(message);
      case 'nases':
        nases.take(message.nases);
        return onNases();
      default: {
        const entry = entries.get(message.run);
        if (entry !== undefined && !entry.hasEnded) attempt(entry, () => takeOfRun(message, entry));
      }
    }
  };
  return {
    start(order, io) {
      const start = { kind: 'start', ...order, expiresAt: clock.wallMs() + startExpiresMs } as const;
      const earlier = { run: order.run, task: order.task };
      const entry = add({ earlier, io, start, ifUnknown: lost, setResumed() {} });
      if (worker === undefined) {
        entry.setBegun(undefined);
        // No worker took the start in time: nothing has begun.
        const giveUp = (): void => {
          if (entry.sentTo === undefined) entry.end(failedToStart({ code: 'worker-away' }));
        };
        setTimeout(giveUp, startExpiresMs).unref();
      }
      return entry.work;
    },
    async resume(earlier, io, ifUnknown) {
      const { promise, resolve } = Promise.withResolvers<Resumed>();
      const entry = add({ earlier, io, start: undefined, ifUnknown, setResumed: resolve });
      if (worker === undefined) resolve({ kind: 'away', work: entry.work });
      return await promise;
    },
    setRestored() {
      isRestored = true;
      worker?.link.send({ kind: 'restored' });
    },
    ask: asker.ask,
    nases: nases.now,
    isAway: () => worker === undefined,
    instance: () => worker?.instance,
    attach(link, instance) {
      worker = { link, instance };
      link.receive((message) => {
        if (worker?.link === link) take(message);
      });
      for (const entry of entries.values()) attempt(entry, () => ask(entry));
      if (isRestored) link.send({ kind: 'restored' });
    },
    detach() {
      worker = undefined;
      asker.giveUp();
      for (const entry of entries.values()) {
        // No caller waits for a worker that is away.
        entry.setBegun(undefined);
        entry.setResumed({ kind: 'away', work: entry.work });
      }
    },
  };
}
