// The queue of a busy task: its order, its bound, its expiry, and everything that may happen to who waits in it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packRun, unpackRun } from '../../src/history/packed.ts';
import { toRunTimes } from '../../src/history/run-times.ts';
import { renderRunLine } from '../../src/http/run-text.ts';
import type { RunView } from '../../src/runs/run-view.ts';
import { createHouse, createTask, idOf, kindsOf, settle, type AdminDeps } from '../support/runs.ts';

const caller = { address: '192.0.2.7', label: undefined, idempotencyKey: undefined };
const queueing = createTask({ whenBusy: 'queue' });

/** Starts a task so many times, one after the other; the ids of the runs. */
async function startMany({ runs }: AdminDeps, times: number, task = queueing): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < times; n++) ids.push(idOf(await runs.start(task, caller)));
  return ids;
}
const statesOf = ({ runs }: AdminDeps, ids: readonly string[]): (string | undefined)[] =>
  ids.map((id) => {
    const view = runs.find(Buffer.from(id))?.view();
    return view?.outcome?.kind ?? view?.state;
  });
const reasonOf = ({ runs }: AdminDeps, id = ''): string | undefined =>
  runs.find(Buffer.from(id))?.view().outcome?.reason;
const begunIn = ({ news }: AdminDeps): string[] =>
  news.flatMap(({ what, view }) => (what === 'started' ? [view.run] : []));

test('runs wait for their turn, and begin one by one in the order of their calls', async () => {
  const house = createHouse();
  const { runs, executions, begins, tick } = house;
  const ids = await startMany(house, 4);
  assert.deepEqual(statesOf(house, ids), ['running', 'queued', 'queued', 'queued']);
  for (let turn = 1; turn <= 4; turn++) {
    assert.deepEqual(begunIn(house), ids.slice(0, turn));
    assert.equal(executions.length, turn);
    tick(1000);
    executions[turn - 1]?.();
    await settle();
  }
  assert.deepEqual(statesOf(house, ids), ['succeeded', 'succeeded', 'succeeded', 'succeeded']);
  assert.deepEqual(
    begins.map(({ run }) => run),
    ids.slice(1),
    'that a turn has come is written down',
  );
  assert.equal((await runs.start(queueing, caller)).kind, 'started', 'an empty queue is no hindrance');
});

test('waiting is not running: three runs of 4 s take 4 s each, and wait apart from that', async () => {
  const house = createHouse();
  const { runs, executions, ends, log, remembered, tick } = house;
  const ids = await startMany(house, 3);
  const viewOf = (id = ''): RunView | undefined => runs.find(Buffer.from(id))?.view();
  tick(1000);
  const waiting = viewOf(ids[2]);
  assert.deepEqual(
    [waiting?.startedAt, waiting?.endedAt, waiting?.waitedMs, waiting?.elapsedMs],
    [undefined, undefined, 1000, undefined],
  );
  tick(-1000);
  for (let turn = 0; turn < 3; turn++) {
    tick(4000);
    executions[turn]?.();
    await settle();
  }
  const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();
  for (const [turn, id] of ids.entries()) {
    const view = viewOf(id);
    const expected = [at(0), at(turn * 4), at(turn * 4 + 4), turn * 4000, 4000];
    assert.deepEqual(
      [view?.acceptedAt, view?.startedAt, view?.endedAt, view?.waitedMs, view?.elapsedMs],
      expected,
    );
    const record = remembered.find(id);
    assert.ok(record !== undefined);
    const { acceptedAt, startedAt, endedAt, waitedMs, durationMs } = toRunTimes(record);
    assert.deepEqual([acceptedAt, startedAt, endedAt, waitedMs, durationMs], expected);
  }
  assert.deepEqual(
    ends.map(({ durationMs, waitedMs }) => [durationMs, waitedMs]),
    [
      [4000, undefined],
      [4000, 4000],
      [4000, 8000],
    ],
  );
  assert.deepEqual(
    log.flatMap(({ event, msg }) => (event === 'run-ended' ? [msg] : [])),
    [
      'Task succeeded after 4 s',
      'Task succeeded after 4 s, waited 4 s',
      'Task succeeded after 4 s, waited 8 s',
    ],
  );
  const [, , last] = ids.map(viewOf);
  assert.ok(last !== undefined);
  assert.equal(renderRunLine(last), 'Task: succeeded after 4 s, waited 8 s.\n');
  assert.equal(viewOf(ids[2])?.usualMs, 4000);
});

