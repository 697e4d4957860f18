// Questions to a worker: each answer reaches its question, what cannot be answered ends, and a flood of them is bounded.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnswering } from '../../src/worker/answering.ts';
import { createAsker } from '../../src/worker/asker.ts';
import type { ToServer } from '../../src/worker/contract.ts';
import { createNasStates } from '../../src/worker/nas-states.ts';
import type { Answer } from '../../src/worker/questions.ts';
import { createTestClock } from '../support/clock.ts';
import { createTestLogger } from '../support/logger.ts';
import { settle } from '../support/runs.ts';
import { createTestWorker } from '../support/worker.ts';

const tasks = { kind: 'tasks', nas: '' } as const;
const toAnswer = (reason: string): Answer => ({
  kind: 'tasks',
  list: { kind: 'not-told', reason, lines: [], isPassing: true },
});

test('each answer reaches its question, in whatever order they come', async () => {
  const answers: ((answer: Answer) => void)[] = [];
  const worker = createTestWorker({
    answer: async () => await new Promise((resolve) => void answers.push(resolve)),
    logger: createTestLogger().logger,
  });
  const asked = [worker.ask(tasks), worker.ask({ ...tasks, nas: 'attic' })];
  answers[1]?.(toAnswer('second'));
  assert.deepEqual(await asked[1]?.answer, toAnswer('second'));
  answers[0]?.(toAnswer('first'));
  assert.deepEqual(await asked[0]?.answer, toAnswer('first'));
  await Promise.all(asked.map(async ({ finished }) => await finished));
});

test('a question is finished once what was started for its answer is gone, which may be later', async () => {
  const { promise: gone, resolve: go } = Promise.withResolvers<void>();
  const worker = createTestWorker({
    answer(_question, noteStarted) {
      noteStarted(gone);
      return Promise.resolve(toAnswer('early'));
    },
    logger: createTestLogger().logger,
  });
  const { answer, finished } = worker.ask(tasks);
  let isFinished = false;
  void finished.then(() => (isFinished = true));
  assert.deepEqual(await answer, toAnswer('early'));
  await settle();
  assert.equal(isFinished, false);
  go();
  await finished;
});

test('no answer, an answer against the contract, a question against it, and a mistake end the question', async () => {
  const tooLong = toAnswer('x'.repeat(10_001));
  for (const [answer, question, bugs] of [
    [() => Promise.resolve(undefined), tasks, 0],
    [() => Promise.resolve(tooLong), tasks, 1],
    [() => Promise.reject(new Error('a mistake')), tasks, 1],
    [() => Promise.resolve(toAnswer('never asked')), { ...tasks, nas: 'x'.repeat(1001) }, 1],
  ] as const) {
    const { logger, lines } = createTestLogger();
    const { answer: found, finished } = createTestWorker({ answer, logger }).ask(question);
    assert.equal(await found, undefined);
    await finished;
    assert.deepEqual(
      lines.map(({ event }) => event),
      Array.from({ length: bugs }, () => 'bug'),
    );
  }
});

test('answers that were not asked for change nothing', async () => {
  const { logger } = createTestLogger();
  const { ask, take } = createAsker(() => true, logger);
  const { answer, finished } = ask(tasks);
  take({ kind: 'answer', ask: 99, answer: toAnswer('stray') });
  take({ kind: 'finished', ask: 99 });
  take({ kind: 'answer', ask: 1, answer: toAnswer('right') });
  take({ kind: 'answer', ask: 1, answer: toAnswer('late') });
  take({ kind: 'finished', ask: 1 });
  take({ kind: 'finished', ask: 1 });
  assert.deepEqual(await answer, toAnswer('right'));
  await finished;
});

test('what is asked of a worker that is away, or goes away, stays without an answer', async () => {
  const { logger } = createTestLogger();
  let isThere = true;
  const asker = createAsker(() => isThere, logger);
  const first = asker.ask(tasks);
  asker.giveUp();
  isThere = false;
  const second = asker.ask(tasks);
  assert.deepEqual([await first.answer, await second.answer], [undefined, undefined]);
  await Promise.all([first.finished, second.finished]);
});

test('of a flood of questions only 64 are open; the others end at once without an answer', async () => {
  const sent: ToServer[] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  let begun = 0;
  const takeOne = createAnswering(async () => {
    begun++;
    await gate;
    return toAnswer('at last');
  }, createTestLogger().logger);
  const take = (message: Parameters<typeof takeOne>[0]): void =>
    takeOne(message, (answer) => void sent.push(answer));
  for (let ask = 1; ask <= 1000; ask++) take({ kind: 'ask', ask, question: tasks });
  await settle();
  const kinds = (): Record<string, number> =>
    Object.fromEntries(
      Object.entries(Object.groupBy(sent, ({ kind }) => kind)).map(([kind, all]) => [kind, all.length]),
    );
  assert.deepEqual([begun, kinds()], [64, { finished: 936 }]);
  open();
  await settle();
  assert.deepEqual(kinds(), { finished: 1000, answer: 64 });
  take({ kind: 'ask', ask: 1001, question: tasks });
  await settle();
  assert.deepEqual([begun, kinds()], [65, { finished: 1001, answer: 65 }]);
});

test('the time until the next try goes down between two states of a NAS', () => {
  const clock = createTestClock();
  const { take, now } = createNasStates(clock);
  assert.deepEqual(now(), []);
  const state = { name: '', client: 1, way: 'webapi', sentence: 'By the Web API' } as const;
  take([{ ...state, health: { kind: 'failing', sentence: 'It is away.', retryInMs: 60_000 } }]);
  const sentence = (): string | undefined => now()[0]?.health.sentence;
  assert.equal(sentence(), 'It is away. It is not tried again within 1 min.');
  clock.tick(50_000);
  assert.equal(sentence(), 'It is away. It is not tried again within 10 s.');
  clock.tick(20_000);
  assert.equal(sentence(), 'It is away. The next run tries it again.');
  take([{ ...state, health: { kind: 'fine', sentence: 'Signed in.' } }]);
  assert.equal(sentence(), 'Signed in.');
});
