// The targets of `npm run fuzz`, with some texts of a fixed seed, and those that were findings once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { change, createRandom } from '../../scripts/fuzz/change.ts';
import { targets } from '../../scripts/fuzz/targets.ts';

for (const [name, target] of Object.entries(targets))
  test(`no text makes the readers of ${name} throw`, () => {
    for (const sample of target.samples) target.run(sample);
    const random = createRandom(7);
    for (let i = 0; i < 200; i++) target.run(change(target.samples, random));
  });

test('a seed gives the same texts again', () => {
  const texts = (seed: number): string[] => {
    const random = createRandom(seed);
    return Array.from({ length: 20 }, () => change(['abc', 'def'], random));
  };
  assert.deepEqual(texts(1), texts(1));
  assert.notDeepEqual(texts(1), texts(2));
});
