// When a task may be started, and which call gets an earlier run: each policy at its borders, by a clock in hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Line, RunRecord } from '../../src/history/records.ts';
import type { StartResult, Wish } from '../../src/runs/runs.ts';
import type { Task } from '../../src/tasks.ts';
import { createHouse, createTask, idOf, kindsOf, settle, type AdminDeps } from '../support/runs.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const caller = { address: '192.0.2.7', label: undefined, idempotencyKey: undefined };
const withKey = (idempotencyKey: string): Wish => ({ ...caller, idempotencyKey });

/** Starts a task and ends the run at once. */
async function startAndEnd(
  { runs, executions }: AdminDeps,
  task: Task,
  wish: Wish = caller,
): Promise<StartResult> {
  const result = await runs.start(task, wish);
  executions.at(-1)?.();
  await settle();
  return result;
}
const brief = (result: StartResult): string =>
  'why' in result ? `${result.why.code} ${result.why.retryAfterSeconds}` : result.kind;

/** A run of an earlier daemon, which began and ended so long before a house's clock begins. */
function createRecord(run: string, agoMs: number, idempotencyKey?: string): RunRecord {
  const at = new Date(Date.UTC(2026, 0, 1) - agoMs).toISOString();
  const start = { event: 'start', run, task: 'task', name: 'Task', at, address: '::1' } as const;
  return {
    start: idempotencyKey === undefined ? start : { ...start, idempotencyKey },
    end: { event: 'end', run, at, durationMs: 5, outcome: { kind: 'succeeded', exitCode: 0 } },
  };
}

test('a task is started within its hours only, by the clock on the wall, and who comes too early is told when', async () => {
  const day = [{ from: 420, until: 1320 }];
  const table: readonly [
    hours: Task['hours'],
    hour: number,
    minute: number,
    second: number,
    brief: string,
  ][] = [
    [day, 6, 59, 0, 'hours 60'],
    [day, 6, 59, 59, 'hours 1'],
    [day, 7, 0, 0, 'started'],
    [day, 21, 59, 59, 'started'],
    [day, 22, 0, 0, 'hours 32400'],
    [[{ from: 1320, until: 360 }], 21, 59, 0, 'hours 60'],
    [[{ from: 1320, until: 360 }], 0, 0, 0, 'started'],
    [[{ from: 1320, until: 360 }], 6, 0, 0, 'hours 57600'],
    [[{ from: 60, until: 120 }, ...day], 2, 0, 0, 'hours 18000'],
    [undefined, 3, 0, 0, 'started'],
  ];
  for (const [hours, hour, minute, second, expected] of table) {
    const { runs, clock, setWall, starts } = createHouse();
    setWall(new Date(2026, 0, 14, hour, minute, second).getTime() - clock.wallMs());
    assert.equal(
      brief(await runs.start(createTask({ hours }), caller)),
      expected,
      `${hour}:${minute}:${second}`,
    );
    assert.equal(starts.length, expected === 'started' ? 1 : 0);
  }
});

test('outside of its hours a task still answers with the run that goes on', async () => {
  const { runs, clock, setWall } = createHouse();
  const task = createTask({ hours: [{ from: 420, until: 1320 }] });
  setWall(new Date(2026, 0, 14, 21, 59).getTime() - clock.wallMs());
  await runs.start(task, caller);
  setWall(60_000);
  assert.equal((await runs.start(task, caller)).kind, 'joined');
});

test('a task is started as often within a day as it may be, and again a day after the first time', async () => {
  const house = createHouse();
  const { tick, starts } = house;
  const task = createTask({ maxPerDay: 2 });
  const call = async (afterMs: number): Promise<string> => {
    tick(afterMs);
    return brief(await startAndEnd(house, task));
  };
  assert.deepEqual(
    [await call(0), await call(hourMs), await call(0)],
    ['started', 'started', `max-per-day ${23 * 3600}`],
  );
  assert.deepEqual(
    [await call(23 * hourMs - 1), await call(1), await call(0)],
    ['max-per-day 1', 'started', 'max-per-day 3600'],
  );
  assert.equal(starts.length, 3);
});

test('100 calls at once start no more runs than a day may have', async () => {
  const { runs } = createHouse();
  const task = createTask({ maxPerDay: 3, whenBusy: 'parallel' });
  const results = await Promise.all(Array.from({ length: 100 }, async () => await runs.start(task, caller)));
  assert.deepEqual(kindsOf(results), { started: 3, 'not-now': 97 });
});

test('a start that could not be written down does not count for its day', async () => {
  const { runs, holdDisk } = createHouse();
  const task = createTask({ maxPerDay: 1 });
  holdDisk()(false);
  assert.equal((await runs.start(task, caller)).kind, 'unwritable');
  holdDisk()(true);
  assert.equal((await runs.start(task, caller)).kind, 'started');
});

