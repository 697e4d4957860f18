// Too many calls with the right keys: 429, per task and key.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import rateLimit from '@fastify/rate-limit';
import Fastify from 'fastify';
import { renderDuration } from '../../src/values/duration.ts';
import { toLimitStore } from '../../src/http/limit-store.ts';
import { createLimits } from '../../src/http/limits.ts';
import { magicKey, startDaemon, until } from '../support/daemon.ts';
import { exchange } from '../support/raw-http.ts';

const annsKey = 'limited-key-of-Ann-9Kd2';
const bobsKey = 'limited-key-of-Bob-9Kd2';
const labelled = [
  { label: 'Ann', key: annsKey },
  { label: 'Bob', key: bobsKey },
];
const command = { command: ['/bin/true'], cooldown: '0s', whenBusy: 'parallel', name: 'Limited' };

test('more calls than allowed get 429 and when to call again, for that task and that key only, in each form', async (t) => {
  const { base, history, logged } = await startDaemon(t, {
    tasks: { a: { ...command, identifier: labelled }, b: { ...command, identifier: 'other-task-key-5Jd8' } },
    server: { rateLimit: { runs: 3, per: '1h' } },
  });
  const call = async (key: string, accept = '*/*'): Promise<Response> =>
    await fetch(`${base}/${magicKey}/${key}`, { headers: { accept }, redirect: 'manual' });
  const statuses = async (key: string, times: number): Promise<number[]> => {
    const answers = await Promise.all(Array.from({ length: times }, async () => await call(key)));
    return answers.map(({ status }) => status).sort((a, b) => a - b);
  };
  assert.deepEqual(await statuses(annsKey, 10), [202, 202, 202, 429, 429, 429, 429, 429, 429, 429]);
  assert.deepEqual(await statuses(bobsKey, 4), [202, 202, 202, 429]);
  assert.deepEqual(await statuses('other-task-key-5Jd8', 2), [202, 202]);
  assert.equal(history().filter(({ event }) => event === 'start').length, 8);

  const refusals = [
    await call(annsKey),
    await call(annsKey, 'text/html'),
    await call(annsKey, 'application/json'),
  ];
  const waits = refusals.map(({ headers }) => Number(headers.get('retry-after')));
  for (const [i, { status }] of refusals.entries())
    assert.ok(status === 429 && (waits[i] ?? 0) > 3500 && (waits[i] ?? 0) <= 3600);
  const sentence = (i: number): string =>
    `It was called too often. Call again in ${renderDuration((waits[i] ?? 0) * 1000)}.`;
  const [text = '', page = '', json = ''] = await Promise.all(
    refusals.map(async (refusal) => await refusal.text()),
  );
  assert.equal(text, `Limited: not started. ${sentence(0)}\n`);
  assert.ok(page.includes(`<h1>Limited</h1>`) && page.includes(sentence(1).replace('Call', 'Try')));
  assert.deepEqual(JSON.parse(json), {
    task: 'a',
    name: 'Limited',
    code: 'rate-limit',
    error: sentence(2),
  });
  await logged(({ event, mismatch }) => event === 'refused' && mismatch === 'limited');
});

test('of calls that come in one piece as many are served as are allowed', async (t) => {
  const { port } = await startDaemon(t, {
    tasks: { a: { ...command, identifier: labelled } },
    server: { rateLimit: { runs: 3, per: '1h' } },
  });
  const { text } = await exchange(port, `GET /${magicKey}/${annsKey} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(5));
  assert.deepEqual(text.match(/(?<=^HTTP\/1\.1 )\d+/gm), ['202', '202', '202', '429', '429']);
});

test('the time over, calls are served again; strangers do not use the limit up', async (t) => {
  const { base } = await startDaemon(t, {
    tasks: { a: { ...command, identifier: labelled } },
    server: { rateLimit: { runs: 2, per: '1s', failures: 1 } },
  });
  const status = async (...path: string[]): Promise<number> =>
    (await fetch([base, ...path].join('/'))).status;
  for (let i = 0; i < 50; i++) assert.equal(await status(magicKey, `wrong-${i}`), 404);
  assert.equal(await status(magicKey, annsKey), 202);
  await until(async () => ((await status(magicKey, annsKey)) === 429 ? true : undefined), 'a refusal');
  await until(async () => ((await status(magicKey, annsKey)) === 202 ? true : undefined), 'a start');
});

test('a clock that is set back or forth changes the limit of no task, because it counts by monotonic time', async (t) => {
  for (const byMs of [86_400_000, -86_400_000]) {
    let nowMs = 0;
    const clock = { nowMs: () => nowMs };
    const app = Fastify();
    await app.register(rateLimit, { global: false, store: toLimitStore(clock) });
    t.mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 0, 2) });
    const limits = createLimits(app, { runs: 2, per: 60_000 });
    const call = async (): Promise<number> => await limits.secondsToWait('a', 'Ann');
    assert.deepEqual([await call(), await call(), await call()], [0, 0, 60]);
    t.mock.timers.setTime(Date.now() + byMs);
    assert.equal(await call(), 60);
    nowMs += 59_000;
    assert.equal(await call(), 1);
    nowMs += 1000;
    assert.deepEqual([await call(), await call(), await call()], [0, 0, 60]);
    t.mock.timers.reset();
    await app.close();
  }
});

test('of simultaneous calls, each sees its own count', async (t) => {
  const app = Fastify();
  t.after(async () => await app.close());
  const clock = { nowMs: () => 0 };
  await app.register(rateLimit, { global: false, store: toLimitStore(clock) });
  const limits = createLimits(app, { runs: 2, per: 1000 });
  const calls = Array.from({ length: 5 }, async () => await limits.secondsToWait('a', undefined));
  assert.deepEqual(await Promise.all(calls), [0, 0, 1, 1, 1]);
});

test('a limiter counts a limited number of keys, and forgets first the one that was silent for the longest time', () => {
  const store = new (toLimitStore({ nowMs: () => 0 }))({});
  const count = (key: string): number => {
    let counted = 0;
    store.incr(key, (_error, result) => void (counted = result?.current ?? 0), 1000, 1);
    return counted;
  };
  assert.deepEqual([count('silent'), count('loud'), count('loud')], [1, 1, 2]);
  for (let key = 0; key < 4999; key++) count(`${key}`);
  assert.deepEqual([count('loud'), count('silent')], [3, 1]);
});
