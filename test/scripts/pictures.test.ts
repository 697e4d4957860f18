// The pictures of README.md can be taken at any time, and are there.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { takePhonePicture } from '../../scripts/pictures/phone.ts';
import { skipPages } from '../support/browser.ts';
import { createFolder } from '../support/daemon.ts';

/** Width and height of a PNG, which stand first in its header (PNG, 11.2.1). */
function sizeOf(file: string): readonly [width: number, height: number] {
  const bytes = fs.readFileSync(file);
  assert.equal(bytes.toString('latin1', 1, 4), 'PNG');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

test('the picture of the phone is taken, as large as the one that README.md shows', { skip: skipPages }, async (t) => {
  const taken = await takePhonePicture(createFolder(t));
  assert.deepEqual(sizeOf(taken), sizeOf(path.join(import.meta.dirname, '../../docs/images/phone.png')));
});
