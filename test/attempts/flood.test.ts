// Refused calls in the log: some lines, then a sum.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import { refusals, type Attempt, type Refusal } from '../../src/attempts/attempt.ts';
import { createFlood } from '../../src/attempts/flood.ts';
import { createRecorder } from '../../src/attempts/recorder.ts';
import { createTally } from '../../src/attempts/tally.ts';
import { startGate } from '../support/gate.ts';
import { createTestLogger } from '../support/logger.ts';
import { startReceiver } from '../support/receiver.ts';
import { exchange, exchangeInTurn, mapSome, withoutDate } from '../support/raw-http.ts';
import { until } from '../support/daemon.ts';

/** Attempts and a tally that can be looked at. */
function createWitnesses(): {
  notes: Attempt[];
  attempts: { note(attempt: Attempt): void };
  tally: ReturnType<typeof createTally>;
} {
  const notes: Attempt[] = [];
  return {
    notes,
    attempts: { note: (attempt) => void notes.push(attempt) },
    tally: createTally(systemClock),
  };
}

test('a flood is folded into one line that names the networks with the most calls, and a bounded number of them', () => {
  const { logger, lines } = createTestLogger();
  const { notes, attempts, tally } = createWitnesses();
  let failures = 1;
  const flood = createFlood({
    readShare: () => ({ failures, window: 3_600_000 }),
    recorder: createRecorder({ logger, attempts, tally }),
    onFlood: () => {},
    clock: systemClock,
  });
  flood.count({ address: '192.0.2.1', network: 'quiet', why: 'task-key' });
  failures = 0;
  for (let network = 0; network < 10_000; network++)
    flood.count({ address: 'a', network: `n${network}`, why: 'path' });
  for (let i = 0; i < 7; i++)
    for (let network = 0; network < i; network++)
      flood.count({ address: 'a', network: `n${network}`, why: 'path' });
  for (let i = 0; i < 50; i++) flood.count({ address: 'a', network: 'late, but large', why: 'path' });
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    ['Refused a call from 192.0.2.1 (task-key)'],
  );
  flood.flush();
  flood.flush();
  // The first call of each was one of 10,000 networks with one call, more than can be counted.
  const networks = { 'late, but large': 50, n0: 6, n1: 5, n2: 4, n3: 3 };
  assert.deepEqual(
    lines.slice(1).map(({ event, calls, networks }) => ({ event, calls, networks })),
    [{ event: 'flood', calls: 10_071, networks }],
  );
  assert.equal(
    lines[1]?.['msg'],
    '10071 more calls were refused: 50 from late, but large, 6 from n0, 5 from n1, 4 from n2, 3 from n3, 10003 from elsewhere',
  );
  assert.deepEqual(notes, [
    { result: 'task-key', address: '192.0.2.1' },
    { result: 'flood', calls: 10_071, networks },
  ]);
  assert.deepEqual(
    [tally.results.get('task-key'), tally.results.get('path')],
    [1, 10_071],
    'the tally counts each of them',
  );
  assert.ok(tally.networks().length <= 1250, 'and tells a bounded number of networks apart');
  assert.ok(
    tally.networks().some(({ network, calls }) => network === 'late, but large' && calls === 50),
    'the last ones',
  );
});

test('the sum is written by itself when the window is over, and the next flood gets one of its own', async () => {
  const { logger, lines } = createTestLogger();
  const { attempts, tally } = createWitnesses();
  const flood = createFlood({
    readShare: () => ({ failures: 0, window: 20 }),
    recorder: createRecorder({ logger, attempts, tally }),
    onFlood: () => {},
    clock: systemClock,
  });
  for (let times = 1; times <= 2; times++) {
    flood.count({ address: 'a', network: 'a', why: 'path' });
    await until(() => (lines.length === times ? true : undefined), 'the sum');
  }
  assert.deepEqual(
    lines.map(({ calls }) => calls),
    [1, 1],
  );
});

