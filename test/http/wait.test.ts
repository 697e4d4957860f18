// How long a caller wants to wait.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toWaitMs } from '../../src/http/wait.ts';

test('the time to wait is read from the query, else from Prefer, and bounded; what is no number is passed over', () => {
  const table: readonly (readonly [query: string, prefer: string | string[] | undefined, ms: number])[] = [
    ['', undefined, 0],
    ['wait=5', undefined, 5000],
    ['x=1&wait=5&y', undefined, 5000],
    ['wait=0', undefined, 0],
    ['wait=90s', undefined, 90_000],
    ['wait=1m', undefined, 60_000],
    ['wait=1+m', undefined, 60_000],
    ['wait=1m30s', undefined, 90_000],
    ['wait=PT30S', undefined, 0],
    ['wait=1.5h', undefined, 0],
    ['wait=infinite', undefined, 0],
    ['wait=1500ms', undefined, 1500],
    ['wait=1h', undefined, 3_600_000],
    ['wait=2d', undefined, 3_600_000],
    ['wait=3600', undefined, 3_600_000],
    ['wait=3601', undefined, 3_600_000],
    ['wait=999999999', undefined, 3_600_000],
    ['wait=9999999999', undefined, 0],
    ['wait=-1', undefined, 0],
    ['wait=1.5', undefined, 0],
    ['wait=1e3', undefined, 0],
    ['wait=%205', undefined, 0],
    ['wait=Infinity', undefined, 0],
    ['wait=', undefined, 0],
    ['%zz&wait=2', undefined, 2000],
    ['await=5', undefined, 0],
    ['', 'wait=7', 7000],
    ['', 'respond-async, wait=7', 7000],
    ['', 'respond-async;wait=7', 7000],
    ['', ['respond-async', 'wait=7'], 7000],
    ['', 'WAIT=7', 7000],
    ['', 'await=7', 0],
    ['', 'wait=x', 0],
    ['', 'wait=1m', 0],
    ['', 'wait=7 ; x', 7000],
    ['wait=2', 'wait=7', 2000],
    ['wait=x', 'wait=7', 0],
  ];
  assert.deepEqual(
    table.map(([query, prefer]) => toWaitMs(query, prefer)),
    table.map(([, , ms]) => ms),
  );
});
