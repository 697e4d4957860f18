// Floods, from a thread of their own: many connections that send and never read, and open again when they are cut.
import net from 'node:net';
import tls from 'node:tls';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
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

/** How long a connection waits between what it sends, and before it comes back. */
const pauseMs = 20;

/** Begins a flood that lasts until it is stopped. */
export function startFlood(t: { after(fn: () => Promise<void>): void }, options: FloodOptions): TestFlood {
  const opened = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL(import.meta.url), { workerData: { options, opened } });
  const stop = async (): Promise<void> => void (await worker.terminate());
  t.after(stop);
  return {
    reached: async (wanted) => {
      await until(
        () => (Atomics.load(opened, 0) >= wanted ? true : undefined),
        `${wanted} connections`,
        120_000,
      );
    },
    stop,
  };
}

function flood(
  { port, connections, addresses, words, times, isTls = false }: FloodOptions,
  opened: Int32Array,
): void {
  const open = (i: number): void => {
    const at = i % addresses;
    const raw = net.connect({
      port,
      host: '127.0.0.1',
      localAddress: `127.0.${1 + (at >> 7)}.${1 + (at & 127)}`,
    });
    const socket = isTls ? tls.connect({ socket: raw, rejectUnauthorized: false }) : raw;
    raw.on('error', () => raw.destroy());
    socket.on('error', () => raw.destroy());
    // Never read: what comes back fills the buffers of the system. TLS reads the handshake, and then no more.
    if (!isTls) socket.pause();
    let left = times;
    const send = (): void => {
      if (raw.destroyed || left-- <= 0 || words.length === 0) return;
      socket.write(words, () => setTimeout(send, pauseMs));
    };
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      if (isTls) raw.pause();
      send();
      setImmediate(() => Atomics.add(opened, 0, 1));
    });
    raw.once('close', () => setTimeout(() => open(i), pauseMs));
  };
  // A few at a time, since the system keeps 511 connections that are not accepted yet.
  for (let i = 0; i < connections; i++) setTimeout(() => open(i), i / 2);
}

if (!isMainThread) {
  const { options, opened } = workerData as { options: FloodOptions; opened: Int32Array };
  flood(options, opened);
}