test('what an earlier daemon started counts for its day', async () => {
  const house = createHouse({
    past: [createRecord('yesterday', dayMs), createRecord('one', 23 * hourMs), createRecord('two', hourMs)],
  });
  const task = createTask({ maxPerDay: 2 });
  assert.equal(brief(await startAndEnd(house, task)), 'max-per-day 3600');
  house.tick(hourMs);
  assert.equal(brief(await startAndEnd(house, task)), 'started');
  assert.equal(brief(await startAndEnd(house, createTask({ id: 'other', maxPerDay: 1 }))), 'started');
});

test('the clock on the wall, set back or forth by a day, breaks neither the day, nor the cooldown, nor an Idempotency-Key', async () => {
  for (const byMs of [dayMs, -dayMs, 0]) {
    const house = createHouse();
    const { tick, setWall } = house;
    const task = createTask({ maxPerDay: 2, cooldownMs: hourMs });
    const first = await startAndEnd(house, task, withKey('key'));
    setWall(byMs);
    tick(hourMs - 1);
    assert.deepEqual(idOf(await startAndEnd(house, task)), idOf(first), 'within the cooldown');
    tick(1);
    assert.equal(brief(await startAndEnd(house, task)), 'started');
    setWall(byMs);
    tick(hourMs);
    assert.equal(brief(await startAndEnd(house, task)), `max-per-day ${22 * 3600}`);
    tick(22 * hourMs - 1);
    const again = await startAndEnd(house, task, withKey('key'));
    assert.deepEqual([again.kind, idOf(again)], ['joined', idOf(first)]);
    tick(1);
    assert.equal(brief(await startAndEnd(house, task, withKey('key'))), 'started');
  }
});

test('no cooldown stands between a run and trying it again, but between others', async () => {
  const house = createHouse();
  const task = createTask({ cooldownMs: hourMs });
  const first = idOf(await house.runs.start(task, caller));
  house.executions[0]?.({ kind: 'failed', exitCode: 1 });
  await settle();
  const again = await house.runs.start(task, { ...caller, again: first });
  assert.deepEqual([again.kind, idOf(again) === first], ['started', false]);
  assert.equal(
    (await house.runs.start(task, { ...caller, again: first })).kind,
    'joined',
    'the run after it is another one',
  );
});

test('a cooldown goes on after a restart', async () => {
  const house = createHouse({
    past: [createRecord('older', 2 * hourMs), createRecord('last', hourMs - 1000)],
  });
  const task = createTask({ cooldownMs: hourMs });
  const joined = await startAndEnd(house, task);
  assert.deepEqual([joined.kind, idOf(joined)], ['joined', 'last']);
  assert.equal((await startAndEnd(house, createTask({ id: 'other', cooldownMs: hourMs }))).kind, 'started');
  house.tick(1000);
  assert.equal((await startAndEnd(house, task)).kind, 'started');
});

test('a call with an Idempotency-Key that was seen gets the run that it started, whatever the policies say, for a day', async () => {
  for (const parts of [
    {},
    { whenBusy: 'parallel' },
    { whenBusy: 'reject' },
    { whenBusy: 'queue' },
    { maxPerDay: 1 },
  ] as const) {
    const house = createHouse();
    const { runs, executions, tick, starts } = house;
    const task = createTask(parts);
    const first = await runs.start(task, withKey('key'));
    const check = async (what: string): Promise<void> => {
      const again = await runs.start(task, withKey('key'));
      assert.deepEqual(
        [again.kind, idOf(again)],
        ['joined', idOf(first)],
        `${JSON.stringify(parts)}, ${what}`,
      );
    };
    await check('while it runs');
    executions[0]?.();
    await settle();
    await check('after it ended');
    tick(dayMs - 1);
    await check('nearly a day later');
    assert.equal(starts.length, 1);
    tick(1);
    assert.notEqual(
      idOf(await runs.start(task, withKey('key'))),
      idOf(first),
      'after a day it is a new call',
    );
  }
});

test('an Idempotency-Key says nothing about another task, another key, or a call without one', async () => {
  const house = createHouse();
  const tasks = ['a', 'b'].map((id) => createTask({ id, whenBusy: 'parallel' }));
  const ids: string[] = [];
  for (const task of tasks)
    for (const wish of [withKey('1'), withKey('2'), caller, caller])
      ids.push(idOf(await house.runs.start(task, wish)));
  assert.equal(new Set(ids).size, 8);
});

test('50 calls at once with one Idempotency-Key start one run, and all get it', async () => {
  const { runs, executions } = createHouse();
  const task = createTask({ whenBusy: 'parallel' });
  const results = await Promise.all(
    Array.from({ length: 50 }, async () => await runs.start(task, withKey('key'))),
  );
  assert.deepEqual(
    [kindsOf(results), new Set(results.map(idOf)).size, executions.length],
    [{ started: 1, joined: 49 }, 1, 1],
  );
});

