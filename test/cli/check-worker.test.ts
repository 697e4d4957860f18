// The doctor's look at a worker of its own: there or not, without taking the daemon's place.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { checkWorker } from '../../src/cli/check-worker.ts';
import { createFolder } from '../support/daemon.ts';

test('the doctor reports whether a worker listens at the socket of the config, and sends nothing to it', async (t) => {
  const workerSocket = path.join(createFolder(t), 'worker.sock');
  assert.deepEqual(await checkWorker({ workerSocket: undefined }), []);
  const [missing] = await checkWorker({ workerSocket });
  assert.deepEqual(
    [missing?.level, missing?.message],
    ['problem', `No worker can be reached at ${workerSocket} (ENOENT)`],
  );
  const server = net.createServer().listen(workerSocket);
  t.after(() => void server.close());
  await once(server, 'listening');
  const connected = once(server, 'connection') as Promise<[net.Socket]>;
  const [found] = await checkWorker({ workerSocket });
  assert.equal(found?.level, 'ok');
  const [socket] = await connected;
  socket.resume();
  await once(socket, 'close');
  assert.equal(socket.bytesRead, 0);
});
