// The drawings of emoji: which there are, and how they are found.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadDrawings, loadEmojiTest } from '../../src/icons/emoji.ts';

test('there is a drawing of each emoji in the list, found by the emoji as people write it, and of no other', () => {
  const isDrawn = loadEmojiTest();
  const findDrawing = loadDrawings();
  for (const emoji of ['📷', '🚪', '💡', '❤', '❤\ufe0f', '1️⃣', '#️⃣', '👍🏽', '🏳️‍🌈', '☀', '⚙️', '🧑‍🚀', '🔟']) {
    assert.equal(isDrawn(emoji), true, emoji);
    const { width = 0, height = 0, body = '' } = findDrawing(emoji) ?? {};
    assert.ok(width === 32 && height >= 32, emoji);
    assert.match(body, /^<(?:g|path)[^]*>$/, emoji);
  }
  for (const emoji of ['🇩🇪', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '👨‍👩‍👧‍👦', '', 'a', '\t', '\n', '.*']) {
    assert.equal(isDrawn(emoji), false, emoji);
    assert.equal(findDrawing(emoji), undefined, emoji);
  }
});
