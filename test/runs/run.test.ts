// One run: what may be told of it, how its time ends, and what is shown of its output.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../../src/outcome.ts';
import type { Run } from '../../src/runs/run.ts';
import { renderOutput, renderState } from '../../src/runs/run-view.ts';
import type { Execution, RunIo } from '../../src/runners/execution.ts';
import { createTestLogger } from '../support/logger.ts';
import { createTask, settle } from '../support/runs.ts';
import { createWorkedRun } from '../support/worker.ts';

interface Begun {
  readonly run: Run;
  readonly io: RunIo;
  /** Ends the work, and waits until the run knows. */
  end(outcome: Outcome): Promise<Outcome>;
  tick(ms: number): void;
}

function begin(task: Parameters<typeof createTask>[0] = {}): Begun {
  const { promise: ended, resolve } = Promise.withResolvers<Outcome>();
  const ios: RunIo[] = [];
  let now = 1000;
  const run = createWorkedRun({
    id: 'the-run',
    task: createTask(task),
    execute(io) {
      ios.push(io);
      return { process: { pid: 4711, startTicks: '1', bootId: 'b' }, ended };
    },
    logger: createTestLogger().logger,
    clock: { nowMs: () => now, wallMs: () => Date.UTC(2026, 0, 2, 3, 4, 5) },
  });
  void run.begin();
  const [io] = ios;
  assert.ok(io);
  return {
    run,
    io,
    async end(outcome) {
      resolve(outcome);
      return await run.ended;
    },
    tick: (ms) => void (now += ms),
  };
}

test('a run counts its time until it has ended, and tells who, when and how', async () => {
  const { run, end, tick } = begin({ name: 'Lights off' });
  await settle();
  assert.equal(run.process()?.pid, 4711);
  tick(30);
  assert.equal(run.elapsedMs(), 30);
  assert.equal(renderState(run.view()), 'running');
  await end({ kind: 'failed', exitCode: 3 });
  tick(500);
  assert.deepEqual(run.view(), {
    run: 'the-run',
    task: 'task',
    name: 'Lights off',
    icon: undefined,
    state: 'ended',
    isStoppable: false,
    acceptedAt: '2026-01-02T03:04:05.000Z',
    startedAt: '2026-01-02T03:04:05.000Z',
    endedAt: '2026-01-02T03:04:05.000Z',
    waitedMs: 0,
    elapsedMs: 30,
    usualMs: undefined,
    outcome: { kind: 'failed', exitCode: 3 },
    output: undefined,
  });
  assert.equal(renderState(run.view()), 'failed with exit status 3');
});

test('each outcome has its words', () => {
  const cases: [Outcome, string][] = [
    [{ kind: 'succeeded', exitCode: 0 }, 'succeeded'],
    [{ kind: 'failed', exitCode: 255 }, 'failed with exit status 255'],
    [{ kind: 'failed', signal: 'SIGSEGV' }, 'failed by SIGSEGV'],
    [{ kind: 'failed', reason: 'The program does not exist.' }, 'failed'],
    [{ kind: 'timed-out', signal: 'SIGKILL' }, 'timed out'],
    [{ kind: 'lost' }, 'lost'],
    [{ kind: 'unconfirmed', reason: 'Nobody knows.' }, 'unconfirmed'],
  ];
  const { run } = begin();
  for (const [outcome, words] of cases) assert.equal(renderState({ ...run.view(), outcome }), words);
});

test('a run is told to stop when its time is over, and has timed out however it then ended, unless nobody knows', async () => {
  const cases: [Outcome, Outcome['kind']][] = [
    [{ kind: 'failed', signal: 'SIGTERM' }, 'timed-out'],
    [{ kind: 'succeeded', exitCode: 0 }, 'timed-out'],
    [{ kind: 'unconfirmed', reason: 'It may still be running.' }, 'unconfirmed'],
  ];
  await Promise.all(
    cases.map(async ([reported, kind]) => {
      const { io, end } = begin({ timeoutMs: 5, graceMs: 7 });
      assert.equal(io.graceMs, 7);
      assert.equal(io.stop.aborted, false);
      await new Promise((resolve) => {
        io.stop.addEventListener('abort', resolve, { once: true });
      });
      assert.deepEqual(await end(reported), { ...reported, kind });
    }),
  );
});