test('the times of runs in old lines, whose durations contain the waiting', () => {
  const [start, begin, end] = ['00', '08', '12'].map((seconds) => `2026-01-01T00:00:${seconds}.000Z`);
  assert.ok(start !== undefined && begin !== undefined && end !== undefined);
  const run = 'a-run';
  const outcome = { kind: 'succeeded' } as const;
  const accepted = { event: 'start', run, task: '1', name: 'One', at: start, address: '::1' } as const;
  const queued = { ...accepted, isQueued: true } as const;
  const begun = { event: 'begin', run, at: begin } as const;
  const ended = { event: 'end', run, at: end, durationMs: 12_000, outcome } as const;
  const both = { acceptedAt: start, endedAt: end };
  const table: [Parameters<typeof toRunTimes>[0], ReturnType<typeof toRunTimes>][] = [
    [
      { start: accepted, end: ended },
      { ...both, startedAt: start, waitedMs: 0, durationMs: 12_000 },
    ],
    [
      { start: queued, begin: begun, end: ended },
      { ...both, startedAt: begin, waitedMs: 8000, durationMs: 4000 },
    ],
    [
      { start: queued, end: ended },
      { ...both, startedAt: undefined, waitedMs: 12_000, durationMs: undefined },
    ],
    [
      { start: queued, begin: begun },
      { acceptedAt: start, endedAt: undefined, startedAt: begin, waitedMs: 8000, durationMs: undefined },
    ],
  ];
  for (const [record, times] of table) assert.deepEqual(toRunTimes(unpackRun(packRun(record))), times);
});

test('100 calls at once start one run and fill the queue, and the others are told that it is full', async () => {
  const house = createHouse();
  const { runs, executions, starts } = house;
  const results = await Promise.all(
    Array.from({ length: 100 }, async () => await runs.start(queueing, caller)),
  );
  assert.deepEqual(kindsOf(results), { started: 1, queued: 5, full: 94 });
  assert.equal(starts.length, 6);
  for (let turn = 0; turn < 6; turn++) {
    assert.equal(executions.length, turn + 1);
    executions[turn]?.();
    await settle();
  }
  assert.deepEqual(
    begunIn(house),
    starts.map(({ run }) => run),
  );
});

test('a place in the queue is free again once its run has begun, was stopped, or could not be written down', async () => {
  const house = createHouse();
  const { runs, executions, holdDisk } = house;
  const task = createTask({ whenBusy: 'queue', queueMax: 1 });
  const kind = async (): Promise<string> => (await runs.start(task, caller)).kind;
  const [, second = ''] = await startMany(house, 2, task);
  assert.equal(await kind(), 'full');
  executions[0]?.();
  await settle();
  const third = await runs.start(task, caller);
  assert.deepEqual([third.kind, await kind(), statesOf(house, [second])], ['queued', 'full', ['running']]);
  runs.stop(idOf(third));
  await settle();
  holdDisk()(false);
  assert.equal(await kind(), 'unwritable');
  holdDisk()(true);
  assert.deepEqual([await kind(), await kind()], ['queued', 'full']);
});

test('a run that has waited longer than it may is not started; one that has begun in time is left alone', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const house = createHouse();
  const { executions, ends } = house;
  const ids = await startMany(house, 3, createTask({ whenBusy: 'queue', queueExpiresMs: 600_000 }));
  t.mock.timers.tick(599_999);
  assert.deepEqual(statesOf(house, ids), ['running', 'queued', 'queued']);
  executions[0]?.();
  await settle();
  t.mock.timers.tick(1);
  await settle();
  assert.deepEqual(statesOf(house, ids), ['succeeded', 'running', 'failed']);
  assert.equal(reasonOf(house, ids[2]), 'It waited too long behind an earlier run, and was not started.');
  executions[1]?.();
  await settle();
  assert.equal(executions.length, 2);
  assert.equal(ends.length, 3);
});

