// Floods, from a thread of their own: many connections that send and never read, and open again when they are cut.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { until } from './daemon.ts';

export interface FloodOptions {
  readonly port: number;
  readonly connections: number;
  /** Over how many addresses of 127.0.0.0/8 they are spread. */
  readonly addresses: number;
  /** What each connection sends, again and again; nothing for one that only opens. */
  readonly words: string | Uint8Array;
  /** How often at most it sends that. */
  readonly times: number;
  readonly isTls?: boolean;
}

export interface TestFlood {
  /** Resolves once so many connections have been opened, and have sent what they send once. */
  reached(connections: number): Promise<void>;
  stop(): Promise<void>;
}

/** Begins a flood that lasts until it is stopped. */
export type StartFlood = (options: FloodOptions) => TestFlood;

/** Starts the thread of all floods of a test file, of which there is one at a time. */
export function createFloods(t: { after(fn: () => Promise<void>): void }): StartFlood {
  const opened = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('flood-thread.ts', import.meta.url), { workerData: opened });
  t.after(async () => void (await worker.terminate()));
  return (options) => {
    Atomics.store(opened, 0, 0);
    worker.postMessage(options);
    return {
      reached: async (wanted) => {
        await until(() => (Atomics.load(opened, 0) >= wanted ? true : undefined), `${wanted} connections`);
      },
      async stop() {
        worker.postMessage('stop');
        await once(worker, 'message');
      },
    };
  };
}
