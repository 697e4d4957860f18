// Connections under a limit on open files.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { limitConnections } from '../../src/listener/connections.ts';
import { createServer } from '../../src/listener/listener.ts';
import { until } from '../support/daemon.ts';
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

test('a listener counts its connections by the limit on open files', async (t) => {
  const server = createServer(undefined);
  const limits = { max: 50, maxPerAddress: 50, maxStarts: 8, maxVisits: 8 };
  limitConnections(server, { ...limits, isExempt: () => false, openFilesLimit: 100 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const clients = Array.from({ length: 10 }, () =>
    net.connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {}),
  );
  t.after(() => {
    for (const client of clients) client.destroy();
    server.close();
  });
  await until(
    () => clients.filter(({ closed }) => closed).length >= 7 || undefined,
    'all but three connections to give way',
  );
});
