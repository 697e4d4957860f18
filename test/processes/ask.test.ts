// Asking a small program something: bounded in time and size, with nothing inherited.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { askProgram, type ProgramAnswer } from '../../src/processes/ask.ts';
import { createFolder, until } from '../support/daemon.ts';
import { lives } from '../support/processes.ts';

const ask = async (
  script: string,
  parts: { maxMs?: number; maxBytes?: number; args?: string[]; file?: string } = {},
): Promise<ProgramAnswer> => {
  const { maxMs = 60_000, maxBytes = 100, args = [], file = '/bin/sh' } = parts;
  return await askProgram({
    file,
    args: ['-c', script, ...args],
    env: { PATH: '/usr/bin:/bin', A: 'b' },
    maxMs,
    maxBytes,
  }).answer;
};
const answered = (printed: string, exitCode = 0): ProgramAnswer => ({
  kind: 'answered',
  exitCode,
  printed: Buffer.from(printed),
});

suite('ask', { concurrency: true }, () => {
  test('returns what a program printed to standard output, and how it ended', async () => {
    assert.deepEqual(
      await ask('echo "$A $0"; echo no >&2; exit 3', { args: ['x;reboot'] }),
      answered('b x;reboot\n', 3),
    );
    assert.deepEqual(await ask('true'), answered(''));
    assert.deepEqual(await ask('printf %0100d 7'), answered('7'.padStart(100, '0')));
    const inherited = await ask('env', { maxBytes: 4000 });
    assert.ok(inherited.kind === 'answered');
    assert.deepEqual(
      inherited.printed
        .toString()
        .split('\n')
        .filter((line) => !/^(?:PWD|OLDPWD|SHLVL|_)=|^$/.test(line))
        .toSorted(),
      ['A=b', 'PATH=/usr/bin:/bin'],
    );
  });

  test('takes nothing from a program that prints too much, takes too long, dies, or is not there', async () => {
    const cases: [Promise<ProgramAnswer>, string][] = [
      [ask('printf %0101d 7; sleep 60'), 'printed more than 100 bytes'],
      [ask('while :; do echo more; done'), 'printed more than 100 bytes'],
      [ask('echo early; sleep 60', { maxMs: 300 }), 'took longer than 300 ms'],
      [ask('trap "" TERM INT; while :; do sleep 1; done', { maxMs: 300 }), 'took longer than 300 ms'],
      [ask('kill -SEGV $$'), 'was ended by SIGSEGV'],
      [ask('true', { file: '/nowhere/x.cgi' }), 'could not be started (ENOENT)'],
      [ask('true', { file: '/etc/passwd' }), 'could not be started (EACCES)'],
    ];
    for (const [answer, reason] of cases) assert.deepEqual(await answer, { kind: 'none', reason });
  });

  test('leaves nothing of a program behind that took too long', async (t) => {
    const file = path.join(createFolder(t), 'pids');
    const answer = ask(`sleep 60 & echo $$ $! > '${file}.new'; mv '${file}.new' '${file}'; wait`, {
      maxMs: 5000,
    });
    const pids = await until(
      () => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split(' ').map(Number) : undefined),
      'two processes',
    );
    assert.equal((await answer).kind, 'none');
    await until(() => (pids.some(lives) ? undefined : true), 'the end of both');
  });

  test('does not wait for what a program has left holding its output', async () => {
    const answer = await ask('setsid sleep 600 & echo $!', { maxMs: 30_000 });
    assert.ok(answer.kind === 'answered', JSON.stringify(answer));
    process.kill(Number(answer.printed.toString()), 'SIGKILL');
  });
});
