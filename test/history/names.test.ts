// The names that tasks were last seen with: written whole or not at all, and no problem where they are missing.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { loadNames, saveNames, toNamesPath, type TaskNames } from '../../src/history/names.ts';
import { createFolder } from '../support/daemon.ts';

const names: TaskNames = new Map([
  ['', new Map([[7, 'Back up\n"photos"']])],
  [
    'attic',
    new Map([
      [7, '日本 👩‍👩‍👧'],
      [12, ''],
    ]),
  ],
]);

test('what is written is read again, in a file of its owner alone that leaves nothing beside it', (t) => {
  const folder = createFolder(t);
  const file = toNamesPath(path.join(folder, 'history.jsonl'));
  assert.equal(file, path.join(folder, 'history.jsonl.names'));
  saveNames(file, names);
  assert.deepEqual(loadNames(file), names);
  assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  saveNames(file, new Map());
  assert.deepEqual(loadNames(file), new Map());
  assert.deepEqual(fs.readdirSync(folder), ['history.jsonl.names']);
});

test('a file that is missing, broken or something else gives no names', (t) => {
  const folder = createFolder(t);
  const file = path.join(folder, 'names');
  assert.deepEqual(loadNames(file), new Map());
  assert.deepEqual(loadNames(folder), new Map());
  const whole = JSON.stringify({ a: { '7': 'x' } });
  for (const text of [
    '',
    whole.slice(0, -1),
    'null',
    '[]',
    '{"a":1}',
    '{"a":{"7":1}}',
    '{"a":{"x":"y"}}',
    '{"a":{"0":"y"}}',
    '\0',
  ]) {
    fs.writeFileSync(file, text);
    assert.deepEqual(loadNames(file), new Map(), text);
  }
  fs.writeFileSync(file, whole);
  assert.deepEqual(loadNames(file), new Map([['a', new Map([[7, 'x']])]]));
});

test('where it cannot be written, the old one stays and nothing is left behind', (t) => {
  const folder = createFolder(t);
  const file = path.join(folder, 'names');
  fs.mkdirSync(file);
  assert.throws(() => saveNames(file, names), { code: /^E/ });
  assert.deepEqual(fs.readdirSync(folder), ['names']);
  assert.throws(() => saveNames(path.join(folder, 'none', 'names'), names), { code: 'ENOENT' });
});

test('any names are kept as they are', (t) => {
  const file = path.join(createFolder(t), 'names');
  const byId = fc
    .array(fc.tuple(fc.integer({ min: 1 }), fc.string({ unit: 'grapheme' })))
    .map((pairs) => new Map(pairs));
  const all = fc
    .array(fc.tuple(fc.stringMatching(/^[A-Za-z0-9_-]{0,50}$/), byId))
    .map((pairs) => new Map(pairs));
  fc.assert(
    fc.property(all, (some) => {
      saveNames(file, some);
      assert.deepEqual(loadNames(file), some);
    }),
    { numRuns: 200, examples: [[new Map([['__proto__', new Map([[7, 'Lights']])]])]] },
  );
});
