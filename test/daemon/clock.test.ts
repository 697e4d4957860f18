// A NAS whose clock shows 1970 after a power cut, until it has the time from the network.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFolder, keyOf, startDaemon } from '../support/daemon.ts';
import { moveClock } from '../support/moved-clock.ts';
import { writePast } from '../support/past.ts';

const dayMs = 86_400_000;

test('at 1970 a key that has expired opens nothing, and one that has not opens its task', async (t) => {
  const folder = createFolder(t);
  const nowMs = Date.now();
  writePast(folder, [{ run: 'before-the-power-cut', outcome: { kind: 'succeeded', exitCode: 0 } }]);
  const ends = { old: -dayMs, ann: dayMs };
  const toKey = (label: string): string => `magic-key-of-${label}-9Lm3Vx7K`;
  const magickey = Object.entries(ends).map(([label, ms]) => ({
    label,
    key: toKey(label),
    expires: new Date(nowMs + ms).toISOString(),
  }));
  const daemon = await startDaemon(t, {
    folder,
    server: { magickey },
    tasks: { a: { command: ['/bin/true'] } },
    nodeArgs: moveClock(60_000 - nowMs),
  });
  const call = async (label: string): Promise<number> =>
    (await fetch(`${daemon.base}/${toKey(label)}/${keyOf('a')}`)).status;
  assert.deepEqual([await call('old'), await call('ann')], [404, 202]);
  const line = await daemon.logged(({ event }) => event === 'clock-behind');
  assert.match(String(line['msg']), /^The clock shows 1970-01-01T00:/);
});
