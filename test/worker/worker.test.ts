// The worker and the server's end of its link: what is started, what is refused, and what becomes of messages that nothing waits for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import type { Outcome } from '../../src/outcome.ts';
import { toRunnerDigest } from '../../src/worker/digest.ts';
import type { DsmRunIo } from '../../src/runners/execution.ts';
import type { Task } from '../../src/tasks.ts';
import type { EarlierRun, WorkIo } from '../../src/worker/client.ts';
import type { ToServer, ToWorker } from '../../src/worker/contract.ts';
import { trusting } from '../../src/worker/guard.ts';
import { createInsideLink, type ServerEnd } from '../../src/worker/link.ts';
import { createWorker } from '../../src/worker/worker.ts';
import { createTestLogger } from '../support/logger.ts';
import { createTask, settle } from '../support/runs.ts';
import { createTestWorker } from '../support/worker.ts';

const digest = toRunnerDigest(createTask().runner);
const start = { kind: 'start', run: 'a-run', task: 'task', digest, expiresAt: Date.now() + 30_000 } as const;
const quiet: WorkIo = { onOutput() {}, note: () => Promise.resolve(true) };

interface Bare {
  readonly link: ServerEnd;
  readonly answers: ToServer[];
  readonly ios: DsmRunIo[];
  readonly end: (outcome: Outcome) => void;
}

/** A worker at the other end of a link without a client. */
function openBare(findTask: (id: string) => Task | undefined = () => createTask()): Bare {
  const link = createInsideLink();
  const answers: ToServer[] = [];
  const ios: DsmRunIo[] = [];
  const { promise: ended, resolve: end } = Promise.withResolvers<Outcome>();
  const worker = createWorker({
    findTask,
    execute(_runner, io) {
      ios.push(io);
      return { process: undefined, ended };
    },
    adopt: () => assert.fail('nothing is adopted'),
    resume: () => assert.fail('nothing in DSM is followed'),
    answer: () => assert.fail('nothing is asked'),
    guard: trusting,
    keptBytes: 0,
    logger: createTestLogger().logger,
    clock: systemClock,
  });
  worker.attach(link.worker);
  link.server.receive((message) => void answers.push(message));
  return { link: link.server, answers, ios, end };
}

test('a start is refused where the worker has no such task, has disabled it, or runs it in another way by now', async () => {
  const other = createTask({
    runner: { kind: 'command', command: { argv: ['/bin/false'], cwd: '/', env: {}, user: undefined } },
  });
  for (const [task, code] of [
    [undefined, 'task-removed'],
    [createTask({ isEnabled: false }), 'task-disabled'],
    [other, 'task-changed'],
  ] as const) {
    const { link, answers, ios } = openBare(() => task);
    link.send(start);
    await settle();
    assert.deepEqual(
      answers.map((answer) => [answer.kind, 'outcome' in answer && answer.outcome.kind]),
      [['ended', 'failed']],
    );
    const [answer] = answers;
    assert.partialDeepStrictEqual(answer, { outcome: { why: { code } } });
    assert.equal(ios.length, 0);
  }
});

test('a run that is known already is not started again', async () => {
  const { link, answers, ios } = openBare();
  link.send(start);
  link.send(start);
  await settle();
  assert.deepEqual([answers.map(({ kind }) => kind), ios.length], [['begun'], 1]);
});

test('messages about runs that the worker does not have change nothing', async () => {
  const { link, answers, ios, end } = openBare();
  const strange: readonly ToWorker[] = [
    { kind: 'stop', run: 'another' },
    { kind: 'noted', run: 'a-run', note: 1, isWritten: true },
  ];
  for (const message of strange) link.send(message);
  assert.deepEqual(answers, []);
  link.send(start);
  for (const message of strange) link.send(message);
  end({ kind: 'succeeded', exitCode: 0 });
  await settle();
  for (const message of [{ kind: 'stop', run: 'a-run' } as const, ...strange]) link.send(message);
  assert.deepEqual(
    [answers.map(({ kind }) => kind), ios.map(({ stop }) => stop.aborted)],
    [['begun', 'ended'], [false]],
  );
});

test('much output at once arrives in several messages, complete and in order', async () => {
  const { link, answers, ios } = openBare(() => createTask({ output: 'all' }));
  link.send(start);
  const printed = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 251));
  ios[0]?.onOutput?.(printed);
  ios[0]?.onOutput?.(Buffer.alloc(0));
  const parts = answers.flatMap((answer) => (answer.kind === 'output' ? [answer.bytes] : []));
  assert.deepEqual([parts.length, Buffer.concat(parts).equals(printed)], [4, true]);
});

test('the work waits for the answer to its note, and gets it whatever other notes are open', async () => {
  const answers: ((isWritten: boolean) => void)[] = [];
  let io: DsmRunIo | undefined;
  const worker = createTestWorker({
    findTask: () => createTask(),
    execute(_runner, given) {
      io = given;
      return { process: undefined, ended: new Promise(() => {}) };
    },
    logger: createTestLogger().logger,
  });
  const note: WorkIo['note'] = async () => await new Promise((resolve) => void answers.push(resolve));
  worker.start(start, { ...quiet, note });
  assert.ok(io !== undefined);
  const trace = { before: { keys: [] } };
  const both = [io.note(trace), io.note(trace)];
  answers[1]?.(false);
  assert.equal(await both[1], false);
  answers[0]?.(true);
  assert.equal(await both[0], true);
});

test('a message against the contract never arrives: the run that it is about is lost, with a line in the log', async () => {
  const { logger, lines } = createTestLogger();
  const worker = createTestWorker({ logger });
  const work = worker.start({ ...start, task: 'x'.repeat(1001) }, quiet);
  assert.deepEqual([await work.begun, (await work.ended).kind], [undefined, 'lost']);
  assert.deepEqual(
    lines.map(({ event, run }) => [event, run]),
    [['bug', 'a-run']],
  );
});

test('an outcome against the contract ends its run all the same, as lost, with a line in the log', async () => {
  const { logger, lines } = createTestLogger();
  const worker = createTestWorker({
    findTask: () => createTask(),
    execute: () => ({
      process: undefined,
      ended: Promise.resolve({ kind: 'failed', reason: 'x'.repeat(10_001) }),
    }),
    logger,
  });
  assert.equal((await worker.start(start, quiet).ended).kind, 'lost');
  assert.deepEqual(
    lines.map(({ event, run }) => [event, run]),
    [['bug', 'a-run']],
  );
});

test('an earlier run of which nothing is left is unknown, and one whose task is gone has no known end', async () => {
  const worker = createTestWorker({ logger: createTestLogger().logger });
  const lost = (): Outcome => ({ kind: 'lost' });
  const unknown = await worker.resume({ run: 'long-gone', task: 'task' }, quiet, lost);
  assert.partialDeepStrictEqual(unknown, { kind: 'ended', outcome: { kind: 'lost' } });
  const dsm: EarlierRun['dsm'] = {
    nas: '',
    task: { kind: 'scheduled', id: 7 },
    trace: { before: { keys: [] } },
    agoMs: 5,
  };
  const resumed = await worker.resume({ run: 'in-dsm', task: 'task', dsm }, quiet, lost);
  assert.partialDeepStrictEqual(resumed, {
    kind: 'ended',
    outcome: { kind: 'unconfirmed', why: { code: 'task-gone' } },
  });
});
