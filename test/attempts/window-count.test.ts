// Refused calls counted in a window of time, by network and all together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWindowCount } from '../../src/attempts/window-count.ts';

test('a network has its share in each window, and all networks together have ten shares', () => {
  let nowMs = 0;
  const { isTooMany } = createWindowCount(() => ({ failures: 2, window: 1000 }));
  const count = (networks: readonly string[]): boolean[] =>
    networks.map((network) => isTooMany(network, nowMs));
  const others = Array.from({ length: 18 }, (_, i) => `n${i}`);
  for (let window = 0; window < 3; window++) {
    assert.deepEqual(count(['a', 'a', 'a', 'a']), [false, false, true, true]);
    assert.deepEqual(count(others).lastIndexOf(false), 15, 'the 21st call is one too many for all together');
    nowMs += 999;
    assert.deepEqual(count(['b']), [true]);
    nowMs += 1;
  }
});

test('a share that a reload changes counts at once', () => {
  let nowMs = 0;
  let share = { failures: 1, window: 3_600_000 };
  const { isTooMany } = createWindowCount(() => share);
  assert.deepEqual([isTooMany('a', nowMs), isTooMany('a', nowMs)], [false, true]);
  share = { failures: 3, window: 3_600_000 };
  assert.equal(isTooMany('a', nowMs), false);
  share = { failures: 1, window: 1000 };
  nowMs = 1000;
  assert.equal(isTooMany('a', nowMs), false, 'the window has become shorter, and is over');
});
