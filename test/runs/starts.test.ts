// Starts: counted within a day, and found again by their Idempotency-Key, also those of an earlier daemon.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunRecord } from '../../src/history/records.ts';
import { createStarts, type Starts } from '../../src/runs/starts.ts';
import { createPast } from '../support/past.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const wallAtStart = Date.UTC(2026, 5, 1, 12);

interface Setting {
  readonly starts: Starts;
  tick(ms: number): void;
  setWall(byMs: number): void;
}

/** `past` are starts of an earlier daemon: their ids, and how long ago they were (by what the clock said then). */
function createSetting(past: readonly (readonly [run: string, agoMs: number, key?: string])[] = []): Setting {
  let [now, wall] = [777, wallAtStart];
  const records = past.map(([run, agoMs, key]): RunRecord => ({
    start: {
      event: 'start',
      run,
      task: 't',
      name: 'Task',
      at: new Date(wall - agoMs).toISOString(),
      address: '::1',
      ...(key === undefined ? {} : { idempotencyKey: key }),
    },
  }));
  const clock = { nowMs: () => now, wallMs: () => wall };
  const starts = createStarts(createPast([], clock), clock);
  for (const record of records) starts.noteEarlier(record);
  return {
    starts,
    tick(ms) {
      now += ms;
      wall += ms;
    },
    setWall: (byMs) => void (wall += byMs),
  };
}

test('a task may be started again a day after the first of so many starts, to the second', () => {
  const { starts, tick } = createSetting();
  assert.equal(starts.secondsUntilAllowed('t', 1), 0);
  starts.note('t', 'one', undefined);
  tick(hourMs);
  starts.note('t', 'two', undefined);
  const until = (): number[] => [1, 2, 3].map((maxPerDay) => starts.secondsUntilAllowed('t', maxPerDay));
  assert.deepEqual(until(), [86_400, 23 * 3600, 0]);
  tick(dayMs - hourMs - 1);
  assert.deepEqual(until(), [3601, 1, 0]);
  tick(1);
  assert.deepEqual(until(), [3600, 0, 0]);
  tick(hourMs - 1);
  assert.deepEqual(until(), [1, 0, 0]);
  tick(1);
  assert.deepEqual(until(), [0, 0, 0]);
  assert.equal(starts.secondsUntilAllowed('other', 1), 0);
});

test('the clock on the wall, set back or forth by a day, changes nothing', () => {
  for (const byMs of [dayMs, -dayMs]) {
    const { starts, tick, setWall } = createSetting();
    starts.note('t', 'one', 'key');
    setWall(byMs);
    tick(dayMs - 1);
    assert.deepEqual([starts.secondsUntilAllowed('t', 1), starts.findRun('t', 'key')], [1, 'one']);
    tick(1);
    assert.deepEqual([starts.secondsUntilAllowed('t', 1), starts.findRun('t', 'key')], [0, undefined]);
  }
});

test('starts of an earlier daemon count from when they were; those that a clock set back has put into the future, from now', () => {
  const { starts, tick } = createSetting([
    ['future', -dayMs, 'future'],
    ['day', dayMs, 'day'],
    ['nearly', dayMs - 1000, 'nearly'],
    ['hour', hourMs, 'hour'],
  ]);
  const found = (): string[] =>
    ['future', 'day', 'nearly', 'hour'].filter((key) => starts.findRun('t', key) !== undefined);
  assert.deepEqual(found(), ['future', 'nearly', 'hour']);
  assert.deepEqual(
    [1, 2, 3, 4].map((maxPerDay) => starts.secondsUntilAllowed('t', maxPerDay)),
    [86_400, 23 * 3600, 1, 0],
  );
  tick(1000);
  assert.deepEqual(found(), ['future', 'hour']);
  tick(dayMs - 1000);
  assert.deepEqual(found(), []);
});

test('an Idempotency-Key belongs to a task, and a start that came to nothing is taken back with it', () => {
  const { starts } = createSetting();
  starts.note('t', 'one', 'key');
  starts.note('t', 'two', undefined);
  starts.note('t key', 'three', undefined);
  assert.deepEqual(
    [starts.findRun('t', 'key'), starts.findRun('other', 'key'), starts.findRun('t', 'else')],
    ['one', undefined, undefined],
  );
  starts.drop('t', 'one');
  starts.dropKey('t', 'key');
  assert.equal(starts.findRun('t', 'key'), undefined);
  assert.deepEqual([starts.secondsUntilAllowed('t', 1), starts.secondsUntilAllowed('t', 2)], [86_400, 0]);
  starts.drop('unknown', 'x');
  starts.dropKey('unknown', 'y');
});
