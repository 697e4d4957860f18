// The thread of a flood. It loads nothing but what it needs, because there are many of them.
import net from 'node:net';
import tls from 'node:tls';
import { workerData } from 'node:worker_threads';
import type { FloodOptions } from './flood.ts';

/** How long a connection waits between what it sends, and before it comes back. */
const pauseMs = 20;

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

const { options, opened } = workerData as { options: FloodOptions; opened: Int32Array };
flood(options, opened);
