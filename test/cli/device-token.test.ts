// `remotetask device-token`: a one-time code in, a device token out, in a terminal only.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { callCli } from '../support/call-cli.ts';
import { startInTerminal } from '../support/cli.ts';
import { server } from '../support/config.ts';
import { createFolder, keyOf, until } from '../support/daemon.ts';
import { account, password, startFakeDsm } from '../support/fake-dsm/fake-dsm.ts';
import { createAccess, createTestClient } from '../support/web-api.ts';

/** Answers the question for a code in a terminal. */
async function type(
  args: readonly string[],
  code: string,
): Promise<{ status: number | null; shown: string }> {
  const child = startInTerminal(['device-token', ...args], {}, 'pipe');
  let shown = '';
  child.stdout?.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  const closed = once(child, 'close');
  await until(() => (/code: |\n$/.test(shown) || child.exitCode !== null ? true : undefined), 'the question');
  // A program that has ended without a question reads nothing, and the pipe to it may be closed.
  child.stdin?.on('error', () => {});
  child.stdin?.end(`${code}\n`);
  await closed;
  return { status: child.exitCode, shown };
}

test('the token of one sign-in with a code stands for codes from then on', async (t) => {
  const dsm = await startFakeDsm(t, {
    scheduled: [{ id: 7 }],
    settings: { accounts: { [account]: { password, otp: '123456' } } },
  });
  const configFile = path.join(createFolder(t), 'config.json');
  const write = (webapi: object | undefined): void =>
    fs.writeFileSync(
      configFile,
      JSON.stringify({ server, dsm: { webapi }, tasks: { '7': { identifier: keyOf('7') } } }),
      { mode: 0o600 },
    );
  const typeCode = async (code: string): ReturnType<typeof type> =>
    await type(['--config', configFile], code);
  write(undefined);
  assert.match((await typeCode('123456')).shown, /Add "webapi" to "dsm" in the config first/);
  write({ url: dsm.url, account, password });
  assert.equal((await callCli(['device-token', '--config', configFile])).status, 2);
  assert.deepEqual(dsm.calls, []);
  assert.match((await typeCode('no code')).shown, /Type the digits of the one-time code/);
  const wrong = await typeCode('000000');
  assert.match(
    wrong.shown,
    /Cannot sign in to DSM[\s\S]*the one-time code is wrong; use a fresh one \(error 404\)/,
  );
  const { status, shown } = await typeCode('123 456');
  assert.equal(status, 0);
  assert.deepEqual([dsm.signIns, dsm.sessions()], [[404, 0], 0]);
  const deviceToken = /^([\w-]{32})\r?$/m.exec(shown)?.[1];
  assert.ok(deviceToken !== undefined && dsm.secrets.includes(deviceToken));
  assert.equal((await createTestClient(t, createAccess(dsm, { deviceToken })).run(7)).kind, 'succeeded');
  const other = createTestClient(t, createAccess(dsm, { deviceToken, deviceName: 'another' }));
  assert.match((await other.run(7)).reason ?? '', /error 403/);
});

test('a DSM that does not trust the device gives an empty token, which is told as no token', async (t) => {
  const settings = { accounts: { [account]: { password, otp: '123456' } }, trustsDevices: false };
  for (const profile of [6, 7] as const) {
    const dsm = await startFakeDsm(t, { profile, settings });
    const configFile = path.join(createFolder(t), 'config.json');
    const webapi = { url: dsm.url, account, password };
    fs.writeFileSync(
      configFile,
      JSON.stringify({ server, dsm: { webapi }, tasks: { '7': { identifier: keyOf('7') } } }),
      { mode: 0o600 },
    );
    const { status, shown } = await type(['--config', configFile], '123456');
    assert.notEqual(status, 0);
    assert.match(shown, /DSM gave no device token/);
    assert.doesNotMatch(shown, /Keep it like a password/);
    assert.deepEqual([dsm.signIns, dsm.sessions()], [[0], 0]);
  }
});

test('of several NASes the one is signed in to that is named, and what is said names it', async (t) => {
  const settings = { accounts: { [account]: { password, otp: '123456' } } };
  const [home, attic] = [await startFakeDsm(t, { settings }), await startFakeDsm(t, { settings })];
  const configFile = path.join(createFolder(t), 'config.json');
  const write = (dsm: object): void =>
    fs.writeFileSync(configFile, JSON.stringify({ server, dsm, tasks: {} }), { mode: 0o600 });
  const call = async (name: readonly string[], code = '123456'): ReturnType<typeof type> =>
    await type([...name, '--config', configFile], code);
  const access = ({ url }: { url: string }): object => ({ webapi: { url, account, password } });
  write({ home: access(home), attic: access(attic), here: {} });
  const unnamed = await call([]);
  assert.match(unnamed.shown, /Name the NAS.*\r?\n {2}Its NASes are home, attic, here/);
  assert.equal(unnamed.status, 2);
  assert.match((await call(['cellar'])).shown, /There is no NAS "cellar" in the config/);
  assert.match((await call(['here'])).shown, /Add "webapi" to "dsm\.here" in the config first/);
  assert.match((await call(['attic'], '000000')).shown, /Cannot sign in to the NAS attic/);
  const { status, shown } = await call(['attic']);
  assert.equal(status, 0);
  assert.match(shown, /give it as dsm\.attic\.webapi\.deviceToken\./);
  assert.deepEqual([home.signIns, attic.signIns], [[], [404, 0]]);
  write({ home: access(home) });
  assert.equal((await call([])).status, 0);
  write(access(home));
  assert.match((await call(['home'])).shown, /Its "dsm" names none: leave the name away/);
});