test('a run that is stopped while it waits ends at once, and the next one gets its turn', async () => {
  const house = createHouse();
  const { runs, executions, ends } = house;
  const ids = await startMany(house, 3);
  runs.stop(ids[1] ?? '');
  await settle();
  assert.deepEqual(statesOf(house, ids), ['running', 'stopped', 'queued']);
  assert.deepEqual(
    ends.map(({ run, outcome }) => [run, outcome.kind]),
    [[ids[1], 'stopped']],
  );
  executions[0]?.();
  await settle();
  assert.deepEqual(begunIn(house), [ids[0], ids[2]]);
});

test('who is stopped while the begin is being written does not begin, and keeps nobody waiting', async () => {
  const house = createHouse();
  const { runs, executions, holdDisk } = house;
  const ids = await startMany(house, 3);
  const write = holdDisk();
  executions[0]?.();
  await settle();
  runs.stop(ids[1] ?? '');
  write(true);
  await settle();
  assert.deepEqual(statesOf(house, ids), ['succeeded', 'stopped', 'running']);
  assert.deepEqual(begunIn(house), [ids[0], ids[2]], 'nobody is told that it began');
});

test('a run whose turn cannot be written down is not started and says so, and neither is the next until it can', async () => {
  const house = createHouse();
  const { executions, holdDisk } = house;
  const ids = await startMany(house, 4);
  const write = holdDisk();
  executions[0]?.();
  await settle();
  const writeNext = holdDisk();
  write(false);
  await settle();
  assert.deepEqual(statesOf(house, ids), ['succeeded', 'failed', 'queued', 'queued']);
  assert.equal(
    reasonOf(house, ids[1]),
    'It could not be written down when it was its turn, and was not started.',
  );
  writeNext(true);
  await settle();
  assert.deepEqual(statesOf(house, ids), ['succeeded', 'failed', 'running', 'queued']);
  assert.equal(executions.length, 2);
});

test('runs that wait behind a start which could not be written get their turn', async () => {
  const house = createHouse();
  const { runs, holdDisk } = house;
  const writes = [holdDisk()];
  const first = runs.start(queueing, caller);
  writes.push(holdDisk());
  const others = [runs.start(queueing, caller), runs.start(queueing, caller)];
  writes[0]?.(false);
  assert.equal((await first).kind, 'unwritable');
  writes[1]?.(true);
  const ids = (await Promise.all(others)).map(idOf);
  assert.deepEqual(statesOf(house, ids), ['running', 'queued']);
});

test('when the daemon is stopped, nobody who waits is started, not even whose turn is just being written down', async () => {
  for (const isBeingWritten of [false, true]) {
    const house = createHouse();
    const { runs, executions, holdDisk } = house;
    const ids = await startMany(house, 3);
    const write = isBeingWritten ? holdDisk() : undefined;
    if (isBeingWritten) executions[0]?.();
    await settle();
    const closing = runs.close(60_000);
    await settle();
    write?.(true);
    executions[0]?.();
    assert.deepEqual(await closing, []);
    assert.deepEqual(statesOf(house, ids), ['succeeded', 'failed', 'failed']);
    for (const id of ids.slice(1))
      assert.equal(reasonOf(house, id), 'The daemon was stopped before it was its turn; it was not started.');
    assert.equal(executions.length, 1);
  }
});

test('a run that waited until the hours of its task were over is not started', async () => {
  const house = createHouse();
  const { executions, begins, clock, setWall } = house;
  setWall(new Date(2026, 0, 14, 21, 59).getTime() - clock.wallMs());
  const ids = await startMany(
    house,
    3,
    createTask({ whenBusy: 'queue', hours: [{ from: 420, until: 1320 }] }),
  );
  setWall(60_000);
  executions[0]?.();
  await settle();
  assert.deepEqual(statesOf(house, ids), ['succeeded', 'failed', 'failed']);
  assert.equal(reasonOf(house, ids[1]), 'Its hours were over before it was its turn; it was not started.');
  assert.deepEqual([executions.length, begins.length], [1, 0]);
});

test('a call that the queue has no place for points at the run that waits last, and one that is refused later at the one that goes on', async () => {
  const house = createHouse();
  const { runs } = house;
  const task = createTask({ whenBusy: 'queue', queueMax: 1 });
  const ids = await startMany(house, 2, task);
  assert.equal(idOf(await runs.start(task, caller)), ids[1]);
  runs.stop(ids[1] ?? '');
  await settle();
  for (const [whenBusy, kind] of [
    ['join', 'joined'],
    ['reject', 'busy'],
  ] as const) {
    const result = await runs.start(createTask({ whenBusy }), caller);
    assert.deepEqual([result.kind, idOf(result)], [kind, ids[0]], 'the task was changed meanwhile');
  }
});

