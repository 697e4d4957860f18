// The thread of the floods, one after the other: their connections open again when they are cut.
import net from 'node:net';
import tls from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';
import type { FloodOptions } from './flood.ts';

/** How long a connection waits between what it sends, and before it comes back. */
const pauseMs = 20;
const returnMs = 200;
/** One for all connections: to make it takes longer than a handshake. */
const secureContext = tls.createSecureContext();
// Most connections end with an error that nothing reads.
Error.stackTraceLimit = 0;

/** Begins a flood; returns what ends it. */
function flood(
  { port, connections, addresses, words, times, isTls = false }: FloodOptions,
  opened: Int32Array,
): () => void {
  const bytes = Buffer.from(words);
  const sockets = new Set<net.Socket>();
  let isOver = false;
  const open = (i: number): void => {
    if (isOver) return;
    const at = i % addresses;
    const raw = net.connect({
      port,
      host: '127.0.0.1',
      localAddress: `127.0.${1 + (at >> 7)}.${1 + (at & 127)}`,
    });
    sockets.add(raw);
    const socket = isTls ? tls.connect({ socket: raw, secureContext, rejectUnauthorized: false }) : raw;
    raw.on('error', () => raw.destroy());
    socket.on('error', () => raw.destroy());
    // Never read: what comes back fills the buffers of the system. TLS reads the handshake, and then no more.
    if (!isTls) socket.pause();
    let left = times;
    const send = (): void => {
      if (raw.destroyed || left-- <= 0 || bytes.length === 0) return;
      socket.write(bytes, () => setTimeout(send, pauseMs));
    };
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      if (isTls) raw.pause();
      send();
      setImmediate(() => Atomics.add(opened, 0, 1));
    });
    raw.once('close', () => {
      sockets.delete(raw);
      setTimeout(() => open(i), returnMs);
    });
  };
  // A few at a time, since the system keeps 511 connections that are not accepted yet.
  for (let i = 0; i < connections; i++) setTimeout(() => open(i), i / 2);
  return () => {
    isOver = true;
    for (const socket of sockets) socket.destroy();
  };
}

const opened = workerData as Int32Array;
let stop: () => void = () => {};
parentPort?.on('message', (options: FloodOptions | 'stop') => {
  stop();
  if (options === 'stop') return parentPort?.postMessage('stopped');
  Atomics.store(opened, 0, 0);
  stop = flood(options, opened);
});
