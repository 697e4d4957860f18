// The end of a program decides how its run ended: not what holds its output, and not a stop that comes too late.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import { startCommand } from '../../src/runners/command.ts';
import type { Pipes } from '../../src/processes/pipes.ts';
import { newRunId, type Run } from '../../src/runs/run.ts';
import type { Task } from '../../src/tasks.ts';
import { createFolder } from '../support/daemon.ts';
import { createTestLogger } from '../support/logger.ts';
import { createTestPipes, withoutPipes } from '../support/pipes.ts';
import { lives } from '../support/processes.ts';
import { createTask } from '../support/runs.ts';
import { createWorkedRun } from '../support/worker.ts';

const pipes = createTestPipes();

async function begin(
  script: string,
  task: Partial<Task> = {},
  from: Pick<Pipes, 'open'> = pipes,
): Promise<Run> {
  const run = createWorkedRun({
    id: newRunId(),
    task: createTask(task),
    clock: systemClock,
    logger: createTestLogger().logger,
    execute: (io) =>
      startCommand({ argv: ['/bin/sh', '-c', script], cwd: '/', env: {}, user: undefined }, io, from),
  });
  await run.begin();
  return run;
}

/** Waits for the end of a run's program without letting anybody hear of it. */
function awaitEndUnheard(run: Run): void {
  const pid = run.process()?.pid;
  // Without an identity it had ended before it could be looked at.
  while (pid !== undefined && lives(pid)) fs.statSync('/');
}

const kinds: readonly (readonly [what: string, task: Partial<Task>, from?: Pick<Pipes, 'open'>])[] = [
  ['nothing', { output: 'none' }],
  ['a pipe', { output: 'all' }],
  ['streams', { output: 'all' }, withoutPipes],
];

for (const [what, task, from] of kinds) {
  test(`a stop between the end of a program and its report changes nothing (prints into ${what})`, async () => {
    for (const [script, outcome] of [
      ['exit 0', { kind: 'succeeded', exitCode: 0 }],
      ['exit 3', { kind: 'failed', exitCode: 3 }],
      ['kill -KILL $$', { kind: 'failed', signal: 'SIGKILL' }],
      ['sleep 0.2 & exit 0', { kind: 'succeeded', exitCode: 0 }],
    ] as const) {
      const run = await begin(script, task, from);
      awaitEndUnheard(run);
      run.stop();
      assert.deepEqual(await run.ended, outcome, script);
    }
  });

  test(`a time-out while only what a program left behind goes on changes nothing (prints into ${what})`, async () => {
    const run = await begin('(sleep 2; echo late) & exit 0', { ...task, timeoutMs: 250 }, from);
    awaitEndUnheard(run);
    assert.deepEqual(await run.ended, { kind: 'succeeded', exitCode: 0 });
  });
}

test('a program that is running when its time is over has timed out, though it then ends with status 0', async () => {
  for (const output of ['none', 'all'] as const) {
    const run = await begin('trap "exit 0" TERM; while :; do sleep 0.01; done', { output, timeoutMs: 300 });
    assert.deepEqual(await run.ended, { kind: 'timed-out', exitCode: 0 });
  }
});

test('a run takes no longer than its program, whatever holds its output', async (t) => {
  const folder = createFolder(t);
  for (const output of ['none', 'all'] as const) {
    const file = path.join(folder, output);
    const run = await begin(`sleep 300 & echo $! > ${file}; exit 0`, { output });
    await run.ended;
    const holder = Number(fs.readFileSync(file, 'utf8'));
    assert.ok(lives(holder), 'what holds its output has not ended');
    process.kill(holder);
  }
});
