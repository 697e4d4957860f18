// The carriers of messages between server and worker, for tests that hold for each of them.
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { isToServer, isToWorker } from '../../src/worker/contract.ts';
import { createInsideLink, type ServerEnd, type WorkerEnd } from '../../src/worker/link.ts';
import { createSocketLink } from '../../src/worker/socket-link.ts';
import { createFolder } from './daemon.ts';

interface Ends {
  readonly server: ServerEnd;
  readonly worker: WorkerEnd;
}

/** The two ends of a connection over a Unix socket. */
export async function connectSockets(t: TestContext): Promise<readonly [net.Socket, net.Socket]> {
  const file = path.join(createFolder(t), 'worker.sock');
  const server = net.createServer().listen(file);
  t.after(() => void server.close());
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[net.Socket]>;
  const near = net.connect(file);
  const [far] = await accepted;
  t.after(() => [near, far].forEach((socket) => socket.destroy()));
  return [near, far];
}

/** Each carrier, by its name. */
export const carriers: Readonly<Record<string, (t: TestContext) => Promise<Ends>>> = {
  'in one process': () => Promise.resolve(createInsideLink()),
  'over a socket': async (t) => {
    const [near, far] = await connectSockets(t);
    const ignored = { onGreeted() {}, onEnd() {} };
    return {
      server: createSocketLink(near, { check: isToServer, ...ignored }),
      worker: createSocketLink(far, { check: isToWorker, ...ignored }),
    };
  },
};
