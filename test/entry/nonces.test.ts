// Nonces: each stands for one value, in time by the clock that only goes forward.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNonces } from '../../src/entry/nonces.ts';

const dayMs = 86_400_000;
const still = { nowMs: () => 0, wallMs: () => 0 };

test('a nonce is open for its time, whatever happens to the clock on the wall', () => {
  for (const [afterMs, wallByMs, isOpen] of [
    [0, 0, true],
    [299_999, 0, true],
    [300_000, 0, false],
    [299_999, dayMs, true],
    [299_999, -dayMs, true],
    [300_000, -dayMs, false],
  ] as const) {
    let [now, wall] = [5, dayMs];
    const nonces = createNonces<string>({ nowMs: () => now, wallMs: () => wall }, 300_000);
    const nonce = nonces.issue('task');
    [now, wall] = [now + afterMs, wall + afterMs + wallByMs];
    assert.equal(nonces.look(nonce), isOpen ? 'task' : undefined, `${afterMs} ${wallByMs}`);
  }
});

test('nonces are unguessable and their own; each stands for its value, and nothing else does', () => {
  const nonces = createNonces<string>(still, 1000);
  const [first = '', second = '', third = ''] = ['a', 'b', 'a'].map((value) => nonces.issue(value));
  assert.equal(new Set([first, second, third]).size, 3);
  for (const nonce of [first, second, third]) assert.match(nonce, /^[\w-]{22}$/);
  for (const wrong of ['', ' ', first.slice(1), `${first}=`, '__proto__'])
    assert.equal(nonces.look(wrong), undefined, wrong);
  assert.deepEqual(
    [first, second, third].map((nonce) => nonces.look(nonce)),
    ['a', 'b', 'a'],
  );
});

test('no more than 1,000 are open; the oldest give way', () => {
  const nonces = createNonces<number>(still, 1000);
  const all = Array.from({ length: 1001 }, (_, i) => nonces.issue(i));
  assert.deepEqual(
    all.map((nonce) => nonces.look(nonce)),
    all.map((_, i) => (i === 0 ? undefined : i)),
  );
});
