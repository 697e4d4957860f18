// Notices on their way: tried again with patience, in order, bounded, and never in anybody's way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNotifier, type Notifier } from '../../src/notify/notifier.ts';
import type { NotifyTarget } from '../../src/notify/options.ts';
import { findPort, until } from '../support/daemon.ts';
import { createTestLogger } from '../support/logger.ts';
import { newsOf, strangers, targetOf } from '../support/news.ts';
import { startReceiver, type Answer } from '../support/receiver.ts';

const failed = { kind: 'failed', exitCode: 3 } as const;
const secrets = ['secret-topic', 'secret-token', 'secret-password', '127.0.0.1'];

/** A notifier with short pauses, which is closed after the test; no line that it logs may hold a secret. */
function createNotices(
  t: { after(fn: () => Promise<void>): void },
  targets: readonly NotifyTarget[],
  { pausesMs = [1, 1], tryMs = 30_000 } = {},
): { notifier: Notifier; warnings(): string[] } {
  const { logger, lines } = createTestLogger();
  const notifier = createNotifier({ targets, logger, pausesMs, tryMs });
  t.after(async () => {
    await notifier.close(0);
    const log = JSON.stringify(lines);
    for (const secret of secrets) assert.equal(log.includes(secret), false, `${secret} in ${log}`);
  });
  return { notifier, warnings: () => lines.map(({ msg }) => String(msg)) };
}

const tries: [readonly Answer[], number, string | undefined][] = [
  [[200], 1, undefined],
  [[204], 1, undefined],
  [['trickle'], 1, undefined],
  [[500, 200], 2, undefined],
  [[503, 502, 200], 3, undefined],
  [[429, 200], 2, undefined],
  [[408, 200], 2, undefined],
  [['cut', 200], 2, undefined],
  [['hang', 'hang', 200], 3, undefined],
  [[500], 3, 'HTTP 500'],
  [['hang'], 3, 'no answer in time'],
  [[400], 1, 'HTTP 400'],
  [[401], 1, 'HTTP 401'],
  [[403], 1, 'HTTP 403'],
  [[404], 1, 'HTTP 404'],
  [[413], 1, 'HTTP 413'],
];

for (const [answers, count, problem] of tries)
  test(`a notice whose receiver answers ${answers.map(String).join(', then ')} is sent ${count} times${problem === undefined ? '' : ` and given up: ${problem}`}`, async (t) => {
    const receiver = await startReceiver(t, [...answers, answers.at(-1) ?? 200]);
    const url = `${receiver.url.replace('//', '//me:secret-password@')}/secret-topic`;
    const { notifier, warnings } = createNotices(t, [targetOf('webhook', url, { token: 'secret-token' })], {
      tryMs: answers.includes('hang') ? 150 : 30_000,
    });
    notifier.notify(newsOf(failed));
    await receiver.awaits(count);
    if (problem !== undefined) await until(() => (warnings().length > 0 ? true : undefined), 'a warning');
    await notifier.close(30_000);
    assert.equal(receiver.got.length, count);
    assert.deepEqual(
      warnings(),
      problem === undefined ? [] : [`Could not notify notify.0 (webhook) (${problem})`],
    );
    assert.deepEqual(
      new Set(receiver.bodies().map(({ title }) => title)),
      new Set(['Back up photos: failed with exit status 3']),
    );
  });

test('a receiver that is not there gets its notice once it is', async (t) => {
  const port = await findPort();
  const { notifier, warnings } = createNotices(
    t,
    [targetOf('webhook', `http://127.0.0.1:${port}/secret-topic`)],
    {
      pausesMs: Array.from({ length: 1000 }, () => 20),
    },
  );
  notifier.notify(newsOf(failed));
  const receiver = await startReceiver(t, [200], port);
  await receiver.awaits(1);
  assert.deepEqual(warnings(), []);
});

