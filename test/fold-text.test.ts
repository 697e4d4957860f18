// Searches ignore case and accents, and never find what is not there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createJsonPartTest, createPartTest, foldText } from '../src/fold-text.ts';

test('a part is found whatever its case and accents, in any script', () => {
  for (const [part, text] of [
    ['gate', 'Open the Gate'],
    ['ecole', 'École'],
    ['ÉCOLE', 'ecole'],
    ['strasse', 'Straße'],
    ['cafe', 'Cafe\u0301'],
    ['ΟΔΟΣ', 'οδός'],
    ['istanbul', 'İSTANBUL'],
    ['写真', '写真をバックアップ'],
    ['сад', 'САД'],
  ] as const)
    assert.equal(createPartTest(part)(text), true, `${part} in ${text}`);
  assert.equal(createPartTest('gate')('Gaze'), false);
  assert.equal(createPartTest('gate')(undefined), false);
  assert.equal(createPartTest(undefined)(undefined), true);
});

test('folding twice changes nothing, and what is found in a value may be found in its JSON', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(9), fc.nat(9), (text, from, length) => {
      assert.equal(foldText(foldText(text)), foldText(text));
      const part = text.slice(from, from + length);
      const json = JSON.stringify({ a: text, b: 1 });
      if (part.isWellFormed() && createPartTest(part)(text)) assert.ok(createJsonPartTest(part)(json));
    }),
  );
});
