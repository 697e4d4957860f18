// Connections under a limit on open files.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOpenFilesLimit, toAffordable } from '../../src/listener/open-files.ts';

test('connections shrink in proportion under a limit on open files below 1,000, and never to none', () => {
  const table: readonly (readonly [limit: number, of512: number])[] = [
    [Infinity, 512],
    [1024, 512],
    [1000, 512],
    [520, 256],
    [256, 115],
    [64, 12],
    [40, 1],
    [10, 1],
  ];
  for (const [limit, expected] of table) assert.equal(toAffordable(512, limit), expected, String(limit));
});

test(
  'the limit of this process is known on Linux',
  { skip: process.platform === 'linux' ? false : 'needs Linux (run the tests there as well)' },
  () => {
    assert.ok(readOpenFilesLimit() > 0);
  },
);
