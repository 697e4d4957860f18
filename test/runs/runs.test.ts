// Runs: the policies of a task at their borders, what is written down first, what is remembered, and the end of the daemon.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StartResult } from '../../src/runs/runs.ts';
import { toRecord } from '../support/past.ts';
import { createHouse, createRestoredHouse, createTask, idOf, kindsOf, settle } from '../support/runs.ts';

const caller = { address: '192.0.2.7', label: 'phone', idempotencyKey: undefined };

test('what a second call gets, by policy, cooldown, time since the start, and whether the first run has ended', async () => {
  const cases: ['join' | 'parallel' | 'reject', number, number, 'running' | 'ended', StartResult['kind']][] =
    [
      ['join', 0, 0, 'running', 'joined'],
      ['join', 0, 1_000_000, 'running', 'joined'],
      ['join', 0, 0, 'ended', 'started'],
      ['join', 2000, 1999, 'ended', 'joined'],
      ['join', 2000, 2000, 'ended', 'started'],
      ['parallel', 0, 0, 'running', 'started'],
      ['parallel', 2000, 1999, 'running', 'joined'],
      ['parallel', 2000, 2000, 'running', 'started'],
      ['parallel', 2000, 1999, 'ended', 'joined'],
      ['reject', 0, 0, 'running', 'busy'],
      ['reject', 2000, 1000, 'running', 'busy'],
      ['reject', 2000, 1999, 'ended', 'joined'],
      ['reject', 2000, 2000, 'ended', 'started'],
      ['reject', 0, 0, 'ended', 'started'],
    ];
  for (const [whenBusy, cooldownMs, afterMs, state, kind] of cases) {
    const { runs, executions, tick } = createHouse();
    const task = createTask({ whenBusy, cooldownMs });
    const first = await runs.start(task, caller);
    assert.equal(first.kind, 'started');
    tick(afterMs);
    if (state === 'ended') {
      executions[0]?.();
      await settle();
    }
    const second = await runs.start(task, caller);
    const what = `${whenBusy}, cooldown ${cooldownMs}, after ${afterMs}, ${state}`;
    assert.equal(second.kind, kind, what);
    assert.equal(idOf(second) === idOf(first), kind !== 'started', what);
    assert.equal(executions.length, kind === 'started' ? 2 : 1, what);
  }
});

test('the last run of a task is the one accepted last, also where an earlier daemon left it, and not one that came to nothing', async () => {
  const { runs, holdDisk } = createHouse({
    past: [toRecord({ run: 'earlier', outcome: { kind: 'failed' } })],
  });
  assert.deepEqual([runs.last('task')?.run, runs.last('other')], ['earlier', undefined]);
  const started = await runs.start(createTask(), caller);
  assert.equal(runs.last('task')?.run, idOf(started));
  const release = holdDisk();
  const unwritten = runs.start(createTask({ whenBusy: 'parallel' }), caller);
  release(false);
  assert.equal((await unwritten).kind, 'unwritable');
  assert.equal(runs.last('task')?.run, idOf(started));
});

test('100 calls at once start as many runs as the policy allows', async () => {
  const cases: [Parameters<typeof createTask>[0], Record<string, number>][] = [
    [{ whenBusy: 'join' }, { started: 1, joined: 99 }],
    [{ whenBusy: 'reject' }, { started: 1, busy: 99 }],
    [{ whenBusy: 'parallel' }, { started: 100 }],
    [
      { whenBusy: 'parallel', cooldownMs: 2000 },
      { started: 1, joined: 99 },
    ],
  ];
  for (const [parts, kinds] of cases) {
    const { runs, executions, starts } = createHouse();
    const task = createTask(parts);
    const results = await Promise.all(
      Array.from({ length: 100 }, async () => await runs.start(task, caller)),
    );
    assert.deepEqual(kindsOf(results), kinds);
    assert.equal(executions.length, kinds['started']);
    assert.equal(starts.length, kinds['started']);
    assert.equal(new Set(results.map(idOf)).size, kinds['started']);
  }
});

test('tasks do not get into one another’s way', async () => {
  const { runs } = createHouse();
  const results = await Promise.all(
    ['a', 'b', 'c'].map(async (id) => await runs.start(createTask({ id, whenBusy: 'reject' }), caller)),
  );
  assert.deepEqual(kindsOf(results), { started: 3 });
});