test('output is shown as the task allows, and a line says how many bytes are not shown', async () => {
  const lines = (n: number): string => Array.from({ length: n }, (_, i) => `line ${i + 1}\n`).join('');
  const cases: ['none' | 'tail' | 'all', string | Buffer, string | undefined][] = [
    ['none', 'secret\n', undefined],
    ['all', '', ''],
    ['tail', '', ''],
    ['tail', '\n', '\n'],
    ['tail', 'no line end', 'no line end'],
    ['tail', lines(20), lines(20)],
    ['tail', lines(20).slice(0, -1), lines(20).slice(0, -1)],
    ['tail', lines(21), `[7 bytes before this are not shown.]\n${lines(21).slice(7)}`],
    ['tail', `${lines(20)}end`, `[7 bytes before this are not shown.]\n${lines(20).slice(7)}end`],
    ['tail', `\n${lines(20)}`, `[1 bytes before this are not shown.]\n${lines(20)}`],
    ['tail', '\n'.repeat(25), `[5 bytes before this are not shown.]\n${'\n'.repeat(20)}`],
    [
      'tail',
      Buffer.concat([Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from(lines(20))]),
      `[3 bytes before this are not shown.]\n${lines(20)}`,
    ],
    ['all', lines(30), lines(30)],
    ['all', Buffer.from([0x61, 0xff, 0x62]), 'a\uFFFDb'],
    ['all', 'x'.repeat(65_536), 'x'.repeat(65_536)],
    [
      'all',
      `${'a'.repeat(10)}${'x'.repeat(65_536)}`,
      `[10 bytes before this are not shown.]\n${'x'.repeat(65_536)}`,
    ],
    ['tail', `${'a'.repeat(70_000)}\n${lines(20)}`, `[70001 bytes before this are not shown.]\n${lines(20)}`],
  ];
  for (const [output, printed, shown] of cases) {
    const { run, io, end } = begin({ output });
    io.onOutput?.(Buffer.from(printed));
    assert.equal(renderOutput(run.view()), shown, 'while it runs');
    await end({ kind: 'succeeded', exitCode: 0 });
    assert.equal(renderOutput(run.view()), shown, 'after it ended');
  }
});

test('a run whose output was given up says so, and shows none where none was shown before', async () => {
  for (const [output, shown] of [
    ['all', '[The output of this run is no longer kept.]\n'],
    ['none', undefined],
  ] as const) {
    const { run, io, end } = begin({ output });
    io.onOutput?.(Buffer.from('text'));
    await end({ kind: 'succeeded', exitCode: 0 });
    run.forgetOutput();
    assert.equal(renderOutput(run.view()), shown);
  }
});

test('a mistake of ours in a run ends it as lost from sight, and is logged with its stack', async () => {
  const { logger, lines } = createTestLogger();
  const clock = { nowMs: () => 0, wallMs: () => 0 };
  const never = new Promise<Outcome>(() => {});
  const faults: readonly ((io: RunIo) => Execution)[] = [
    () => {
      throw new Error('at its start');
    },
    () => ({ process: undefined, ended: Promise.reject(new Error('at its end')) }),
    (io) => {
      // What is no text and no bytes breaks whatever takes it.
      const { onOutput } = io;
      assert.ok(onOutput !== undefined);
      setImmediate(() => Reflect.apply(onOutput, undefined, [undefined]));
      return { process: undefined, ended: never };
    },
  ];
  for (const execute of faults) {
    const before = lines.length;
    const run = createWorkedRun({
      id: 'the-run',
      task: createTask({ output: 'all' }),
      execute,
      logger,
      clock,
    });
    await run.begin();
    assert.equal((await run.ended).kind, 'lost');
    assert.match(run.view().outcome?.reason ?? '', /^A mistake in remotetask/);
    assert.deepEqual(
      [lines.length - before, lines.at(-1)?.['event'], lines.at(-1)?.['run']],
      [1, 'bug', 'the-run'],
    );
  }
});
