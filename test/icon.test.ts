// Icons: every emoji that there is, or a file; nothing that would not be shown as one picture.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { IconSetting } from '../src/icon.ts';

const parse = (text: string): IconSetting | undefined => IconSetting.safeParse(text).data;

test('one emoji is an emoji, however it is joined; one that a font may show as text is asked for as a picture', () => {
  for (const emoji of ['📷', '❤️', '👨‍👩‍👧‍👦', '🇩🇪', '1️⃣', '👍🏽', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏳️‍🌈'])
    assert.deepEqual(parse(emoji), { kind: 'emoji', emoji });
  assert.deepEqual(parse('❤'), { kind: 'emoji', emoji: '❤\ufe0f' });
});

test('what has a dot or a slash is a file', () => {
  for (const path of ['camera.png', '/volume1/icons/camera', '../a b.svg'])
    assert.deepEqual(parse(path), { kind: 'file', path });
});

test('anything else is neither', () => {
  for (const text of [
    '',
    'A',
    '1',
    '#',
    'camera',
    '📷📷',
    'a📷',
    '📷 ',
    ' 📷',
    '📷\u0301',
    '📷\u202e',
    'a\u20e3',
    '\u200d',
    '\ufe0f',
    'a\0.png',
    'x'.repeat(1001),
  ])
    assert.equal(parse(text), undefined, JSON.stringify(text));
});

test('no text at all becomes an emoji that is more than one character, or that could change what stands around it', () => {
  const part = fc.constantFrom(
    '📷',
    '👍',
    '🏽',
    '\u200d',
    '\ufe0f',
    '🇩',
    '🇪',
    '1',
    '\u20e3',
    'a',
    '<',
    '&',
    '"',
    '\u202e',
    '\0',
  );
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(part).map((parts) => parts.join('')),
        fc.string({ unit: 'grapheme' }),
      ),
      (text) => {
        const icon = parse(text);
        if (icon?.kind !== 'emoji') return;
        assert.equal([...segmenter.segment(icon.emoji)].length, 1);
        assert.doesNotMatch(icon.emoji, /[<>&"']|\p{Cc}|[\u202a-\u202e]/u);
      },
    ),
  );
});
