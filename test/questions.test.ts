// Questions: their nonces are good for one task, once, and in time by the clock that only goes forward.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createQuestions } from '../src/questions.ts';

const dayMs = 86_400_000;

test('a nonce is answered within five minutes, whatever happens to the clock on the wall', () => {
  for (const [afterMs, wallByMs, isAnswered] of [
    [0, 0, true],
    [299_999, 0, true],
    [300_000, 0, false],
    [299_999, dayMs, true],
    [299_999, -dayMs, true],
    [300_000, -dayMs, false],
  ] as const) {
    let [now, wall] = [5, dayMs];
    const questions = createQuestions({ nowMs: () => now, wallMs: () => wall });
    const nonce = questions.ask('task');
    [now, wall] = [now + afterMs, wall + afterMs + wallByMs];
    assert.equal(questions.isAnswered('task', nonce), isAnswered, `${afterMs} ${wallByMs}`);
    assert.equal(questions.isAnswered('task', nonce), false, 'once');
  }
});

test('nonces are unguessable and their own; each answers the task that it was asked about, and a wrong one takes nothing away', () => {
  const questions = createQuestions({ nowMs: () => 0, wallMs: () => 0 });
  const nonces = ['a', 'b', 'a'].map((task) => questions.ask(task));
  assert.equal(new Set(nonces).size, 3);
  for (const nonce of nonces) assert.match(nonce, /^[\w-]{22}$/);
  const [first = '', second = '', third = ''] = nonces;
  for (const wrong of ['', ' ', first.slice(1), `${first}=`, second, '__proto__'])
    assert.equal(questions.isAnswered('a', wrong), false, wrong);
  assert.equal(questions.isAnswered('b', second), true);
  assert.equal(questions.isAnswered('a', third), true);
  assert.equal(questions.isAnswered('a', first), true);
});
