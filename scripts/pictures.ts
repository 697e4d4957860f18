// Takes the pictures of the documents, from real daemons in real Chromium.
import path from 'node:path';
import { takeAdminPicture } from './pictures/admin.ts';
import { takePhonePicture } from './pictures/phone.ts';

const folder = path.join(import.meta.dirname, '../docs/images');
for (const take of [takePhonePicture, takeAdminPicture])
  console.log(`Wrote ${path.relative(process.cwd(), await take(folder))}`);
