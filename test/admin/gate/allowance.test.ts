// How many attempts a gate allows, how many it serves at once, and what is shared: the small parts of the gates.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAllowance } from '../../../src/admin/gate/allowance.ts';
import { createVerdicts } from '../../../src/admin/gate/shared-answers.ts';
import { createTestClock } from '../../support/clock.ts';

test('an allowance is used up by a network, or by all, comes back with time, and never grows beyond its size', () => {
  const clock = createTestClock();
  const allowance = createAllowance({
    perNetwork: { burst: 2, everyMs: 1000 },
    inAll: { burst: 3, everyMs: 500 },
    clock,
  });
  assert.deepEqual([allowance.take('a'), allowance.take('a'), allowance.take('a')], [0, 0, 1000]);
  assert.deepEqual([allowance.take('b'), allowance.take('b')], [0, 500]);
  clock.tick(500);
  assert.deepEqual([allowance.take('a'), allowance.take('b'), allowance.take('b')], [500, 0, 500]);
  clock.tick(1e9);
  assert.deepEqual([allowance.take('a'), allowance.take('a'), allowance.take('a')], [0, 0, 1000]);
  for (let n = 0; n < 9; n++) allowance.giveBack('a');
  assert.deepEqual([allowance.take('a'), allowance.take('a'), allowance.take('a')], [0, 0, 1000]);
});

test('an IPv6 network counts as one, however many addresses it has', () => {
  const allowance = createAllowance({
    perNetwork: { burst: 1, everyMs: 1000 },
    inAll: { burst: 9, everyMs: 500 },
    clock: createTestClock(),
  });
  assert.deepEqual(
    [allowance.take('2001:db8:1::5'), allowance.take('2001:db8:1:9::6'), allowance.take('2001:db8:2::5')],
    [0, 1000, 0],
  );
});

test('a verdict is shared while it is awaited, and is valid from the question on', async () => {
  const clock = createTestClock();
  const verdicts = createVerdicts<string>({ holdMs: 1000, clock });
  const { promise, resolve } = Promise.withResolvers<string>();
  assert.equal(verdicts.find('a'), undefined);
  const asked = verdicts.ask('a', async () => await promise);
  clock.tick(5000);
  const shared = verdicts.find('a');
  assert.equal(verdicts.find('b'), undefined);
  resolve('yes');
  assert.deepEqual(await Promise.all([asked, shared]), ['yes', 'yes']);
  assert.equal(verdicts.find('a'), undefined);
  assert.equal(await verdicts.ask('a', () => Promise.resolve('no')), 'no');
  clock.tick(999);
  assert.equal(await verdicts.find('a'), 'no');
  clock.tick(1);
  assert.equal(verdicts.find('a'), undefined);
});
