// What `remotetask check` and `remotetask doctor` list of a config that cannot be used: its problems, and its warnings as well.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { callCli } from '../support/call-cli.ts';
import { server } from '../support/config.ts';
import { createFolder, keyOf } from '../support/daemon.ts';

test('check and doctor list a missing program beside an invalid option, and end with the status of an unusable config', async (t) => {
  const file = path.join(createFolder(t), 'config.json');
  const command = ['/no/where'];
  const tasks = Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [`t${i}`, { identifier: keyOf(`t${i}`), command }]),
  );
  const config = { server: { ...server, port: '80' }, tasks };
  fs.writeFileSync(file, JSON.stringify(config, null, 2), { mode: 0o600 });
  const [check, doctor] = await Promise.all([
    callCli(['check', '--config', file]),
    callCli(['doctor', '--config', file]),
  ]);
  assert.deepEqual([check.status, check.stdout, doctor.status], [2, '', 1]);
  for (const printed of [check.stderr, doctor.stdout]) {
    assert.match(printed, /server\.port: Give a number here, without quotes/);
    assert.match(printed, /tasks\.t0\.command\.0: Put the program there/);
    assert.match(printed, /tasks\.t9\.command\.0: Put .*\(… and 2 more of this kind\)/);
    assert.doesNotMatch(printed, /tasks\.t10\b/);
  }
});
