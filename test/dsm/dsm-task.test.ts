// What DSM's histories showed at some time: later runs are distinguished from those, also after it was written down and read back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isBefore, toBefore, type DsmRun } from '../../src/dsm/dsm-task.ts';
import { DsmTrace } from '../../src/history/records.ts';

const toRun = (key: string, order: number): DsmRun => ({
  key,
  order,
  utcMs: order * 1000,
  localMs: Number.NaN,
  startedAt: undefined,
  end: undefined,
});
const run = fc
  .record({ key: fc.string(), order: fc.oneof(fc.integer(), fc.constant(Number.NaN)) })
  .map(({ key, order }) => toRun(key, order));
const history = fc.uniqueArray(run, { selector: ({ key }) => key, maxLength: 20 });

test('every run of that time is one of before, also after a restart; a later one is not', () => {
  fc.assert(
    fc.property(history, fc.string(), fc.nat(), (rows, key, more) => {
      const before = DsmTrace.parse(JSON.parse(JSON.stringify({ before: toBefore(rows) }))).before;
      for (const row of rows) assert.equal(isBefore(row, before), true);
      const newest = Math.max(0, ...rows.map(({ order }) => order).filter(Number.isFinite));
      const later = toRun(key, newest + more);
      if (!rows.some((row) => row.key === key)) assert.equal(isBefore(later, before), false);
    }),
  );
});

test('of a long history only the newest run is kept; a run that began earlier and shows later is not taken for a new one', () => {
  const rows = Array.from({ length: 1000 }, (_, i) => toRun(`run ${i}`, i));
  const before = toBefore(rows.toReversed());
  assert.deepEqual(before, { order: 999, keys: ['run 999'] });
  assert.equal(isBefore(toRun('late', 998), before), true);
  assert.equal(isBefore(toRun('in the same second', 999), before), false);
  assert.deepEqual(toBefore([]), { keys: [] });
});
