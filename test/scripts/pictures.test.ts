// The pictures of the documents can be taken at any time, and are there.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { takeAdminPicture } from '../../scripts/pictures/admin.ts';
import { takePhonePicture } from '../../scripts/pictures/phone.ts';
import { skipPages } from '../support/browser.ts';
import { createFolder } from '../support/daemon.ts';

/** Width and height of a PNG, which stand first in its header (PNG, 11.2.1). */
function sizeOf(file: string): readonly [width: number, height: number] {
  const bytes = fs.readFileSync(file);
  assert.equal(bytes.toString('latin1', 1, 4), 'PNG');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

for (const [name, take] of Object.entries({ phone: takePhonePicture, admin: takeAdminPicture }))
  test(
    `the picture ${name}.png is taken, as large as the one that the documents show`,
    { skip: skipPages },
    async (t) => {
      const taken = await take(createFolder(t));
      assert.deepEqual(
        sizeOf(taken),
        sizeOf(path.join(import.meta.dirname, `../../docs/images/${name}.png`)),
      );
    },
  );
