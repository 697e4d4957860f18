// Notices of a daemon as they arrive at their receivers.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createFolder, magicKey, startDaemon, until } from '../support/daemon.ts';
import { startReloadable } from '../support/reload.ts';
import { startReceiver } from '../support/receiver.ts';
import { mapSome } from '../support/raw-http.ts';

const failing = {
  command: ['/bin/sh', '-c', 'echo what-it-printed; exit 3'],
  name: '写真 📷',
  cooldown: '0s',
  output: 'all',
};
const fine = { command: ['/bin/true'], name: 'Fine', cooldown: '0s' };

describe('a daemon with notices', { concurrency: true }, () => {
  test('each kind of receiver gets what it asked for, in its own form; nothing secret is in the log', async (t) => {
    const [ntfy, gotify, webhook, checks, kuma] = await Promise.all(
      [0, 1, 2, 3, 4].map(async () => await startReceiver(t)),
    );
    assert.ok(ntfy && gotify && webhook && checks && kuma);
    const daemon = await startReloadable(t, {
      tasks: { 7: failing, fine },
      env: { CHECKS_URL: `${checks.url}/secret-uuid` },
      more: {
        notify: [
          { type: 'ntfy', url: `${ntfy.url}/secret-topic`, token: 'secret-ntfy-token' },
          { type: 'gotify', url: gotify.url, token: 'secret-gotify-token', on: ['started', 'failed'] },
          { type: 'webhook', url: `${webhook.url}/secret-hook`, on: ['finished'] },
          { type: 'ping', url: { env: 'CHECKS_URL' }, tasks: ['7'] },
          { type: 'ping', url: `${kuma.url}/api/push/secret-push?status=up&msg=OK&ping=`, tasks: ['fine'] },
        ],
      },
      secrets: [
        'secret-topic',
        'secret-ntfy-token',
        'secret-gotify-token',
        'secret-hook',
        'secret-uuid',
        'secret-push',
      ],
    });
    for (const id of ['fine', '7']) await fetch(`${daemon.url(id)}?wait=60`);
    await Promise.all([
      ntfy.awaits(1),
      gotify.awaits(3),
      webhook.awaits(2),
      checks.awaits(2),
      kuma.awaits(1),
    ]);
    const title = '写真 📷: failed with exit status 3';
    assert.deepEqual(
      ntfy.got.map(({ method, url, headers }) => [
        method,
        url,
        headers.authorization,
        headers['content-type'],
      ]),
      [['POST', '/', 'Bearer secret-ntfy-token', 'application/json']],
    );
    const { message, ...told } = ntfy.bodies()[0] ?? {};
    assert.deepEqual(told, { topic: 'secret-topic', title, priority: 4, tags: ['warning'] });
    assert.match(String(message), /^It took \d.*s\. Started from 127\.0\.0\.1\.$/);
    assert.deepEqual(
      gotify.bodies().map((body) => [body['title'], body['priority']]),
      [
        ['Fine: started', 4],
        ['写真 📷: started', 4],
        [title, 8],
      ],
    );
    assert.deepEqual(gotify.got[0]?.headers['x-gotify-key'], 'secret-gotify-token');
    assert.deepEqual(
      webhook
        .bodies()
        .map(({ task, outcome, exitCode, startedFrom }) => [task, outcome, exitCode, startedFrom]),
      [
        ['fine', 'succeeded', 0, '127.0.0.1'],
        ['7', 'failed', 3, '127.0.0.1'],
      ],
    );
    const id = String(webhook.bodies().find(({ task }) => task === '7')?.['id']);
    assert.match(id, /^[\da-f-]{36}$/);
    assert.deepEqual(
      checks.got.map(({ method, url }) => `${method} ${url}`),
      [`POST /secret-uuid/start?rid=${id}`, `POST /secret-uuid/3?rid=${id}`],
    );
    assert.match(
      kuma.got[0]?.url ?? '',
      /^\/api\/push\/secret-push\?status=up&msg=Fine%3A\+succeeded\.\+.*&ping=\d+$/,
    );
    const everything = JSON.stringify([ntfy, gotify, webhook, checks, kuma].map(({ got }) => got));
    const runs = daemon.history().flatMap(({ event, run }) => (event === 'start' ? [String(run)] : []));
    for (const secret of [magicKey, 'what-it-printed', ...runs])
      assert.equal(everything.includes(secret), false, secret);
    await daemon.stop();
  });

  test('strangers: one notice for a flood, however long, and another for the next', async (t) => {
    const [owner, other] = [await startReceiver(t), await startReceiver(t)];
    const daemon = await startDaemon(t, {
      tasks: { fine },
      server: { rateLimit: { failures: 5, window: '2s', runs: 1 } },
      more: {
        notify: [
          { type: 'webhook', url: owner.url, on: ['strangers'], tasks: ['fine'] },
          { type: 'webhook', url: other.url, on: ['failed', 'finished'] },
        ],
      },
    });
    const knock = async (): Promise<void> =>
      void (await mapSome(
        Array.from({ length: 50 }),
        async () => await (await fetch(`${daemon.base}/wrong-magic-key/wrong-task-key`)).text(),
      ));
    // Somebody with the right keys who calls too often is no stranger, and does not hide one.
    for (let i = 0; i < 10; i++) await fetch(daemon.url('fine'));
    await knock();
    await owner.awaits(1);
    assert.deepEqual(owner.bodies()[0], {
      version: 1,
      on: ['strangers'],
      what: 'strangers',
      network: '127.0.0.1',
      title: 'Many wrong keys',
      message:
        'A caller at 127.0.0.1 is trying keys. No key was right; calls with the right keys are served as always.',
    });
    while (daemon.log().filter(({ event }) => event === 'flood').length < 2) {
      await knock();
      await pause(100);
    }
    assert.equal(owner.got.length, 1);
    await until(async () => {
      await pause(5000);
      await knock();
      return owner.got.length > 1 ? true : undefined;
    }, 'a notice of the second flood');
    assert.deepEqual([owner.got.length, other.got.length], [2, 1]);
  });

  test('a receiver that never answers delays no run, nor the stop of the daemon by more than its time', async (t) => {
    const silent = await startReceiver(t, ['hang']);
    const daemon = await startReloadable(t, {
      tasks: { fine },
      more: { notify: [{ type: 'webhook', url: `${silent.url}/secret-hook`, on: ['started', 'finished'] }] },
      secrets: ['secret-hook'],
    });
    for (let i = 0; i < 5; i++) assert.equal((await fetch(`${daemon.url('fine')}?wait=60`)).status, 200);
    await silent.awaits(1);
    assert.equal(await daemon.stop(), 0);
    assert.equal(silent.got.length, 1);
    assert.equal(daemon.count('notice-failed'), 10);
    assert.equal(daemon.log().at(-1)?.['event'], 'stopped');
  });

  test('a notice that waits for its next try when the daemon is stopped gets it before that ends', async (t) => {
    const receiver = await startReceiver(t, [503, 200]);
    const daemon = await startReloadable(t, {
      tasks: { 7: failing },
      more: { notify: [{ type: 'webhook', url: receiver.url }] },
    });
    await fetch(`${daemon.url('7')}?wait=60`);
    await receiver.awaits(1);
    assert.equal(await daemon.stop(), 0);
    assert.equal(receiver.got.length, 2);
    assert.equal(daemon.count('notice-failed'), 0);
    assert.equal(daemon.log().at(-1)?.['event'], 'stopped');
  });

  test('a run that was lost with the daemon is told of by the next one', async (t) => {
    const receiver = await startReceiver(t);
    const options = {
      folder: createFolder(t),
      tasks: { long: { command: ['/bin/sleep', '600'], name: 'Long' } },
      more: { notify: [{ type: 'webhook', url: receiver.url }] },
    };
    const daemon = await startDaemon(t, options);
    await fetch(daemon.url('long'));
    const begin = await until(
      () => daemon.history().find(({ event }) => event === 'begin'),
      'the run to begin',
    );
    await daemon.kill();
    process.kill((begin['process'] as { pid: number }).pid, 'SIGKILL');
    await startDaemon(t, options);
    await receiver.awaits(1);
    assert.deepEqual(
      receiver
        .bodies()
        .map(({ what, task, name, outcome, durationMs }) => [what, task, name, outcome, durationMs]),
      [['ended', 'long', 'Long', 'lost', null]],
    );
  });

  test('other notices count from a reload on', async (t) => {
    const [old, fresh] = [await startReceiver(t), await startReceiver(t)];
    const daemon = await startReloadable(t, {
      tasks: { 7: failing },
      more: { notify: [{ type: 'webhook', url: `${old.url}/secret-old` }] },
      secrets: ['secret-old-one', 'secret-fresh'],
    });
    await fetch(`${daemon.url('7')}?wait=60`);
    await old.awaits(1);
    const changes = await daemon.takes(
      (config) => void (config['notify'] = [{ type: 'webhook', url: `${fresh.url}/secret-fresh` }]),
    );
    assert.deepEqual(changes, ['other notices']);
    await fetch(`${daemon.url('7')}?wait=60`);
    await fresh.awaits(1);
    assert.deepEqual([old.got.length, fresh.got.length], [1, 1]);
  });
});
