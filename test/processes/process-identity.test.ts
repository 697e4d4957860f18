// Whether a process lives is known from /proc; where that cannot be read, no process is taken for dead, nor for another one.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { test, type TestContext } from 'node:test';
import {
  findByEnvironment,
  isAlive,
  listProcesses,
  loadIdentity,
  loadStartTicks,
  lookAt,
} from '../../src/processes/process-identity.ts';
import { startSleeper } from '../support/processes.ts';

/** Makes each read of /proc fail with a code, or those of files whose name fits. */
function breakProc(t: TestContext, code: string, fits = /./): void {
  for (const name of ['readFileSync', 'readdirSync', 'readlinkSync'] as const) {
    const real = fs[name];
    t.mock.method(fs, name, (...args: Parameters<typeof real>) => {
      if (String(args[0]).startsWith('/proc') && fits.test(String(args[0])))
        throw Object.assign(new Error(code), { code });
      return Reflect.apply(real, fs, args) as unknown;
    });
  }
}

for (const code of ['ENOENT', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'EIO', 'ENOMEM']) {
  test(`where /proc fails with ${code}, a process that lives may live, and one that has ended is gone`, async (t) => {
    const sleeper = await startSleeper(t);
    const ended = spawn('/bin/true', { stdio: 'ignore' });
    const endedIdentity = { ...sleeper, pid: ended.pid ?? 0 };
    await once(ended, 'exit');
    breakProc(t, code);
    assert.deepEqual([lookAt(sleeper), isAlive(sleeper)], ['unknown', true]);
    assert.deepEqual([lookAt(endedIdentity), isAlive(endedIdentity)], ['gone', false]);
    assert.deepEqual([loadIdentity(sleeper.pid), loadStartTicks(sleeper.pid)], [undefined, undefined]);
    assert.deepEqual([findByEnvironment('A=b'), listProcesses()], [[], []]);
  });
}

test('where only the boot or only the process cannot be read, nothing is sure', async (t) => {
  for (const [file, state] of [
    [/boot_id/, 'unknown'],
    [/stat$/, 'unknown'],
    [/environ$/, 'alive'],
  ] as const) {
    const sleeper = await startSleeper(t);
    breakProc(t, 'EMFILE', file);
    assert.equal(lookAt(sleeper), state, String(file));
    assert.equal(loadIdentity(sleeper.pid) === undefined, state === 'unknown');
    t.mock.restoreAll();
  }
});

test('a system without a boot id is a system like any other', async (t) => {
  breakProc(t, 'ENOENT', /boot_id/);
  const sleeper = await startSleeper(t);
  assert.deepEqual([sleeper.bootId, lookAt(sleeper)], ['', 'alive']);
});

test('a process with the same id and another start, or of another boot, is not the one', async (t) => {
  const sleeper = await startSleeper(t);
  assert.equal(lookAt(sleeper), 'alive');
  assert.equal(lookAt({ ...sleeper, startTicks: '1' }), 'gone');
  assert.equal(lookAt({ ...sleeper, bootId: 'x' }), 'gone');
});
