// A worker or a server that goes away for a while: nothing is lost, nothing is started twice, and every end is told as it was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../src/clock.ts';
import type { Outcome } from '../../src/outcome.ts';
import type { DsmRunIo } from '../../src/runners/execution.ts';
import { createWorkerClient, type AttachableClient, type WorkIo } from '../../src/worker/client.ts';
import { toRunnerDigest } from '../../src/worker/digest.ts';
import { createGuard, trusting } from '../../src/worker/guard.ts';
import { createInsideLink, type WorkerEnd } from '../../src/worker/link.ts';
import { createWorker, type Worker, type WorkerOptions } from '../../src/worker/worker.ts';
import { createTestLogger } from '../support/logger.ts';
import { createTask, settle } from '../support/runs.ts';

const task = createTask({ output: 'all' });
const order = { run: 'a-run', task: 'task', digest: toRunnerDigest(task.runner) };
const lost = (): Outcome => ({ kind: 'lost' });

interface Pair {
  readonly worker: Worker;
  readonly client: AttachableClient;
  /** What programs were given, in the order of their starts. */
  readonly ios: DsmRunIo[];
  /** Ends the program of a start. */
  readonly ends: ((outcome: Outcome) => void)[];
  /** Another client, as of a server that was started again. */
  createClient(): AttachableClient;
  connect(client?: AttachableClient, instance?: string): WorkerEnd;
  disconnect(end: WorkerEnd, client?: AttachableClient): void;
  tick(ms: number): void;
}

function createPair(more: (clock: Clock) => Partial<WorkerOptions> = () => ({})): Pair {
  const { logger } = createTestLogger();
  let now = 1000;
  const clock: Clock = { nowMs: () => now, wallMs: () => 1_800_000_000_000 + now };
  const ios: DsmRunIo[] = [];
  const ends: Pair['ends'] = [];
  const worker = createWorker({
    findTask: (id) => (id === 'task' ? task : undefined),
    execute(_runner, io) {
      ios.push(io);
      const { promise: ended, resolve } = Promise.withResolvers<Outcome>();
      ends.push(resolve);
      return { process: undefined, ended };
    },
    adopt: () => assert.fail('nothing is adopted'),
    resume: () => assert.fail('nothing in DSM is followed'),
    answer: () => assert.fail('nothing is asked'),
    guard: trusting,
    keptBytes: 65_536,
    logger,
    clock,
    ...more(clock),
  });
  const createClient = (): AttachableClient =>
    createWorkerClient({ logger, clock, describe: () => undefined });
  const client = createClient();
  return {
    worker,
    client,
    ios,
    ends,
    createClient,
    connect(to = client, instance = 'one') {
      const link = createInsideLink();
      worker.attach(link.worker);
      to.attach(link.server, instance);
      return link.worker;
    },
    disconnect(end, from = client) {
      worker.detach(end);
      from.detach();
    },
    tick: (ms) => void (now += ms),
  };
}

/** What arrives of a run. */
function createIo(): WorkIo & { readonly output: string[] } {
  const output: string[] = [];
  return {
    output,
    onOutput: (chunk, from) => void output.push(`${from} ${Buffer.from(chunk).toString()}`),
    note: () => Promise.resolve(true),
  };
}

test('a run goes on while the link is broken, and its end and duration are known once there is another one', async () => {
  const { client, ios, ends, connect, disconnect, tick } = createPair();
  const first = connect();
  const io = createIo();
  const work = client.start(order, io);
  await work.begun;
  ios[0]?.onOutput?.(Buffer.from('one '));
  disconnect(first);
  assert.equal(client.isAway(), true);
  ios[0]?.onOutput?.(Buffer.from('two'));
  tick(5000);
  ends[0]?.({ kind: 'failed', exitCode: 3 });
  await settle();
  tick(60_000);
  connect();
  assert.deepEqual([await work.ended, work.tookMs()], [{ kind: 'failed', exitCode: 3 }, 5000]);
  assert.deepEqual(io.output, ['0 one ', '0 one two']);
  assert.equal(ios.length, 1);
});

test('a stop while the link is broken reaches the run once there is another one', async () => {
  const { client, ios, connect, disconnect } = createPair();
  const first = connect();
  const work = client.start(order, createIo());
  disconnect(first);
  work.stop();
  assert.equal(ios[0]?.stop.aborted, false);
  connect();
  assert.equal(ios[0].stop.aborted, true);
});

test('a start whose answer was lost is not started again by the same worker, and not at all by another one', async () => {
  const { worker, client, ios, connect, disconnect } = createPair();
  // The start arrives; the answer does not.
  const deaf = createInsideLink();
  worker.attach({ ...deaf.worker, send() {} });
  client.attach(deaf.server, 'one');
  const work = client.start(order, createIo());
  disconnect(deaf.worker);
  assert.equal(await work.begun, undefined);
  connect();
  await settle();
  assert.equal(ios.length, 1);

  const other = createPair();
  const gone = createInsideLink();
  other.client.attach(gone.server, 'one');
  const never = other.client.start(order, createIo());
  other.client.detach();
  other.connect(other.client, 'two');
  assert.deepEqual([await never.ended, other.ios.length], [{ kind: 'lost' }, 0]);
});