test('a run whose task was removed, switched off or changed while it waited is not started, nor one that its caller could no longer start', async () => {
  const evening = [{ from: 420, until: 1320 }];
  const otherRunner = {
    kind: 'command',
    command: { argv: ['/bin/false'], cwd: '/', env: {}, user: undefined },
  } as const;
  const cases: [string, Parameters<AdminDeps['setTask']>[1], boolean, RegExp | undefined][] = [
    ['nothing', createTask({ whenBusy: 'queue' }), true, undefined],
    [
      'its looks and policies',
      createTask({ whenBusy: 'join', name: 'Other', icon: undefined, cooldownMs: 5 }),
      true,
      undefined,
    ],
    ['removed', undefined, true, /was removed/],
    ['switched off', createTask({ isEnabled: false }), true, /was switched off/],
    ['another command', createTask({ runner: otherRunner }), true, /was changed/],
    ['other hours', createTask({ hours: evening }), true, /hours were over/],
    ['fewer a day', createTask({ maxPerDay: 1 }), true, /as often as it may be/],
    ['the keys or the address', createTask(), false, /caller could no longer start it/],
  ];
  for (const [what, changed, mayStart, reason] of cases) {
    const house = createHouse();
    const { runs, executions, clock, setWall, setTask } = house;
    setWall(new Date(2026, 0, 14, 23).getTime() - clock.wallMs());
    let may = true;
    const first = idOf(await runs.start(queueing, caller));
    const second = idOf(await runs.start(queueing, caller, () => may));
    setTask('task', changed);
    may = mayStart;
    executions[0]?.();
    await settle();
    assert.deepEqual(
      statesOf(house, [first, second]),
      ['succeeded', reason === undefined ? 'running' : 'failed'],
      what,
    );
    assert.equal(executions.length, reason === undefined ? 2 : 1, what);
    if (reason !== undefined) assert.match(reasonOf(house, second) ?? '', reason);
  }
});

test('a run that waits and is not started does not count for the day; one that begins counts from then', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  for (const how of ['expired', 'stopped', 'hours', 'begun'] as const) {
    const house = createHouse();
    const { runs, executions, setWall, clock, tick } = house;
    setWall(new Date(2026, 0, 14, 12).getTime() - clock.wallMs());
    const task = createTask({
      whenBusy: 'queue',
      queueExpiresMs: 1000,
      maxPerDay: 2,
      hours: [{ from: 420, until: 1320 }],
    });
    const [, second] = [await runs.start(task, caller), await runs.start(task, caller)];
    assert.equal((await runs.start(task, caller)).kind, 'not-now');
    if (how === 'expired') t.mock.timers.tick(1000);
    if (how === 'stopped') runs.stop(idOf(second));
    if (how === 'hours') setWall(10 * 3_600_000);
    tick(3_600_000);
    executions[0]?.();
    await settle();
    if (how === 'hours') setWall(-10 * 3_600_000);
    if (how === 'begun') executions[1]?.();
    await settle();
    const third = await runs.start(task, caller);
    assert.equal(third.kind, how === 'begun' ? 'not-now' : 'started', how);
    if (how !== 'begun') continue;
    tick(23 * 3_600_000);
    assert.equal((await runs.start(task, caller)).kind, 'started', 'a day after the first');
    executions[2]?.();
    await settle();
    const last = await runs.start(task, caller);
    assert.equal('why' in last ? last.why.retryAfterSeconds : 0, 3600, 'a day after the second has begun');
  }
});

test('the timer of a run that waits is gone once the run has ended', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const house = createHouse();
  const { runs } = house;
  const cleared = t.mock.method(globalThis, 'clearTimeout');
  const [, second = ''] = await startMany(
    house,
    2,
    createTask({ whenBusy: 'queue', queueExpiresMs: 2_000_000_000 }),
  );
  const before = cleared.mock.callCount();
  runs.stop(second);
  await settle();
  assert.equal(cleared.mock.callCount(), before + 1);
});
