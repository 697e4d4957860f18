// `remotetask run`, `status`, `restart` and `shutdown`: real processes that speak to a real daemon.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import packageJson from '../../package.json' with { type: 'json' };
import { toStatus } from '../../src/cli/run.ts';
import { Status } from '../../src/daemon/status.ts';
import { cleanEnv, runCli, spawnCli } from '../support/cli.ts';
import { startDaemon, until } from '../support/daemon.ts';
import { findProgram } from '../support/program.ts';

const say = { command: ['/bin/sh', '-c', 'printf "one\\ntwo"; exit 3'], output: 'all', cooldown: '0s' };

test('run shows the output alone on standard output, and ends with the exit status of the run', async (t) => {
  const daemon = await startDaemon(t, {
    tasks: { say, mute: { command: ['/bin/echo', 'one'] } },
  });
  const config = ['--config', path.join(daemon.folder, 'config.json')];
  const mute = await runCli(['run', 'mute', ...config]);
  assert.equal(mute.stdout, '');
  assert.match(mute.stderr, /^Started run .*\nWhat it prints is not shown: tasks\.mute\.output is "none"\n/);
  const said = await runCli(['run', 'say', ...config]);
  assert.deepEqual([said.status, said.stdout], [3, 'one\ntwo\n']);
  assert.match(said.stderr, /^Started run [\w-]{22}\n.*failed with exit status 3 after .*\.\n$/);
  const missing = await runCli(['run', 'nothing', ...config]);
  assert.deepEqual([missing.status, missing.stdout], [2, '']);
  assert.match(missing.stderr, /^The daemon has no task "nothing" that may be started \[no-such-task\]/);
  const attempt = daemon.log().find(({ event, task }) => event === 'attempt' && task === 'say');
  assert.deepEqual(
    [attempt?.['label'], attempt?.['result'], attempt?.['task']],
    ['command line', 'started', 'say'],
  );
});

test('run is refused like any call, and Ctrl-C leaves the run alone', async (t) => {
  const wait = { command: ['/bin/sh', '-c', 'echo begun; sleep 600'], output: 'all' };
  const daemon = await startDaemon(t, { tasks: { wait: { ...wait, whenBusy: 'reject' } } });
  const config = ['--config', path.join(daemon.folder, 'config.json')];
  const first = spawnCli(t, ['run', 'wait', ...config]);
  await until(() => (first.printed().includes('begun') ? true : undefined), 'live output');
  const busy = await runCli(['run', 'wait', ...config]);
  assert.deepEqual([busy.status, busy.stdout], [75, '']);
  assert.match(busy.stderr, /^.* was not started: it is running \[not-started\]\n/);
  first.child.kill('SIGINT');
  assert.equal(await first.ended, 130);
  const [, id = ''] = /The run continues; `remotetask stop ([\w-]{22})` stops it/.exec(first.printed()) ?? [];
  const status = await runCli(['status', '--json', ...config]);
  const { runs } = Status.parse(JSON.parse(status.stdout));
  assert.deepEqual(
    runs.map(({ run, state }) => [run, state]),
    [[id, 'running']],
  );
  const stopped = await runCli(['stop', id, '--json', ...config]);
  assert.equal(JSON.parse(stopped.stdout).state, 'stopped');
});

test('the exit status tells the outcomes apart', () => {
  const outcomes: readonly [Parameters<typeof toStatus>[0], number][] = [
    [{ kind: 'succeeded', exitCode: 0 }, 0],
    [{ kind: 'failed', exitCode: 7 }, 7],
    [{ kind: 'failed', signal: 'SIGKILL' }, 137],
    [{ kind: 'failed', reason: 'It could not be started.' }, 1],
    [{ kind: 'timed-out', signal: 'SIGTERM' }, 124],
    [{ kind: 'stopped', signal: 'SIGTERM' }, 143],
    [{ kind: 'lost' }, 125],
    [{ kind: 'unconfirmed' }, 125],
  ];
  for (const [outcome, status] of outcomes) assert.equal(toStatus(outcome), status, outcome.kind);
});