test('a start that waits for the worker is sent once the worker is there, but not when that is too late', async () => {
  for (const [waitedMs, started] of [
    [59_000, 1],
    [61_000, 0],
  ] as const) {
    const { client, ios, connect, tick } = createPair();
    const work = client.start(order, createIo());
    assert.equal(await work.begun, undefined);
    tick(waitedMs);
    connect();
    assert.equal(ios.length, started);
    if (started === 0)
      assert.partialDeepStrictEqual(await work.ended, { kind: 'failed', why: { code: 'start-expired' } });
  }
});

test('a server that was started again without its worker hears of each run once the worker is there', async () => {
  const { client, ends, createClient, connect, disconnect, tick } = createPair();
  const first = connect();
  client.start(order, createIo());
  client.start({ ...order, run: 'other' }, createIo());
  disconnect(first);
  tick(7000);
  ends[1]?.({ kind: 'succeeded', exitCode: 0 });
  await settle();
  const next = createClient();
  const found = await Promise.all(
    ['a-run', 'other', 'unknown'].map(
      async (run) => await next.resume({ run, task: 'task' }, createIo(), lost),
    ),
  );
  next.setRestored();
  assert.deepEqual(
    found.map(({ kind }) => kind),
    ['away', 'away', 'away'],
  );
  const second = connect(next);
  const works = found.map(({ work }) => work);
  assert.deepEqual([await works[1]?.ended, works[1]?.tookMs()], [{ kind: 'succeeded', exitCode: 0 }, 7000]);
  assert.deepEqual(await works[2]?.ended, { kind: 'lost' });
  disconnect(second, next);
  ends[0]?.({ kind: 'failed', exitCode: 9 });
  await settle();
  connect(next);
  assert.deepEqual(await works[0]?.ended, { kind: 'failed', exitCode: 9 });
});

test('an end is forgotten once it is acknowledged, or if the next server does not ask for it', async () => {
  const { client, ends, createClient, connect, disconnect } = createPair();
  const first = connect();
  for (const run of ['a', 'b', 'c', 'd']) client.start({ ...order, run }, createIo());
  for (const end of ends.slice(0, 3)) end({ kind: 'failed', exitCode: 1 });
  await settle();
  const ask = async (by: AttachableClient, run: string): Promise<string> => {
    const found = await by.resume({ run, task: 'task' }, createIo(), lost);
    return found.kind === 'resumed' && run !== 'd' ? (await found.work.ended).kind : found.kind;
  };
  disconnect(first);
  const second = createClient();
  const end = connect(second);
  const found = await second.resume({ run: 'a', task: 'task' }, createIo(), lost);
  found.work.acknowledge();
  assert.equal(await ask(second, 'b'), 'failed');
  second.setRestored();
  disconnect(end, second);
  const third = createClient();
  connect(third);
  assert.deepEqual(
    [await ask(third, 'a'), await ask(third, 'b'), await ask(third, 'c'), await ask(third, 'd')],
    ['ended', 'failed', 'ended', 'resumed'],
  );
});

test('the owner’s bounds hold in the worker: hours, starts per day, runs at once, and starts that were used before', async () => {
  const daily = createTask({ id: 'daily', maxPerDay: 2 });
  const { client, ios, ends, connect, tick } = createPair((clock) => {
    const hour = new Date(clock.wallMs()).getHours();
    const later = [{ from: ((hour + 2) % 24) * 60, until: ((hour + 3) % 24) * 60 }];
    const tasks = [task, createTask({ id: 'closed', hours: later }), daily];
    return {
      findTask: (id) => tasks.find((one) => one.id === id),
      guard: { ...createGuard({ tasks: () => tasks, logger: createTestLogger().logger, clock }), maxHeld: 3 },
    };
  });
  connect();
  const start = async (run: string, id: string): Promise<string | undefined> => {
    const work = client.start({ ...order, run, task: id }, createIo());
    const why = work.ended.then((outcome) => outcome.why?.code);
    const result = await Promise.race([why, settle().then(() => 'begun')]);
    if (result !== 'begun') work.acknowledge();
    return result;
  };
  assert.equal(await start('1', 'closed'), 'hours-over');
  assert.deepEqual(
    [await start('2', 'daily'), await start('3', 'daily'), await start('4', 'daily')],
    ['begun', 'begun', 'max-per-day'],
  );
  assert.deepEqual([await start('5', 'task'), await start('6', 'task')], ['begun', 'too-many-runs']);
  assert.equal(await start('6', 'task'), 'start-expired', 'a start that was refused is not used again');
  for (const end of ends) end({ kind: 'succeeded', exitCode: 0 });
  await settle();
  assert.equal(await start('7', 'task'), 'too-many-runs', 'ends that are not acknowledged count');
  for (const run of ['2', '3', '5'])
    (await client.resume({ run, task: 'task' }, createIo(), lost)).work.acknowledge();
  assert.equal(await start('8', 'daily'), 'max-per-day');
  tick(24 * 3_600_000);
  assert.equal(await start('9', 'daily'), 'begun');
  assert.equal(ios.length, 4);
});
