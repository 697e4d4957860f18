// Takes the pictures of README.md.
import path from 'node:path';
import { takePhonePicture } from './pictures/phone.ts';

const folder = path.join(import.meta.dirname, '../docs/images');
console.log(`Wrote ${path.relative(process.cwd(), await takePhonePicture(folder))}`);
