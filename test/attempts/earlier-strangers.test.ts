// The strangers of earlier daemons, counted from what is on disk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttemptLine } from '../../src/attempts/attempt.ts';
import { countEarlierStrangers } from '../../src/attempts/earlier-strangers.ts';

const at = (hour: number): string => new Date(Date.UTC(2026, 0, 1, hour)).toISOString();
const lines: readonly AttemptLine[] = [
  { n: 6, at: at(9), result: 'path', address: '192.0.2.1' },
  { n: 5, at: at(5), result: 'started', address: '192.0.2.9' },
  { n: 4, at: at(4), result: 'limited', address: '192.0.2.9' },
  { n: 3, at: at(3), result: 'both-keys', address: '192.0.2.1' },
  { n: 2, at: at(2), result: 'flood', calls: 9, networks: { '192.0.2.1': 5, '192.0.2.2': 4 } },
  { n: 1, at: at(1), result: 'path', address: '192.0.2.1' },
];

async function* stream(): AsyncGenerator<AttemptLine> {
  yield* await Promise.resolve(lines);
}

const count = async (max: number): Promise<unknown[]> =>
  [
    ...(await countEarlierStrangers(stream(), {
      beforeMs: Date.parse(at(8)),
      max,
      toNetwork: (address) => address,
    })),
  ].map(([network, { calls, lastSeenMs, kinds }]) => [
    network,
    calls,
    new Date(lastSeenMs).getUTCHours(),
    Object.fromEntries(kinds),
  ]);

test('refused calls and floods before the start are counted by network, admitted ones are not', async () => {
  assert.deepEqual(await count(99), [
    ['192.0.2.1', 7, 3, { 'both-keys': 1, path: 1 }],
    ['192.0.2.2', 4, 2, {}],
  ]);
});

test('no more attempts are looked at than allowed', async () => {
  assert.deepEqual(await count(4), [['192.0.2.1', 1, 3, { 'both-keys': 1 }]]);
});