test('nothing is begun before its start is on disk, and at most one run is begun in one turn of the event loop', async () => {
  const { runs, executions, starts, holdDisk } = createHouse();
  const write = holdDisk();
  const results = Promise.all(
    Array.from({ length: 20 }, async () => await runs.start(createTask({ whenBusy: 'parallel' }), caller)),
  );
  await settle();
  assert.equal(starts.length, 20);
  assert.equal(executions.length, 0);
  write(true);
  const begunByTurn = [0];
  while (executions.length < 20) {
    await nextTurn();
    begunByTurn.push(executions.length);
  }
  assert.ok(
    begunByTurn.every((begun, turn) => begun - (begunByTurn[turn - 1] ?? 0) <= 1),
    begunByTurn.join(' '),
  );
  assert.deepEqual(kindsOf(await results), { started: 20 });
});

test('where a start cannot be written, nothing is begun and everybody who waited for it is told so', async () => {
  for (const whenBusy of ['join', 'reject', 'parallel'] as const) {
    const { runs, executions, holdDisk } = createHouse();
    const task = createTask({ whenBusy });
    const write = holdDisk();
    const results = Promise.all(Array.from({ length: 10 }, async () => await runs.start(task, caller)));
    await settle();
    write(false);
    assert.deepEqual(kindsOf(await results), { unwritable: 10 }, whenBusy);
    assert.equal(executions.length, 0);
    holdDisk()(true);
    assert.equal(
      (await runs.start(task, caller)).kind,
      'started',
      `${whenBusy}, once it can be written again`,
    );
    assert.equal(executions.length, 1);
  }
});

test('a start that could not be written leaves the run before it as the last one', async () => {
  const { runs, executions, holdDisk, tick } = createHouse();
  const task = createTask({ cooldownMs: 100 });
  const first = await runs.start(task, caller);
  executions[0]?.();
  await settle();
  tick(100);
  holdDisk()(false);
  assert.equal((await runs.start(task, caller)).kind, 'unwritable');
  tick(-1);
  const third = await runs.start(task, caller);
  assert.deepEqual([third.kind, idOf(third)], ['joined', idOf(first)]);
});

test('a parallel start that fails takes nothing away from a later one that was written', async () => {
  const { runs, holdDisk, executions } = createHouse();
  const [parallel, joining] = [createTask({ whenBusy: 'parallel' }), createTask({ whenBusy: 'join' })];
  const writes = [holdDisk()];
  const first = runs.start(parallel, caller);
  writes.push(holdDisk());
  const second = runs.start(parallel, caller);
  writes[1]?.(true);
  assert.equal((await second).kind, 'started');
  writes[0]?.(false);
  assert.equal((await first).kind, 'unwritable');
  assert.equal(idOf(await runs.start(joining, caller)), idOf(await second));
  assert.equal(executions.length, 1);
});

test('two parallel starts that both fail leave nothing behind that a later call could join', async () => {
  const { runs, holdDisk } = createHouse();
  const task = createTask({ whenBusy: 'parallel' });
  const write = holdDisk();
  const both = [runs.start(task, caller), runs.start(task, caller)];
  write(false);
  assert.deepEqual(kindsOf(await Promise.all(both)), { unwritable: 2 });
  holdDisk()(true);
  assert.equal((await runs.start(createTask({ whenBusy: 'join' }), caller)).kind, 'started');
});

test('who, what and when are written down, and how it ended', async () => {
  const { runs, starts, ends, executions, log, tick } = createHouse();
  const result = await runs.start(createTask({ id: '7', name: 'Lights' }), caller);
  const run = idOf(result);
  assert.match(run, /^[\w-]{22}$/);
  assert.deepEqual(starts, [
    {
      event: 'start',
      run,
      task: '7',
      name: 'Lights',
      at: '2026-01-01T00:00:00.000Z',
      address: '192.0.2.7',
      label: 'phone',
    },
  ]);
  tick(1500);
  executions[0]?.({ kind: 'failed', exitCode: 2 });
  await settle();
  assert.deepEqual(ends, [
    {
      event: 'end',
      run,
      at: '2026-01-01T00:00:01.500Z',
      durationMs: 1500,
      outcome: { kind: 'failed', exitCode: 2 },
    },
  ]);
  const line = log.find(({ event }) => event === 'run-ended');
  assert.equal(line?.['msg'], 'Lights failed with exit status 2 after 1.5 s');
});

