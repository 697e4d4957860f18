// When a key was last used.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKeyUses, findUse } from '../../../src/admin/pages/key-uses.ts';

test('the last use of a single key stays known when another key comes beside it', () => {
  const { note, of } = createKeyUses();
  note({ task: 'lights', at: '2026-01-01T10:00:00Z', address: '192.0.2.1' });
  const find = (label: string | undefined, partners: readonly (string | undefined)[], isMagic: boolean) =>
    findUse(
      of(isMagic ? undefined : 'lights'),
      { label },
      partners.map((partner) => ({ label: partner })),
      isMagic,
    )?.address;
  assert.equal(find(undefined, [undefined], true), '192.0.2.1');
  // `keys new` gives the single magic key the label "first".
  const magic = ['first', "Anna's phone"];
  assert.deepEqual(
    magic.map((label) => find(label, [undefined], true)),
    ['192.0.2.1', undefined],
  );
  assert.equal(find(undefined, magic, false), '192.0.2.1');
  // And `keys new --task lights` gives that of the task the label "first of lights".
  assert.deepEqual(
    ['first of lights', 'Bob'].map((label) => find(label, magic, false)),
    ['192.0.2.1', undefined],
  );
  note({ task: 'lights', label: 'first + Bob', at: '2026-01-02T10:00:00Z', address: '192.0.2.2' });
  assert.equal(find('Bob', magic, false), '192.0.2.2');
  assert.equal(find('first', ['first of lights', 'Bob'], true), '192.0.2.2');
});
