// The log of a daemon whose output nobody reads, whose file is taken away, and whose lines carry what people wrote.
import assert from 'node:assert/strict';
import { execFileSync, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createFolder, startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { findProgram } from '../support/program.ts';

/** Its name makes each line of the log long; it goes on until the folder is gone. */
const long = {
  name: '日'.repeat(100),
  command: ['/bin/sh', '-c', 'while [ -e config.json ]; do sleep 0.1; done'],
};
const server = { rateLimit: { runs: 100_000 }, stopGrace: '50ms' };

async function startTalkative(
  t: Parameters<typeof startDaemon>[0] & Parameters<typeof createFolder>[0],
): Promise<TestDaemon> {
  const folder = createFolder(t);
  return await startDaemon(t, { tasks: { long: { ...long, cwd: folder } }, server, folder });
}

/** Calls a task, which is answered with the running run, until the log has grown by so many bytes. */
async function fillLog({ url, folder }: Pick<TestDaemon, 'url' | 'folder'>, bytes: number): Promise<void> {
  const size = (): number => fs.statSync(path.join(folder, 'log.txt')).size;
  const enough = size() + bytes;
  while (size() < enough) {
    const responses = await Promise.all(Array.from({ length: 50 }, async () => await fetch(url('long'))));
    for (const response of responses) {
      await response.text();
      assert.equal(response.status, 202);
    }
  }
}

test('a daemon goes on though nobody reads what it prints, and though its reader left', async (t) => {
  const daemon = await startTalkative(t);
  daemon.child.stdout?.pause();
  await fillLog(daemon, 500_000);
  daemon.child.stdout?.destroy();
  daemon.child.stderr?.destroy();
  await fillLog(daemon, 50_000);
  assert.equal(await daemon.stop(), 0);
});

test('neither a pipe that nobody reads, nor a closed or full output, stops a daemon', async (t) => {
  const before = await startTalkative(t);
  assert.equal(await before.stop(), 0);
  const { folder } = before;
  const fifo = path.join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const unread = fs.openSync(fifo, fs.constants.O_RDWR);
  const full = fs.openSync('/dev/full', 'w');
  t.after(() => [unread, full].forEach((fd) => fs.closeSync(fd)));
  const serve = [process.execPath, findProgram(), 'serve', '--config', path.join(folder, 'config.json')];
  const cases: Record<string, [argv: readonly string[], stdio: StdioOptions]> = {
    'a pipe': [serve, ['ignore', unread, unread]],
    full: [serve, ['ignore', full, full]],
    closed: [['/bin/sh', '-c', 'exec "$@" <&- >&- 2>&-', 'sh', ...serve], 'ignore'],
  };
  for (const [what, [[file = '', ...args], stdio]] of Object.entries(cases)) {
    fs.rmSync(path.join(folder, 'log.txt'));
    const child = spawn(file, args, { stdio });
    const exited = once(child, 'exit');
    t.after(() => child.kill('SIGKILL'));
    await until(
      () => before.log().find(({ event }) => event === 'listening'),
      `the daemon to listen: ${what}`,
    );
    await fillLog(before, what === 'a pipe' ? 200_000 : 20_000);
    child.kill('SIGTERM');
    assert.deepEqual(await exited, [0, null], what);
  }
});

test('HUP, or a second without a look, finds a log file that was moved; strangers are served while there is no place for one', async (t) => {
  const daemon = await startTalkative(t);
  const log = path.join(daemon.folder, 'log.txt');
  fs.renameSync(log, `${log}.old`);
  daemon.child.kill('SIGHUP');
  await until(async () => {
    await (await fetch(daemon.url('long'))).text();
    return fs.existsSync(log) || undefined;
  }, 'a new log file');

  fs.rmSync(log);
  fs.mkdirSync(log);
  await until(
    async () => ((await fetch(daemon.url('long'))).status === 503 ? true : undefined),
    'starts to be refused',
  );
  assert.equal((await fetch(daemon.base)).status, 404);
  fs.rmdirSync(log);
  assert.equal((await fetch(daemon.url('long'))).status, 202);
  const reports = daemon
    .printed()
    .split('\n')
    .filter((line) => /"event":"log-(un)?writable"/.test(line))
    .map((line) => (JSON.parse(line) as { event: string }).event);
  assert.deepEqual(reports, ['log-unwritable', 'log-writable']);
  assert.ok(daemon.log().length > 0);
});

test('no name and no output breaks a line of the log or of the history', async (t) => {
  const id = 'odd\u2028';
  const name = '{"event":"forged"}\u2028\u2029"\\ 🌉';
  const script =
    'printf \'\\033]0;title\\007\\n{"event":"forged"}\\n\'; printf \'{"event":"forged"}\\n\' >&2; exit 1';
  const daemon = await startDaemon(t, {
    tasks: { [id]: { name, command: ['/bin/sh', '-c', script], output: 'all' } },
  });
  await (await fetch(`${daemon.url(id)}?wait=60`)).text();
  const end = await until(() => daemon.history().find(({ event }) => event === 'end'), 'the end');
  assert.deepEqual(end['outcome'], { kind: 'failed', exitCode: 1 });
  assert.equal(daemon.history().find(({ event }) => event === 'start')?.['name'], name);
  assert.ok(![...daemon.log(), ...daemon.history()].some(({ event }) => event === 'forged'));
  for (const text of [fs.readFileSync(path.join(daemon.folder, 'log.txt'), 'utf8'), daemon.printed()])
    assert.doesNotMatch(text, /[\u001B\u0085\u009B\u2028\u2029\u202E]/);
  assert.ok(daemon.log().some(({ task }) => task === id));
});