test('a receiver that is never there is given up with the system’s word for it', async (t) => {
  const port = await findPort();
  const { notifier, warnings } = createNotices(t, [
    targetOf('ntfy', `http://127.0.0.1:${port}/secret-topic`),
  ]);
  notifier.notify(newsOf(failed));
  await until(() => (warnings().length > 0 ? true : undefined), 'a warning');
  assert.deepEqual(warnings(), ['Could not notify notify.0 (ntfy) (it cannot be reached: ECONNREFUSED)']);
});

test('a redirect is not followed, so that no token or address goes elsewhere; where it leads is told apart', async (t) => {
  const elsewhere = await startReceiver(t);
  const leads = 'give the address that it leads to, or let notices pass a sign-in page';
  const places: [string, string][] = [
    ['/login?next=/message', `within the same host: ${leads}`],
    [`${elsewhere.url}/secret-topic`, `within the same host: ${leads}`],
    ['https://127.0.0.1/message', 'to https:// on the same host: give that address'],
    ['https://auth.example.org/?rd=secret-topic', `to another host: ${leads}`],
  ];
  for (const [location, place] of places)
    for (const status of [301, 302, 303, 307, 308]) {
      const receiver = await startReceiver(t, [{ status, headers: { location } }]);
      const { notifier, warnings } = createNotices(t, [
        targetOf('gotify', receiver.url, { token: 'secret-token' }),
      ]);
      notifier.notify(newsOf(failed));
      await notifier.close(30_000);
      assert.deepEqual(warnings(), [
        `Could not notify notify.0 (gotify) (HTTP ${status}, a redirect ${place})`,
      ]);
      assert.equal(receiver.got.length, 1);
    }
  assert.equal(elsewhere.got.length, 0);
});

test('the last delivery of each receiver is kept', async (t) => {
  const [good, bad, idle] = await Promise.all([startReceiver(t), startReceiver(t, [404]), startReceiver(t)]);
  const { notifier } = createNotices(t, [
    targetOf('webhook', good.url),
    targetOf('webhook', bad.url),
    targetOf('webhook', idle.url, { on: ['strangers'] }),
  ]);
  const shown = (): unknown =>
    notifier.states().map(({ name, waiting, last }) => [name, waiting, last?.delivery.code]);
  const names = ['notify.0 (webhook)', 'notify.1 (webhook)', 'notify.2 (webhook)'];
  assert.deepEqual(
    shown(),
    names.map((name) => [name, 0, undefined]),
  );
  notifier.notify(newsOf(failed));
  await until(
    () =>
      notifier.states().filter(({ last, waiting }) => last !== undefined && waiting === 0).length === 2
        ? true
        : undefined,
    'two deliveries',
  );
  assert.deepEqual(shown(), [
    [names[0], 0, 'delivered'],
    [names[1], 0, 'refused'],
    [names[2], 0, undefined],
  ]);
  assert.match(notifier.states()[0]?.last?.at ?? '', /^\d{4}-\d\d-\d\dT/);
});

test('notices of one target arrive in order, also where one has to be tried again', async (t) => {
  const receiver = await startReceiver(t, [200, 500, 'cut', 200]);
  const { notifier } = createNotices(t, [targetOf('webhook', receiver.url)]);
  for (let exitCode = 1; exitCode <= 5; exitCode++) notifier.notify(newsOf({ kind: 'failed', exitCode }));
  await notifier.close(30_000);
  const told = receiver.bodies().map(({ exitCode }) => exitCode);
  assert.deepEqual([...new Set(told)], [1, 2, 3, 4, 5]);
  assert.deepEqual(
    told,
    told.toSorted((a, b) => Number(a) - Number(b)),
  );
});

test('a target that never answers holds up no other, nor who has news', async (t) => {
  const silent = await startReceiver(t, ['hang']);
  const quick = await startReceiver(t);
  const { notifier } = createNotices(t, [
    targetOf('ntfy', `${silent.url}/secret-topic`),
    targetOf('webhook', quick.url),
  ]);
  for (let i = 0; i < 10; i++) assert.equal(notifier.notify(newsOf(failed)), undefined);
  await quick.awaits(10);
  assert.ok(silent.got.length <= 1);
});

