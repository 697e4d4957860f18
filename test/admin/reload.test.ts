// What becomes of the admin page when the config changes, and when its port is taken.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { hashPassword } from '../../src/admin/gate/password.ts';
import { adminPasswordHash, signInAdmin, startAdmin } from '../support/admin.ts';
import { findPort } from '../support/daemon.ts';
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
