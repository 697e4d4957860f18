// Edits of keys in a config, loaded again: what opens afterwards, and what stays as its owner wrote it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import {
  addKey,
  removeKey,
  replaceKey,
  succeedKey,
  toLabel,
  toOldLabel,
} from '../../src/config/edit-keys.ts';
import type { PlacedKey } from '../../src/config/key-setting.ts';
import { inspectConfig } from '../../src/config/load.ts';
import { newKey } from '../../src/keys.ts';
import { createJudge } from '../support/config.ts';
import { keyOf, magicKey } from '../support/daemon.ts';

const created = '2026-11-30T12:00:00Z';
const text = `{
  // mine
  "server": { "listen": "127.0.0.1", "magickey": "${magicKey}" }, // door
  "tasks": {
    "lights": {
      "identifier": [
        // hers
        { "label": "Anna", "key": "${keyOf('a')}", "expires": "2099-01-31", "confirm": true }, // phone
        { "label": "Bob", "key": "${keyOf('b')}" }
      ],
      "command": ["/bin/true"]
    }
  }
}
`;

/** Loads a text, and returns its keys: the magic keys, and those of its task. */
function createReader(t: { after(fn: () => void): void }): (edited: string) => {
  magic: readonly PlacedKey[];
  lights: readonly PlacedKey[];
} {
  const { file } = createJudge(t);
  return (edited) => {
    fs.writeFileSync(file, edited, { mode: 0o600 });
    const found = inspectConfig(file, {});
    assert.ok(found.kind === 'usable', found.kind === 'unusable' ? found.error.details.join() : '');
    return { magic: found.placedKeys.magic, lights: found.placedKeys.tasks[0]?.keys ?? [] };
  };
}

test('keys are added, replaced, succeeded and removed, and every comment stays', (t) => {
  const read = createReader(t);
  const shown = (keys: readonly PlacedKey[]): unknown[] =>
    keys.map(({ label, text: key, asksFirst, expiresAtMs }) => [
      label,
      key,
      asksFirst,
      expiresAtMs === undefined ? undefined : new Date(expiresAtMs).getFullYear(),
    ]);
  const [one, two, three] = [newKey(), newKey(), newKey()];
  const facts = { label: 'Carl', created, expires: undefined };
  const first = addKey(text, read(text).magic, { ...facts, key: one });
  assert.deepEqual(shown(read(first).magic), [
    ['first', magicKey, false, undefined],
    ['Carl', one, false, undefined],
  ]);
  const [anna] = read(first).lights;
  assert.ok(anna !== undefined);
  const replaced = replaceKey(first, anna, { ...facts, label: 'Anna', key: two });
  assert.deepEqual(shown(read(replaced).lights)[0], ['Anna', two, true, 2099]);
  const succeeded = succeedKey(replaced, anna, {
    facts: { ...facts, label: 'Anna', key: three },
    oldLabel: 'Anna (old)',
    oldExpires: '2098-01-31T00:00:00Z',
  });
  assert.deepEqual(shown(read(succeeded).lights), [
    ['Anna (old)', two, true, 2098],
    ['Bob', keyOf('b'), false, undefined],
    ['Anna', three, true, 2099],
  ]);
  assert.equal(read(succeeded).lights[2]?.createdAtMs, Date.parse(created));
  for (const comment of ['// mine', '// door', '// hers', '// phone']) assert.ok(succeeded.includes(comment));
  const bob = read(succeeded).lights[1];
  assert.ok(bob !== undefined);
  assert.deepEqual(
    read(removeKey(succeeded, bob)).lights.map(({ label }) => label),
    ['Anna (old)', 'Anna'],
  );
});

test('a config in the form of the seed program keeps its form', (t) => {
  const read = createReader(t);
  const seed = `{ "listen": "127.0.0.1", "magickey": "${magicKey}", "tasks": { "7": { "identifier": "${keyOf('7')}" } } }`;
  const { magic, lights } = read(seed);
  const facts = { label: 'b', key: newKey(), created, expires: '2099-01-31' };
  const edited = addKey(addKey(seed, magic, facts), lights, { ...facts, key: newKey() });
  assert.deepEqual(
    [...read(edited).magic, ...read(edited).lights].map(({ label }) => label),
    ['first', 'b', 'first of 7', 'b'],
  );
  assert.ok(edited.startsWith('{ "listen": "127.0.0.1", "magickey": [{ "label": "first", '));
});

test('labels that are made up are new, and no longer than labels may be', () => {
  assert.equal(toOldLabel('Anna', new Set(['Anna', 'Anna (old)'])), 'Anna (old 2)');
  const long = toOldLabel('🔑'.repeat(30), new Set());
  assert.ok(long.length <= 60 && long.isWellFormed() && long.endsWith('🔑 (old)'), long);
  assert.equal(toLabel({ label: undefined, path: ['tasks', 'x'.repeat(99), 'identifier'] }).length, 60);
});