test('only so many notices wait for one target; further ones are given up at once', async (t) => {
  const silent = await startReceiver(t, ['hang']);
  const { notifier, warnings } = createNotices(t, [targetOf('webhook', silent.url)]);
  for (let i = 0; i < 60; i++) notifier.notify(newsOf(failed));
  assert.deepEqual(
    warnings(),
    Array.from({ length: 10 }, () => 'Gave up a notice for notify.0 (webhook): too many wait for it'),
  );
});

test('a target is told of its occasions and tasks only; strangers belong to no task', async (t) => {
  const names = ['failed only', 'started only', 'task 7', 'task 8', 'strangers'];
  const receivers = await Promise.all(names.map(async () => await startReceiver(t)));
  const parts: Partial<NotifyTarget>[] = [
    { on: ['failed'] },
    { on: ['started'] },
    { tasks: ['7'] },
    { tasks: ['8'] },
    { on: ['strangers'] },
  ];
  const { notifier } = createNotices(
    t,
    receivers.map(({ url }, i) => targetOf('webhook', url, parts[i])),
  );
  for (const news of [newsOf(), newsOf(failed), newsOf({ kind: 'succeeded' }), strangers])
    notifier.notify(news);
  await notifier.close(30_000);
  assert.deepEqual(
    receivers.map((receiver) => receiver.bodies().map(({ what, outcome }) => outcome ?? what)),
    [['failed'], ['started'], ['started', 'failed', 'succeeded', 'strangers'], ['strangers'], ['strangers']],
  );
});

test('other targets: a new one is told from then on, an old one no more, and what was on its way arrives', async (t) => {
  const [old, kept, fresh] = await Promise.all([
    startReceiver(t, [500, 200]),
    startReceiver(t, [500, 200]),
    startReceiver(t),
  ]);
  const { notifier, warnings } = createNotices(t, [
    targetOf('webhook', old.url),
    targetOf('webhook', kept.url),
  ]);
  for (const exitCode of [1, 2]) notifier.notify(newsOf({ kind: 'failed', exitCode }));
  // Equal, though not the same object, as after a reload.
  notifier.useTargets([targetOf('webhook', fresh.url), targetOf('webhook', kept.url)]);
  notifier.notify(newsOf({ kind: 'failed', exitCode: 3 }));
  await Promise.all([old.awaits(3), kept.awaits(4)]);
  await notifier.close(30_000);
  assert.deepEqual(
    [old, kept, fresh].map((receiver) => receiver.bodies().map(({ exitCode }) => exitCode)),
    [[1, 1, 2], [1, 1, 2, 3], [3]],
  );
  assert.deepEqual(warnings(), []);
});

test('close: what waits for its next try gets it at once, as its last', async (t) => {
  const receiver = await startReceiver(t, [500, 500, 200]);
  const { notifier, warnings } = createNotices(t, [targetOf('webhook', receiver.url)], {
    pausesMs: [3_600_000],
  });
  notifier.notify(newsOf({ kind: 'failed', exitCode: 1 }));
  await receiver.answered(1);
  notifier.notify(newsOf({ kind: 'failed', exitCode: 2 }));
  await notifier.close(30_000);
  assert.deepEqual(
    receiver.bodies().map(({ exitCode }) => exitCode),
    [1, 1, 2],
  );
  assert.deepEqual(warnings(), ['Could not notify notify.0 (webhook) (HTTP 500)']);
});

test('close: whatever a receiver does, no try goes on afterwards, and each notice that is given up is logged', async (t) => {
  const silent = await startReceiver(t, ['hang']);
  const { notifier, warnings } = createNotices(t, [targetOf('webhook', silent.url)]);
  for (let i = 0; i < 3; i++) notifier.notify(newsOf(failed));
  await silent.awaits(1);
  const began = performance.now();
  await notifier.close(50);
  assert.ok(performance.now() - began < 60_000);
  assert.deepEqual(
    warnings(),
    Array.from({ length: 3 }, () => 'Could not notify notify.0 (webhook) (the daemon was stopped)'),
  );
  assert.equal(silent.got.length, 1);
  notifier.notify(newsOf(failed));
  assert.equal(warnings().length, 3);
});