test('a run is found by its id while it goes on, after it ended, and after a restart, and by nothing else', async () => {
  const start = {
    event: 'start',
    run: 'old-run',
    task: '1',
    name: 'Old',
    at: '2025-01-01T00:00:00.000Z',
    address: '::1',
  } as const;
  const house = await createRestoredHouse({ past: [{ start }] });
  const { runs, executions } = house;
  const id = idOf(await runs.start(createTask(), caller));
  assert.equal(runs.find(Buffer.from(id))?.view().outcome, undefined);
  executions[0]?.();
  await settle();
  assert.equal(runs.find(Buffer.from(id))?.view().outcome?.kind, 'succeeded');
  assert.deepEqual(runs.find(Buffer.from('old-run'))?.view(), {
    run: 'old-run',
    task: '1',
    name: 'Old',
    icon: undefined,
    state: 'ended',
    isStoppable: false,
    acceptedAt: start.at,
    startedAt: start.at,
    endedAt: '2026-01-01T00:00:00.000Z',
    waitedMs: 0,
    elapsedMs: undefined,
    usualMs: undefined,
    outcome: { kind: 'lost' },
    output: undefined,
  });
  for (const wrong of ['', 'x', `${id}x`, id.slice(1), id.toLowerCase()])
    assert.equal(runs.find(Buffer.from(wrong)), undefined);
});

test('no more ended runs are remembered than `keep`, the oldest are given up first, and none that goes on', async () => {
  const past = Array.from({ length: 12 }, (_, n) => ({
    start: {
      event: 'start',
      run: `past-${n}`,
      task: '1',
      name: 'Old',
      at: '2025-01-01T00:00:00.000Z',
      address: '::1',
    } as const,
  }));
  const { runs, executions } = await createRestoredHouse({ keep: 10, past });
  const has = (id: string): boolean => runs.find(Buffer.from(id)) !== undefined;
  assert.deepEqual(
    past.map(({ start }) => has(start.run)),
    past.map((_, n) => n >= 2),
  );
  const task = createTask({ whenBusy: 'parallel' });
  const ids: string[] = [];
  for (let n = 0; n < 30; n++) ids.push(idOf(await runs.start(task, caller)));
  for (const end of executions.slice(1)) end();
  await settle();
  assert.deepEqual(
    ids.map((id) => has(id)),
    ids.map((_, n) => n === 0 || n >= 20),
  );
  assert.equal(has('past-11'), false);
});

test('the output of the last 50 ended runs is kept, of no more', async () => {
  const { runs, executions } = createHouse();
  const task = createTask({ whenBusy: 'parallel', output: 'all' });
  const ids: string[] = [];
  for (let n = 0; n < 53; n++) {
    ids.push(idOf(await runs.start(task, caller)));
    executions[n]?.();
    await settle();
  }
  assert.deepEqual(
    ids.map((id) => runs.find(Buffer.from(id))?.view().notShown),
    ids.map((_, n) => (n < 3 ? 'all' : 0)),
  );
});

test('once closed, nothing is started, and what goes on beyond the grace period is named', async () => {
  const { runs, executions } = createHouse();
  const task = createTask({ whenBusy: 'parallel' });
  const [first, second] = [await runs.start(task, caller), await runs.start(task, caller)];
  const closing = runs.close(3_600_000);
  assert.equal((await runs.start(task, caller)).kind, 'closing');
  executions[0]?.();
  executions[1]?.();
  assert.deepEqual(await closing, [], 'without waiting for the whole grace period');
  assert.notEqual(idOf(first), idOf(second));

  const other = createHouse();
  const left = idOf(await other.runs.start(task, caller));
  await other.runs.start(task, caller);
  other.executions[1]?.();
  assert.deepEqual(
    (await other.runs.close(1)).map(({ id }) => id),
    [left],
  );
});

test('without the worker nothing is started or written, and a run that is under way is still joined', async () => {
  const { runs, starts, loseWorker } = createHouse();
  const task = createTask({ id: 'running' });
  const first = await runs.start(task, caller);
  loseWorker();
  assert.deepEqual(await runs.start(createTask(), caller), { kind: 'away' });
  const again = await runs.start(task, caller);
  assert.deepEqual([again.kind, idOf(again)], ['joined', idOf(first)]);
  assert.equal(runs.live()[0]?.state(), 'running');
  assert.equal(starts.length, 1);
});
