// Durations for people.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseDurationMs, renderDuration, roundDuration } from '../../src/values/duration.ts';

test('a duration is a number with its unit, or several from large to small', () => {
  const table: Readonly<Record<string, number | undefined>> = {
    '250ms': 250,
    '90s': 90_000,
    '1 m': 60_000,
    '1m30s': 90_000,
    '1m 30s': 90_000,
    '1d2h3m4s5ms': 93_784_005,
    '1h0m': 3_600_000,
    '90': undefined,
    '': undefined,
    '1m30': undefined,
    '30s1m': undefined,
    '1m1m': undefined,
    '1m  30s': undefined,
    '1.5h': undefined,
    '-1s': undefined,
    '1m-30s': undefined,
    '1e3s': undefined,
    PT30S: undefined,
    '1M': undefined,
    '1constructor': undefined,
    '١s': undefined,
    '9999999999s': undefined,
    '1m ': undefined,
  };
  for (const [text, ms] of Object.entries(table)) assert.equal(parseDurationMs(text), ms, text);
});

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
