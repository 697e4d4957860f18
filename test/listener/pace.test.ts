// Work at a pace: one piece at a time, in order, with time for everything else in between, and nothing kept for those who left.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPace } from '../../src/listener/pace.ts';

test('the first piece of work is done at once, the others in order, and what was dropped is not', async () => {
  const pace = createPace();
  const done: number[] = [];
  const keys = [{}, {}, {}, {}];
  await new Promise<void>((resolve) => {
    for (const [i, key] of keys.entries()) {
      pace.add(key, () => {
        done.push(i);
        if (i === 3) resolve();
      });
    }
    assert.deepEqual(done, [0]);
    pace.drop(keys[1] ?? {});
  });
  assert.deepEqual(done, [0, 2, 3]);
});

test('behind a piece of work that takes long, the event loop turns for longer than that before the next is done', async () => {
  const pace = createPace();
  const beganMs = performance.now();
  let endedMs = 0;
  pace.add({}, () => {
    while (performance.now() < beganMs + 20);
    endedMs = performance.now();
  });
  await new Promise<void>((resolve) => pace.add({}, resolve));
  assert.ok(performance.now() - endedMs >= endedMs - beganMs);
});
