// `remotetask key`: prints a new key, and its digest for owners who want no key in clear in the config.
import { newKey, toKeyDigest } from '../keys.ts';
import type { Command } from './command.ts';

export const key: Command = {
  name: 'key',
  summary: 'Makes a new key, and shows it with its digest',
  details: ['A new key opens nothing yet, so it may be written into a pipe or a file.'],
  async run() {
    const made = newKey();
    console.log(`${made}\nsha256:${toKeyDigest(made)}`);
    return 0;
  },
};
