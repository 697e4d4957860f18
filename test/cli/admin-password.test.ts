// `remotetask admin password`: a password in, unseen, and a hash out that opens the gate for it and for nothing else.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { suite, test } from 'node:test';
import { isPassword, parsePasswordHash } from '../../src/admin/gate/password.ts';
import { cleanEnv, startInTerminal } from '../support/cli.ts';
import { until } from '../support/daemon.ts';
import { findProgram } from '../support/program.ts';

const password = 'correct horse ä battery';
const hashLine = /^scrypt:16384:8:5:[\w-]{22}:[\w-]{43}$/m;

async function pipe(input: string): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [findProgram(), 'admin', 'password'], {
    env: cleanEnv(),
    stdio: 'pipe',
  });
  const result = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (result.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (result.stderr += chunk.toString()));
  child.stdin.end(input);
  await once(child, 'close');
  return { status: child.exitCode, ...result };
}

/** Types answers, each when it is asked for, in a terminal. */
async function type(answers: readonly string[]): Promise<{ status: number | null; shown: string }> {
  const child = startInTerminal(['admin', 'password'], {}, 'pipe');
  let shown = '';
  child.stdout?.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  const closed = once(child, 'close');
  for (const [i, answer] of answers.entries()) {
    await until(
      () => (shown.split(/page: |more: /).length > i + 1 || child.exitCode !== null ? true : undefined),
      'the question',
    );
    child.stdin?.write(answer);
  }
  await closed;
  return { status: child.exitCode, shown };
}

suite('admin password', { concurrency: true }, () => {
  test('a line on standard input becomes a hash of it, a different one each time', async () => {
    const [first, second] = await Promise.all([
      pipe(`${password}\n`),
      pipe(`${password.normalize('NFD')}\r\n`),
    ]);
    assert.deepEqual([first.status, first.stderr, second.status], [0, '', 0]);
    assert.match(first.stdout, /^scrypt:[^\n]+\n$/);
    assert.notEqual(first.stdout, second.stdout);
    for (const { stdout } of [first, second]) {
      const hash = parsePasswordHash(stdout.trim());
      assert.ok(hash !== undefined);
      assert.deepEqual(
        [await isPassword(password, hash), await isPassword(`${password} `, hash)],
        [true, false],
      );
    }
  });

  test('what would be no good password is refused, and not shown', async () => {
    const cases: [string, RegExp][] = [
      ['', /Choose a longer password: 10 characters at least/],
      ['too-short\n', /Choose a longer password/],
      ['x'.repeat(257), /Choose a shorter password/],
      ['long enough\nbut two lines\n', /as one line/],
      ['long \x1b[2J enough', /control characters/],
    ];
    await Promise.all(
      cases.map(async ([input, words]) => {
        const { status, stdout, stderr } = await pipe(input);
        assert.deepEqual([status, stdout], [2, ''], input);
        assert.match(stderr, words);
        assert.ok(!/short\n|enough|xxx/.test(stderr));
      }),
    );
  });

  test('in a terminal it is asked twice, and nothing of it is shown', async () => {
    const { status, shown } = await type([`${password}\r`, `${password}\r`]);
    assert.equal(status, 0, shown);
    const hash = parsePasswordHash(hashLine.exec(shown.replaceAll('\r', ''))?.[0] ?? '');
    assert.ok(hash !== undefined && (await isPassword(password, hash)));
    assert.match(shown, /Give it as admin\.password/);
    assert.doesNotMatch(shown, /correct|horse|battery/);
    const other = await type([
      `${password}\r`,
      'another password\r',
      'short\r',
      `${password}\r`,
      `${password}\r`,
    ]);
    assert.match(other.shown, /two different passwords. Please type it again/);
    assert.match(other.shown, /Choose a longer password.* Please type it again/);
    assert.doesNotMatch(other.shown, /correct|another/);
    assert.equal(other.status, 0);
  });

  test('in a terminal, Ctrl-C and Ctrl-D give up', async () => {
    for (const keys of [['half a passw\x03'], ['\x04'], [`${password}\r`, '\x03']]) {
      const { status, shown } = await type(keys);
      assert.match(shown, /No password was typed/);
      assert.equal(status, 2);
    }
  });
});