test('only wrong keys are reported as tries of keys, once a network or all together had too many', () => {
  const { logger } = createTestLogger();
  const { attempts, tally } = createWitnesses();
  const reported: string[] = [];
  const flood = createFlood({
    readShare: () => ({ failures: 10, window: 3_600_000 }),
    recorder: createRecorder({ logger, attempts, tally }),
    onFlood: (network) => void reported.push(network),
    clock: systemClock,
  });
  const count = (network: string, why: Refusal, times: number): void => {
    for (let i = 0; i < times; i++) flood.count({ address: network, network, why });
  };
  for (const why of refusals) if (!/-key$|-keys$/.test(why)) count('phone', why, 50);
  count('phone', 'expired-key', 50);
  count('phone', 'both-keys', 10);
  assert.deepEqual(reported, []);
  count('scanner', 'task-key', 11);
  count('phone', 'both-keys', 10);
  assert.deepEqual(reported, ['scanner'], 'one notice for a flood');
  flood.flush();
});

test('touch icons, TLS on the port of plain HTTP and a monitor are no tries of keys for notices', async (t) => {
  const receiver = await startReceiver(t);
  const { daemon } = await startGate(t, {
    server: { rateLimit: { failures: 5, window: '1h' } },
    more: { notify: [{ type: 'webhook', url: receiver.url, on: ['strangers'] }] },
  });
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
  const sizes = ['', '-120x120', '-120x120-precomposed', '-precomposed'];
  for (const request of [
    ...sizes.flatMap((size) => ['', '/tasks'].map((sub) => get(`${sub}/apple-touch-icon${size}.png`))),
    ...['/favicon.ico', '/tasks/favicon.ico', '/robots.txt', '/.well-known/assetlinks.json'].map(get),
    ...Array.from({ length: 11 }, () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'),
    ...Array.from({ length: 20 }, () => get('/')),
    ...Array.from({ length: 20 }, () => get('/').replace('GET', 'HEAD')),
  ])
    await exchange(daemon.port, request);
  for (let i = 0; i < 6; i++) {
    assert.equal(receiver.got.length, 0);
    await exchange(daemon.port, get('/wrong-magic-key/wrong-task-key'));
  }
  await receiver.awaits(1);
});

test('4,000 refusals leave a small log in which each is counted, answers that never change, and the right keys working', async (t) => {
  const { daemon } = await startGate(t, { server: { rateLimit: { runs: 1000, failures: 5, window: '3s' } } });
  const call = 'GET /wrong-magic-key/wrong-task-key HTTP/1.1\r\nHost: a\r\n\r\n';
  const froms = Array.from({ length: 200 }, (_, i) => `127.0.0.${2 + (i % 4)}`);
  // Each connection sends one call at a time: while new connections come this fast, one that sends more than two ahead is cut.
  const answers = await mapSome(
    froms,
    async (from) => (await exchangeInTurn(daemon.port, call, { from, times: 20 })).map(withoutDate),
    8,
  );
  assert.deepEqual(new Set(answers.flat()).size, 1);
  assert.match(answers[0]?.[0] ?? '', /^HTTP\/1\.1 404 /);
  assert.ok(answers.every(({ length }) => length === 20));
  assert.equal((await fetch(daemon.url('count'))).status, 202);
  const counted = (): number =>
    daemon
      .log()
      .reduce(
        (sum, { event, calls }) => sum + (event === 'refused' ? 1 : event === 'flood' ? Number(calls) : 0),
        0,
      );
  await until(() => (counted() === 4000 ? true : undefined), 'each refusal to be counted');
  // Each window has at most five lines a network, and a sum: a slow machine needs more windows.
  assert.ok(fs.statSync(path.join(daemon.folder, 'log.txt')).size < 200_000, 'a line each would be 600 kB');
  const first = daemon
    .log()
    .filter(({ event }) => event === 'refused')
    .slice(0, 5);
  assert.ok(first.length === 5 && first.every(({ mismatch }) => mismatch === 'both-keys'));
  const networks = daemon
    .log()
    .flatMap(({ event, networks }) => (event === 'flood' ? Object.keys(networks as object) : []));
  assert.deepEqual([...new Set(networks)].sort(), ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5']);
});

test('what was only counted is written when the daemon stops', async (t) => {
  const { daemon } = await startGate(t, { server: { rateLimit: { failures: 2, window: '1h' } } });
  for (const path of ['/', '/a/b', '/runs/c', '/x', '/y']) await fetch(daemon.base + path);
  assert.equal(await daemon.stop(), 0);
  const lines = daemon.log().filter(({ event }) => event === 'refused' || event === 'flood');
  assert.deepEqual(
    lines.map(({ mismatch, calls }) => mismatch ?? calls),
    ['path', 'both-keys', 3],
  );
});
