// What follows tasks, in a config: tasks that do not exist, rings, times, and what would never start.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { inspectConfig } from '../../src/config/load.ts';
import { listChoices } from '../../src/values/then.ts';
import { createFolder, keyOf, magicKey } from '../support/daemon.ts';

/** What is wrong with a config of these tasks, without places in the file. */
function judge(t: TestContext, tasks: Record<string, object>): string[] {
  const file = path.join(createFolder(t), 'config.json');
  const all = Object.entries(tasks).map(([id, task]) => [
    id,
    { identifier: keyOf(id), command: ['/bin/true'], ...task },
  ]);
  const server = { magickey: magicKey, listen: '127.0.0.1' };
  fs.writeFileSync(file, JSON.stringify({ server, tasks: Object.fromEntries(all) }), { mode: 0o600 });
  const found = inspectConfig(file, {});
  const lines = found.kind === 'unusable' ? found.error.details : found.warnings;
  return lines.map((line) => line.replace(/^config\.json:[\d:]+ tasks\./, ''));
}

const then = (task: string, more = {}): object => ({ then: { task, after: '2h', ...more } });

test('what follows a task has to exist, and rings are refused, all at once', (t) => {
  assert.deepEqual(judge(t, { off: then('on'), on: {} }), []);
  assert.deepEqual(
    judge(t, {
      off: then('onn'),
      on: {},
      a: then('b'),
      b: then('c'),
      c: then('a'),
      d: then('a'),
      self: then('self'),
    }),
    [
      'off.then.task: Give the id of a task of this config; did you mean on?',
      'a.then.task: Remove one "then" of this ring: a, b, c, a',
      'self.then.task: Name another task: a task cannot follow itself',
    ],
  );
});

test('times have to fit one another', (t) => {
  assert.deepEqual(judge(t, { off: then('on', { between: ['10m', '1h'] }), on: {} }), [
    'off.then.after: Give a time that "between" allows, or change that',
  ]);
  assert.deepEqual(judge(t, { off: then('on', { between: ['3h', '1h'] }), on: {} }), [
    'off.then.between: Give the shorter time first',
  ]);
  assert.deepEqual(judge(t, { off: { then: { task: 'on' } }, on: {} }), [
    'off.then.after: Write a duration such as "30s", "10m" or "2h", of at most 24 days',
  ]);
});

test('what would never start is warned of', (t) => {
  assert.deepEqual(judge(t, { off: then('on'), on: { enabled: false } }), [
    'off.then.task: Enable that task, or remove "then": a task that is not enabled is never started',
  ]);
});

test('a page offers at most four times, from the shortest to the longest', () => {
  const minutes = (least: number, most: number): number[] =>
    listChoices({ between: [least * 60_000, most * 60_000] }).map((ms) => ms / 60_000);
  assert.deepEqual(minutes(10, 480), [10, 45, 180, 480]);
  assert.deepEqual(minutes(10, 20), [10, 15, 20]);
  assert.deepEqual(minutes(7, 7), [7]);
  assert.deepEqual(listChoices({}), []);
});
