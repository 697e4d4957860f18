// Where listening fails, the operator reads what to do, whatever the system reports.
import assert from 'node:assert/strict';
import os from 'node:os';
import { test } from 'node:test';
import { listen } from '../../src/daemon/listen.ts';
import { AppError } from '../../src/errors.ts';

async function failWith(
  code: string,
  port = 10_765,
  part: 'server' | 'admin' = 'server',
  host = '192.0.2.1',
): Promise<AppError> {
  const app = {
    async listen(): Promise<void> {
      throw Object.assign(new Error(`listen ${code}`), { code, syscall: 'listen' });
    },
  };
  const error: unknown = await listen(app, { part, host, port }).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof AppError, code);
  return error;
}

test('each error of the system becomes a sentence with a remedy, and ends with status 1', async () => {
  const codes = [
    ...Object.keys(os.constants.errno),
    'ENOTFOUND',
    'EAI_AGAIN',
    'EAI_FAIL',
    'ERR_SERVER_ALREADY_LISTEN',
    'unknown',
  ];
  for (const code of codes) {
    const { message, details, exitStatus } = await failWith(code);
    assert.match(message, /^Cannot listen on /, code);
    assert.equal(details.length, 1, code);
    assert.equal(exitStatus, 1);
  }
});

test('the usual reasons are told apart, and the others named by their code', async () => {
  const cases: readonly [code: string, port: number, told: string][] = [
    ['EADDRINUSE', 10_765, 'port-taken'],
    ['EACCES', 80, 'port-privileged'],
    ['EPERM', 80, 'port-privileged'],
    ['EACCES', 10_765, 'cannot-listen'],
    ['EADDRNOTAVAIL', 10_765, 'address-unavailable'],
    ['EAFNOSUPPORT', 10_765, 'address-unavailable'],
    ['EINVAL', 10_765, 'cannot-listen'],
    ['EMFILE', 10_765, 'cannot-listen'],
    ['ENOBUFS', 10_765, 'cannot-listen'],
    ['EIO', 10_765, 'cannot-listen'],
  ];
  for (const [code, port, told] of cases)
    assert.equal((await failWith(code, port)).code, told, `${code} ${port}`);
  assert.equal((await failWith('EINVAL', 10_765, 'server', 'fe80::1%eth9')).code, 'address-unavailable');
  const { message, details } = await failWith('EMFILE');
  assert.equal(message, 'Cannot listen on port 10765 of 192.0.2.1 (EMFILE)');
  assert.deepEqual(details, ['Allow the daemon more open files (`ulimit -n`)']);
  assert.deepEqual((await failWith('EIO', 10_766, 'admin')).details, [
    'Set another admin.port or admin.listen in the config',
  ]);
});
