// Durations for people.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { renderDuration, roundDuration } from '../../src/values/duration.ts';

const about = (ms: number): string => renderDuration(roundDuration(ms));

test('a duration is rounded to what one would say', () => {
  for (const [ms, expected] of [
    [0, '1 s'],
    [1499, '1 s'],
    [9400, '9 s'],
    [17_300, '15 s'],
    [88_000, '1 min 30 s'],
    [200_000, '3 min'],
    [3_580_000, '1 h'],
    [4_200_000, '1 h 15 min'],
    [40_000_000, '11 h'],
  ] as const)
    assert.equal(about(ms), expected, String(ms));
});

test('a rounded duration is never far off, and longer for what takes longer', () => {
  const ms = fc.integer({ min: 1000, max: 30 * 86_400_000 });
  fc.assert(
    fc.property(ms, ms, (a, b) => {
      assert.ok(Math.abs(roundDuration(a) - a) <= a / 2, `${a}: ${roundDuration(a)}`);
      assert.ok(a > b || roundDuration(a) <= roundDuration(b));
    }),
  );
});
