// `remotetask stop`: lists runs, stops one by its id or the beginning of it, and says why it could not.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { callCli } from '../support/call-cli.ts';
import { runCli, type CliResult } from '../support/cli.ts';
import { createFolder, startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { writePast } from '../support/past.ts';
import { lives, startSleeper } from '../support/processes.ts';

const task = {
  command: ['/bin/sh', '-c', 'echo secret; exec sleep 60'],
  name: 'Task',
  output: 'all',
  grace: '200ms',
};

async function stop(
  { folder }: TestDaemon | { folder: string },
  args: readonly string[] = [],
  uid?: number,
): Promise<CliResult> {
  const command = ['stop', '--config', path.join(folder, 'config.json'), ...args];
  return uid === undefined ? await callCli(command) : await runCli(command, { uid });
}

const noSuchRun =
  'No run under way, or more than one, has an id that begins so [no-such-run]\n  `remotetask stop` lists the runs under way\n';

test('runs are listed, and stopped by their id, whether their page may stop them or not', async (t) => {
  const daemon = await startDaemon(t, { tasks: { task } });
  assert.equal((await stop(daemon)).stdout, 'No run is under way.\n');
  const { run } = (await (
    await fetch(daemon.url('task'), { headers: { accept: 'application/json' } })
  ).json()) as { run: string };
  const listed = await stop(daemon);
  assert.deepEqual([listed.status, listed.stderr], [0, '']);
  assert.match(listed.stdout, new RegExp(`^${run}  Task \\(running, since [\\d-]+T[\\d:.]+Z\\)\n$`));
  const stopped = await stop(daemon, run.startsWith('-') ? ['--', run] : [run]);
  assert.deepEqual([stopped.status, stopped.stderr], [0, '']);
  assert.match(stopped.stdout, /^Task: stopped after [\d.]+ m?s\.\n$/);
  assert.equal((await stop(daemon)).stdout, 'No run is under way.\n');
  const gone = await stop(daemon, run.startsWith('-') ? ['--', run] : [run]);
  assert.deepEqual([gone.status, gone.stdout, gone.stderr], [1, '', noSuchRun]);
});

test('the beginning of an id is enough where it fits one run only; a dash is no option behind --', async (t) => {
  const folder = createFolder(t);
  const ids = ['same-beginning-one-....', 'same-beginning-two-....', '-begins-with-a-dash-..'].map((id) =>
    id.replaceAll('.', 'x').slice(0, 22),
  );
  const sleepers = await Promise.all(ids.map(async () => await startSleeper(t)));
  writePast(
    folder,
    ids.map((run, i) => ({ run, begun: sleepers[i] ?? true })),
  );
  const daemon = await startDaemon(t, { folder, tasks: { task } });
  const alive = (): boolean[] => sleepers.map(({ pid }) => lives(pid));
  assert.equal((await stop(daemon)).stdout.split('\n').length, 4);
  for (const fits of ['same-beginning', 'x', '*']) {
    const { status, stderr } = await stop(daemon, [fits]);
    assert.deepEqual([status, stderr, alive()], [1, noSuchRun, [true, true, true]], fits);
  }
  const dash = await stop(daemon, ['-begins']);
  assert.deepEqual([dash.status, alive()], [2, [true, true, true]]);
  assert.equal((await stop(daemon, ['--', '-begins'])).status, 0);
  assert.deepEqual(alive(), [true, true, false]);
  assert.equal((await stop(daemon, ['same-beginning-t'])).status, 0);
  assert.deepEqual(
    [(await stop(daemon, [''])).status, alive()],
    [1, [true, false, false]],
    'nothing fits no run, also where there is one only',
  );
});

test('no daemon, or one of somebody else, is said to be out of reach', async (t) => {
  const folder = createFolder(t);
  const daemon = await startDaemon(t, { folder, tasks: { task } });
  const socket = path.join(folder, 'history.jsonl.sock');
  if (process.getuid?.() === 0) {
    fs.chmodSync(folder, 0o755);
    fs.chmodSync(path.join(folder, 'config.json'), 0o644);
    const { status, stderr } = await stop(daemon, [], 65_534);
    assert.deepEqual(
      [status, stderr],
      [
        1,
        `Cannot reach the daemon at ${socket} (EACCES) [no-daemon]\n  Is it running, with this config, and are you its user or root?\n`,
      ],
    );
  }
  await daemon.kill();
  for (const code of ['ECONNREFUSED', 'ENOENT']) {
    const { status, stdout, stderr } = await stop(daemon, ['x']);
    assert.deepEqual([status, stdout], [1, '']);
    assert.ok(stderr.startsWith(`Cannot reach the daemon at ${socket} (${code}) [no-daemon]\n`), stderr);
    fs.rmSync(socket, { force: true });
  }
});

test('at shutdown a run is left or stopped, as its task says, also one that ignores TERM', async (t) => {
  const script = 'trap "" TERM; echo $$; while :; do sleep 1; done';
  const stubborn = { command: ['/bin/sh', '-c', script], name: 'Stubborn', grace: '200ms', output: 'all' };
  const daemon = await startDaemon(t, {
    tasks: { stopped: { ...stubborn, atShutdown: 'stop' }, left: { ...stubborn, name: 'Left' } },
    server: { stopGrace: '50ms' },
  });
  for (const id of ['stopped', 'left']) await fetch(daemon.url(id));
  const pids = await until(() => {
    const begun = daemon
      .history()
      .flatMap(({ process }) => (process === undefined ? [] : [(process as { pid: number }).pid]));
    return begun.length === 2 ? begun : undefined;
  }, 'both processes in the history');
  t.after(() => pids.filter(lives).forEach((pid) => process.kill(-pid, 'SIGKILL')));
  assert.equal(await daemon.stop(), 0);
  assert.deepEqual(pids.map(lives), [false, true]);
  const ends = daemon.history().filter(({ event }) => event === 'end');
  assert.deepEqual(
    ends.map(({ outcome }) => outcome),
    [{ kind: 'stopped', signal: 'SIGKILL' }],
  );
  const left = daemon.log().find(({ event }) => event === 'run-left');
  assert.deepEqual(
    [left?.['task'], left?.['pid'], left?.['msg']],
    ['left', pids[1], `Leaves Left running (process ${pids[1]})`],
  );
});
