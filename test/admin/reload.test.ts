// What becomes of the admin page when the config changes, and when its port is taken.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { hashPassword } from '../../src/admin/gate/password.ts';
import { adminPasswordHash, signInAdmin, startAdmin } from '../support/admin.ts';
import { spawnCli } from '../support/cli.ts';
import { createFolder, findPort, keyOf, magicKey } from '../support/daemon.ts';
import { replace } from '../support/watch.ts';

const tasks = { hello: { name: 'Hello', command: ['/bin/true'] } };

test('another password ends all sessions at once; another port waits for a new start, and says so', async (t) => {
  const daemon = await startAdmin(t, { tasks });
  const file = path.join(daemon.folder, 'config.json');
  const { cookie } = await signInAdmin(daemon);
  const look = async (): Promise<number> => (await fetch(daemon.admin, { headers: { cookie } })).status;
  const change = async (from: string, to: string): Promise<unknown> => {
    const before = daemon.log().filter(({ event }) => event === 'config-taken').length;
    replace(file, fs.readFileSync(file, 'utf8').replace(from, to));
    await daemon.logged(
      (line) =>
        line['event'] === 'config-taken' &&
        daemon.log().filter(({ event }) => event === 'config-taken').length > before,
    );
    return daemon.log().findLast(({ event }) => event === 'config-taken')?.['changes'];
  };
  assert.equal(await look(), 200);
  assert.deepEqual(await change('"Hello"', '"Hello again"'), ['changed hello']);
  assert.equal(await look(), 200, 'a change elsewhere ends no session');
  assert.deepEqual(await change(adminPasswordHash, await hashPassword('another good password')), [
    'another admin page',
  ]);
  assert.equal(await look(), 403);
  assert.deepEqual(await change(`"port": ${daemon.adminPort}`, `"port": ${await findPort()}`), []);
  assert.deepEqual((await daemon.logged(({ event }) => event === 'restart-needed'))['names'], ['admin.port']);
  assert.equal(await look(), 403, 'the old port goes on');
  assert.equal(await daemon.stop(), 0);
});

test('a daemon whose admin port is taken does not start, says which, and leaves nothing behind', async (t) => {
  const other = net.createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address() as net.AddressInfo;
  const folder = createFolder(t);
  const file = path.join(folder, 'config.json');
  const server = { listen: '127.0.0.1', port: await findPort(), magickey: magicKey };
  const config = {
    server,
    admin: { gate: 'dsm', port },
    tasks: { a: { identifier: keyOf('a'), command: ['/bin/true'] } },
  };
  fs.writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  const { ended, printed } = spawnCli(t, ['serve', '--config', file]);
  assert.equal(await ended, 1);
  assert.match(
    printed(),
    new RegExp(
      `Cannot listen on port ${port} of 127\\.0\\.0\\.1: another program does \\[port-taken\\]\n.*set admin\\.port in the config`,
    ),
  );
  assert.equal(fs.existsSync(path.join(folder, 'history.jsonl.lock')), false);
});
