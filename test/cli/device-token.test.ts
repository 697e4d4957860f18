// `remotetask device-token`: a one-time code in, a device token out, in a terminal only.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { startInTerminal, runCli } from '../support/cli.ts';
import { server } from '../support/config.ts';
import { createFolder, keyOf, until } from '../support/daemon.ts';
import { account, password, startFakeDsm } from '../support/fake-dsm/fake-dsm.ts';
import { createAccess, createTestClient } from '../support/web-api.ts';

test('the token of one sign-in with a code stands for codes from then on', async (t) => {
  const dsm = await startFakeDsm(t, { scheduled: [{ id: 7 }], settings: { accounts: { [account]: { password, otp: '123456' } } } });
  const configFile = path.join(createFolder(t), 'config.json');
  const write = (webapi: object | undefined): void =>
    fs.writeFileSync(configFile, JSON.stringify({ server, dsm: { webapi }, tasks: { '7': { identifier: keyOf('7') } } }), { mode: 0o600 });
  const type = async (code: string): Promise<{ status: number | null; shown: string }> => {
    const child = startInTerminal(['device-token', '--config', configFile], {}, 'pipe');
    let shown = '';
    child.stdout?.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    const closed = once(child, 'close');
    await until(() => (/code: |\n$/.test(shown) || child.exitCode !== null ? true : undefined), 'the question');
    child.stdin?.end(`${code}\n`);
    await closed;
    return { status: child.exitCode, shown };
  };
  write(undefined);
  assert.match((await type('123456')).shown, /Add "webapi" to "dsm" in the config first/);
  write({ url: dsm.url, account, password });
  assert.equal((await runCli(['device-token', '--config', configFile])).status, 2);
  assert.deepEqual(dsm.calls, []);
  assert.match((await type('no code')).shown, /Type the digits of the one-time code/);
  const wrong = await type('000000');
  assert.match(wrong.shown, /Cannot sign in to DSM[\s\S]*the one-time code is wrong; use a fresh one \(error 404\)/);
  const { status, shown } = await type('123 456');
  assert.equal(status, 0);
  assert.deepEqual([dsm.signIns, dsm.sessions()], [[404, 0], 0]);
  const deviceToken = /^([\w-]{32})\r?$/m.exec(shown)?.[1];
  assert.ok(deviceToken !== undefined && dsm.secrets.includes(deviceToken));
  assert.equal((await createTestClient(t, createAccess(dsm, { deviceToken })).run(7)).kind, 'succeeded');
  const other = createTestClient(t, createAccess(dsm, { deviceToken, deviceName: 'another' }));
  assert.match((await other.run(7)).reason ?? '', /error 403/);
});