test('restart returns when a new daemon answers, and shutdown when it has ended', async (t) => {
  const daemon = await startDaemon(t, { tasks: { say } });
  const file = path.join(daemon.folder, 'config.json');
  const load = async (): Promise<Status> =>
    Status.parse(JSON.parse((await runCli(['status', '--json', '--config', file])).stdout));
  const before = await load();
  assert.deepEqual(
    [before.pid, before.version, before.ok, before.config.file],
    [daemon.pid, packageJson.version, true, file],
  );
  const good = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, '{');
  const refused = await runCli(['restart', '--config', file]);
  assert.equal(refused.status, 2);
  fs.writeFileSync(file, good);
  const restarted = await runCli(['restart', '--config', file]);
  assert.equal(restarted.status, 0, restarted.stderr);
  assert.equal(daemon.child.exitCode, 0);
  const after = await load();
  t.after(() => isAlive(after.pid) && process.kill(after.pid, 'SIGKILL'));
  assert.notEqual(after.pid, before.pid);
  assert.ok(restarted.stdout.includes(`process ${after.pid}`), restarted.stdout);
  assert.equal((await runCli(['shutdown', '--config', file])).status, 0);
  assert.equal(isAlive(after.pid), false);
  const again = await runCli(['shutdown', '--config', file]);
  assert.equal(again.status, 3);
  assert.match(again.stderr, /\[not-running\]/);
});

test('a supervised daemon leaves its restart to the supervisor, by exit status 75', async (t) => {
  const daemon = await startDaemon(t, { tasks: { say }, env: { REMOTETASK_SUPERVISED: '1' } });
  const file = path.join(daemon.folder, 'config.json');
  const exited = once(daemon.child, 'exit');
  const late = await runCli(['restart', '--timeout', '2s', '--config', file]);
  await exited;
  assert.equal(daemon.child.exitCode, 75);
  assert.equal(late.status, 4);
  assert.match(late.stderr, /^The daemon has ended, but no new one answers \[not-in-time\]/);
});

test('a daemon that meets one that is stopping waits for its end, and shutdown --timeout gives up waiting', async (t) => {
  const slow = { command: ['/bin/sh', '-c', 'while [ ! -e go ]; do sleep 0.1; done'], output: 'none' };
  const daemon = await startDaemon(t, { tasks: { slow }, server: { stopGrace: '5m' } });
  const { folder } = daemon;
  fs.chmodSync(folder, 0o755);
  const file = path.join(folder, 'config.json');
  const config = JSON.parse(fs.readFileSync(file, 'utf8'));
  config.tasks.slow.cwd = folder;
  fs.writeFileSync(file, JSON.stringify(config));
  await daemon.logged(({ event }) => event === 'config-taken');
  assert.equal((await fetch(daemon.url('slow'))).status, 202);
  const stillStopping = await runCli(['shutdown', '--timeout', '300ms', '--config', file]);
  assert.equal(stillStopping.status, 4);
  assert.match(stillStopping.stderr, /is still stopping \[not-in-time\]/);
  const next = spawn(process.execPath, [findProgram(), 'serve', '--config', file], {
    env: cleanEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => next.kill('SIGKILL'));
  let printed = '';
  for (const stream of [next.stdout, next.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await until(
    () => (printed.includes('is stopping; waiting for its end') ? true : undefined),
    'the new daemon to wait',
  );
  fs.writeFileSync(path.join(folder, 'go'), '');
  await until(
    () => (printed.includes('"event":"listening"') || next.exitCode !== null ? true : undefined),
    'the new daemon',
  );
  assert.equal(next.exitCode, null, printed);
  assert.equal(daemon.child.exitCode, 0);
  const stopped = once(next, 'exit');
  next.kill('SIGTERM');
  await stopped;
});

/** Whether a process runs; one that has ended may stay in the list of processes until its parent asks for its exit status. */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test('a config that cannot be used leaves the running daemon within reach', async (t) => {
  const sleep = { command: ['/bin/sleep', '600'] };
  const daemon = await startDaemon(t, { tasks: { sleep }, more: { history: { file: 'runs.jsonl' } } });
  const file = path.join(daemon.folder, 'config.json');
  const config = ['--config', file];
  await fetch(daemon.url('sleep'));
  const { server: _, ...rest } = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>;
  fs.writeFileSync(file, JSON.stringify(rest));
  await until(
    () => daemon.log().find(({ event }) => event === 'config-refused'),
    'the refusal of the broken config',
  );
  const status = await runCli(['status', ...config]);
  assert.equal(status.status, 1);
  assert.match(status.stdout, /The file was refused at/);
  assert.match((await runCli(['log', ...config])).stdout, /the daemon continues with the last good one/);
  assert.match((await runCli(['stop', ...config])).stdout, /running, since/);
  const restart = await runCli(['restart', ...config]);
  assert.match(restart.stderr, /\[config-invalid\]/);
  const shutdown = await runCli(['shutdown', ...config]);
  assert.match(shutdown.stdout, /^The daemon has ended/);
  assert.match((await runCli(['status', ...config])).stderr, /\[config-invalid\]/);
});
