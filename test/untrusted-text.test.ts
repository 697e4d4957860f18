// Text from elsewhere on a terminal: all of it is shown, and none of it obeyed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { renderJson, toFirstLines, toOneLine } from '../src/untrusted-text.ts';

/** Any text, with what could mislead a terminal or its reader. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom(
        '\n',
        '\r',
        '\t',
        '\u001b[2J',
        '\u009b2J',
        '\u202e',
        '\u2066',
        '\u200f',
        '\ud83c',
        '\u2028',
        '\u{e0041}',
        '\u00ad',
      ),
      fc.constantFrom('日本', '👩‍👩‍👧', 'é', 'می‌خواهم', '[x]', '"'),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
/** Controls, whatever turns the direction of writing, line separators, half characters. */
const obeyed = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\u061c\ufeff]|\p{Cs}/u;

test('a line shows what would be obeyed or not be seen, and leaves letters, emoji and joiners alone', () => {
  assert.equal(
    toOneLine('a\nb\tc\r\u001b[31m\u202ed\u{e0041}'),
    'a\\nb\\tc\\u000d\\u001b[31m\\u202ed\\udb40\\udc41',
  );
  assert.equal(toOneLine('half \ud83c'), 'half \\ud83c');
  for (const fine of [
    'Nightly copy',
    'it\'s "fine"; $(reboot) `x` [y]',
    '日本語',
    '👩‍👩‍👧 🇩🇪',
    'می‌خواهم',
    'e\u0301',
  ])
    assert.equal(toOneLine(fine), fine);
  fc.assert(
    fc.property(text, (some) => {
      assert.doesNotMatch(toOneLine(some), obeyed);
    }),
    { numRuns: 600 },
  );
});

test('JSON keeps the value and holds nothing that a terminal would obey', () => {
  fc.assert(
    fc.property(fc.dictionary(text, fc.oneof(text, fc.integer(), fc.constant(null))), (some) => {
      const json = renderJson({ some });
      assert.doesNotMatch(json.replaceAll('\n', ''), obeyed);
      assert.equal(JSON.stringify(JSON.parse(json)), JSON.stringify({ some }));
    }),
    { numRuns: 600 },
  );
});

test('of what is not understood, the first lines are shown, each cut and harmless', () => {
  assert.deepEqual(toFirstLines('\n\n  one  \n\ntwo\u001b[2J\r\n3\n4\n5\n6\n7'), [
    '  one',
    'two\\u001b[2J',
    '3',
    '4',
    '5',
  ]);
  assert.deepEqual(toFirstLines('x'.repeat(1_000_000)), [`${'x'.repeat(160)}…`]);
  assert.deepEqual(toFirstLines(' \n'), []);
});
