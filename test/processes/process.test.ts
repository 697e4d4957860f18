// One child and its group: how it is stopped, what it may leave behind, and how much it may print.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createFolder, until } from '../support/daemon.ts';
import { escapingScript, lives, readProc } from '../support/processes.ts';
import { runScript, type CommandRun } from '../support/run-command.ts';

/** The process ids that a script printed, once there are as many as `count`. */
async function pidsOf(run: CommandRun, count: number): Promise<number[]> {
  return await until(() => {
    const pids = run.printed().split('\n').slice(0, -1).map(Number);
    return pids.length >= count ? pids : undefined;
  }, `${count} process ids`);
}

const long = 60_000;

test('a program that ends at TERM is not waited for any longer', async () => {
  const run = runScript('echo $$; trap "exit 7" TERM; while :; do sleep 0.01; done', { graceMs: long });
  await pidsOf(run, 1);
  run.stop();
  assert.deepEqual(await run.ended, { kind: 'failed', exitCode: 7 });
});

test('a program that does not end at TERM is killed after the grace period: it ignores or traps the signal, or is stopped', async () => {
  const cases: [string, string][] = [
    ['ignores', 'trap "" TERM; echo $$; while :; do sleep 1; done'],
    ['traps and sleeps', 'trap "sleep 60" TERM; echo $$; while :; do sleep 1; done'],
    ['stops itself again and again', 'trap "kill -STOP $$" TERM; echo $$; while :; do sleep 0.01; done'],
  ];
  await Promise.all(
    cases.map(async ([what, script]) => {
      const run = runScript(script, { graceMs: 200 });
      await pidsOf(run, 1);
      run.stop();
      assert.deepEqual(await run.ended, { kind: 'failed', signal: 'SIGKILL' }, what);
    }),
  );
});

test('a stopped (SIGSTOP) program gets to see TERM', async () => {
  const run = runScript('trap "exit 9" TERM; echo $$; kill -STOP $$; while :; do sleep 0.01; done', {
    graceMs: long,
  });
  const [pid = 0] = await pidsOf(run, 1);
  await until(() => /^State:\s+T/m.test(readProc(`${pid}/status`)) || undefined, 'the program to be stopped');
  run.stop();
  assert.deepEqual(await run.ended, { kind: 'failed', exitCode: 9 });
});

test('the whole group is ended, and the run is over only when nothing of it lives', async () => {
  const cases: [string, string, number][] = [
    ['children that end at TERM', 'sleep 60 & echo $!; sleep 60 & echo $!; wait', long],
    [
      'a child that ignores TERM, of a parent that does not',
      '(trap "" TERM; while :; do sleep 1; done) & echo $!; echo $$; wait',
      200,
    ],
    ['grandchildren', '(sleep 60 & echo $!; wait) & echo $!; wait', long],
  ];
  await Promise.all(
    cases.map(async ([what, script, graceMs]) => {
      const run = runScript(script, { graceMs });
      const pids = await pidsOf(run, 2);
      run.stop();
      await run.ended;
      assert.deepEqual(pids.filter(lives), [], what);
    }),
  );
});

test('a program has ended even if other processes have its pipes open, and these continue', async (t) => {
  const cases: [string, string][] = [
    ['in its group', 'sleep 60 & echo $!;'],
    [
      'in a session of its own',
      `setsid sh -c 'echo $$; : > ready; exec sleep 60' & until [ -e ready ]; do sleep 0.01; done;`,
    ],
  ];
  await Promise.all(
    cases.map(async ([what, script]) => {
      const run = runScript(`${script} exit 3`, { cwd: createFolder(t) });
      const [pid = 0] = await pidsOf(run, 1);
      t.after(() => process.kill(pid, 'SIGKILL'));
      assert.deepEqual(await run.ended, { kind: 'failed', exitCode: 3 }, what);
      assert.equal(lives(pid), true, what);
    }),
  );
});

test('a stopped run is over even if a process outside its session has the pipes open, and the reason names that process', async (t) => {
  const run = runScript(`${escapingScript} wait`, { graceMs: 200 });
  const [pid = 0] = await pidsOf(run, 1);
  t.after(() => process.kill(pid, 'SIGKILL'));
  run.stop();
  const reason = `Processes that made themselves independent go on: ${pid}.`;
  assert.deepEqual(await run.ended, { kind: 'failed', signal: 'SIGTERM', reason });
  assert.equal(lives(pid), true);
});

test('a run continues after its program has closed all its descriptors', async (t) => {
  const gate = path.join(createFolder(t), 'gate');
  const run = runScript(
    `exec <&- >&- 2>&-; until [ -e ${gate} ] || [ ! -d ${path.dirname(gate)} ]; do sleep 0.01; done; exit 5`,
  );
  let isOver = false;
  void run.ended.then(() => (isOver = true));
  await until(
    () => fs.readdirSync(`/proc/${run.pid}/fd`).every((fd) => Number(fd) > 2) || undefined,
    'the descriptors to be closed',
  );
  assert.equal(isOver, false);
  fs.writeFileSync(gate, '');
  assert.deepEqual(await run.ended, { kind: 'failed', exitCode: 5 });
});

test('both outputs are read side by side, in whatever order and amount they come', async () => {
  const cases: [string, number][] = [
    ['head -c 1000000 /dev/zero >&2; head -c 1000000 /dev/zero', 2_000_000],
    ['for i in 1 2 3 4 5; do head -c 200000 /dev/zero; head -c 200000 /dev/zero >&2; done', 2_000_000],
  ];
  for (const [script, bytes] of cases) {
    const run = runScript(script);
    assert.deepEqual(await run.ended, { kind: 'succeeded', exitCode: 0 });
    assert.equal(run.printed().length, bytes);
  }
});

test('a stop before the start, and one after the end, do no harm', async () => {
  const ended = runScript('exit 0');
  assert.deepEqual(await ended.ended, { kind: 'succeeded', exitCode: 0 });
  ended.stop();
  const stoppedAtOnce = runScript('sleep 60', { graceMs: long });
  stoppedAtOnce.stop();
  assert.deepEqual(await stoppedAtOnce.ended, { kind: 'failed', signal: 'SIGTERM' });
});