test('an Idempotency-Key whose start could not be written down is as good as new', async () => {
  const { runs, executions, holdDisk } = createHouse();
  const task = createTask({ whenBusy: 'parallel' });
  const write = holdDisk();
  const both = [runs.start(task, withKey('key')), runs.start(task, withKey('key'))];
  write(false);
  assert.deepEqual(kindsOf(await Promise.all(both)), { unwritable: 2 });
  holdDisk()(true);
  assert.equal((await runs.start(task, withKey('key'))).kind, 'started');
  assert.equal(executions.length, 1);
});

test('an Idempotency-Key finds its run after a restart, for the rest of its day', async () => {
  const house = createHouse({
    past: [createRecord('over', dayMs, 'over'), createRecord('good', 23 * hourMs, 'good')],
  });
  const task = createTask();
  const good = await startAndEnd(house, task, withKey('good'));
  assert.deepEqual([good.kind, idOf(good)], ['joined', 'good']);
  assert.equal((await startAndEnd(house, task, withKey('over'))).kind, 'started');
  house.tick(hourMs);
  assert.equal((await startAndEnd(house, task, withKey('good'))).kind, 'started');
});

test('how often a task was started within a day is known after a restart, however few runs are remembered', async () => {
  const house = createHouse({ keep: 10 });
  const door = createTask({ id: 'door', maxPerDay: 1 });
  await startAndEnd(house, door);
  for (let n = 0; n < 30; n++) await startAndEnd(house, createTask({ id: 'other', whenBusy: 'parallel' }));
  assert.equal(house.remembered.size, 10);
  const lines = [...house.remembered.render()].join('').trim().split('\n');
  const restart = (ticked: number): AdminDeps => {
    const next = createHouse({ keep: 10, lines: lines.map((line) => JSON.parse(line) as Line) });
    next.tick(ticked);
    return next;
  };
  assert.equal(brief(await startAndEnd(restart(0), door)), 'max-per-day 86400');
  assert.equal(brief(await startAndEnd(restart(dayMs - 1), door)), 'max-per-day 1');
  assert.equal(brief(await startAndEnd(restart(dayMs), door)), 'started');
});

test('a run that never began does not count after a restart either', async () => {
  const record = createRecord('never', hourMs);
  const waited = { start: { ...record.start, isQueued: true as const } };
  for (const past of [{ ...record, ...waited }, waited]) {
    const house = createHouse({ past: [past] });
    assert.equal(brief(await startAndEnd(house, createTask({ maxPerDay: 1 }))), 'started');
  }
});

test('a call whose Idempotency-Key joined a run gets that run again, also after it has ended and after a restart', async () => {
  for (const parts of [{ whenBusy: 'join' }, { whenBusy: 'parallel', cooldownMs: 1000 }] as const) {
    const house = createHouse({ keep: 10 });
    const task = createTask(parts);
    const first = idOf(await house.runs.start(task, caller));
    const joined = await house.runs.start(task, withKey('key'));
    assert.deepEqual([joined.kind, idOf(joined), house.joins.length], ['joined', first, 1]);
    house.executions[0]?.();
    await settle();
    house.tick(dayMs - 1);
    const again = await house.runs.start(task, withKey('key'));
    assert.deepEqual(
      [again.kind, idOf(again), house.joins.length],
      ['joined', first, 1],
      'a repeat is not written down',
    );
    for (let n = 0; n < 30; n++) await startAndEnd(house, createTask({ id: 'other' }));
    const lines = [...house.remembered.render()].join('').trim().split('\n');
    const next = createHouse({ keep: 10, lines: lines.map((line) => JSON.parse(line) as Line) });
    const after = await next.runs.start(task, withKey('key'));
    assert.deepEqual([after.kind, idOf(after)], ['joined', first]);
    house.tick(1);
    assert.equal((await house.runs.start(task, withKey('key'))).kind, 'started', 'for a day');
  }
});

test('a call that joins a run with an Idempotency-Key is not answered before that is on disk', async () => {
  const { runs, holdDisk, joins } = createHouse();
  const task = createTask();
  const first = idOf(await runs.start(task, caller));
  const write = holdDisk();
  const both = [runs.start(task, withKey('key')), runs.start(task, withKey('key'))];
  await settle();
  write(false);
  assert.deepEqual(kindsOf(await Promise.all(both)), { unwritable: 2 });
  holdDisk()(true);
  const again = await runs.start(task, withKey('key'));
  assert.deepEqual([again.kind, idOf(again), joins.length], ['joined', first, 2]);
  assert.equal((await runs.start(task, caller)).kind, 'joined', 'without a key nothing is written');
  assert.equal(joins.length, 2);
});
