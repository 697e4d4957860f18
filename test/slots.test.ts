// So many at a time: who waits gets a slot in order, or gives up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSlots } from '../src/slots.ts';
import { settle } from './support/runs.ts';

const forever = new AbortController().signal;

test('no more than the count have a slot at once, and those who wait get theirs in order', async () => {
  const take = createSlots(2);
  const order: number[] = [];
  const giveBack: (() => void)[] = [];
  const all = Array.from({ length: 5 }, async (_, i) => {
    const give = await take(forever);
    order.push(i);
    giveBack.push(give ?? assert.fail('a slot'));
  });
  for (const taken of [2, 3, 4, 5, 5]) {
    await settle();
    assert.deepEqual([order.length, order], [taken, [0, 1, 2, 3, 4].slice(0, taken)]);
    giveBack.shift()?.();
  }
  await Promise.all(all);
});

test('who is stopped while waiting gets none, and takes none away from others', async () => {
  const take = createSlots(1);
  assert.equal(await take(AbortSignal.abort()), undefined);
  const first = await take(forever);
  const stop = new AbortController();
  const [stopped, next] = [take(stop.signal), take(forever)];
  stop.abort();
  assert.equal(await stopped, undefined);
  first?.();
  const second = await next;
  assert.equal(typeof second, 'function');
  const late = new AbortController();
  const third = take(late.signal);
  second?.();
  late.abort();
  (await third)?.();
  assert.equal(
    typeof (await take(forever)),
    'function',
    'a slot that was given to somebody who stopped at the same moment is not lost',
  );
});
