// `remotetask notify-test`: what each receiver answered to each event, marked as a test, with an exit status for scripts.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { callCli } from '../support/call-cli.ts';
import type { CliResult } from '../support/cli.ts';
import { withTask } from '../support/config.ts';
import { createFolder } from '../support/daemon.ts';
import { startReceiver } from '../support/receiver.ts';

/** Runs the command with a config that has these receivers. */
async function notifyTest(
  t: Parameters<typeof createFolder>[0],
  notify: readonly object[],
  args: readonly string[] = [],
): Promise<CliResult> {
  const folder = createFolder(t);
  const file = path.join(folder, 'config.json');
  fs.writeFileSync(file, JSON.stringify({ ...withTask({ command: ['/bin/true'] }), notify }), {
    mode: 0o600,
  });
  return await callCli(['notify-test', '--config', file, ...args]);
}

test('each receiver gets a test of each of its events, and what it answered is shown', async (t) => {
  const ntfy = await startReceiver(t, [{ status: 200, body: '{"id":"x"}' }]);
  const gotify = await startReceiver(t, [{ status: 401, body: '{"errorDescription":"wrong token"}' }]);
  const hook = await startReceiver(t);
  const checks = await startReceiver(t, [{ status: 200, body: 'OK (not found)' }]);
  const kuma = await startReceiver(t, [{ status: 200, body: '{"ok":true}' }]);
  const { status, stdout, stderr } = await notifyTest(t, [
    { type: 'ntfy', url: `${ntfy.url}/secret-topic`, on: ['started', 'failed'] },
    { type: 'gotify', url: gotify.url, token: 'secret-token' },
    { type: 'webhook', url: `${hook.url}/secret-hook`, on: ['finished', 'strangers'] },
    { type: 'ping', url: `${checks.url}/secret-uuid` },
    { type: 'ping', url: `${kuma.url}/api/push/secret-push` },
  ]);
  const doubt = 'answered HTTP 200, which proves nothing: look whether it arrived';
  assert.deepEqual(stdout.trimEnd().split('\n'), [
    'notify.0 (ntfy), started: arrived (HTTP 200)',
    'notify.0 (ntfy), failed: arrived (HTTP 200)',
    'notify.1 (gotify), failed: did not arrive: HTTP 401: wrong token',
    `notify.2 (webhook), finished: ${doubt}`,
    `notify.2 (webhook), strangers: ${doubt}`,
    'notify.3 (ping), started and finished: did not arrive: HTTP 200, but it did not take the notice: not found',
    'notify.4 (ping), started and finished: arrived (HTTP 200)',
  ]);
  assert.equal(stderr, '');
  assert.equal(status, 1);
  assert.deepEqual(
    hook.bodies().map(({ test: isTest, on, title }) => [isTest, on, title]),
    [
      [true, ['finished'], 'Test: A task: succeeded'],
      [true, ['strangers'], 'Test: Many wrong keys'],
    ],
  );
  assert.match(checks.got[0]?.url ?? '', /^\/secret-uuid\/log\?rid=/);
  assert.match(kuma.got[0]?.url ?? '', /\?status=up&/);
});

test('one receiver can be chosen by its number or its type; --json is for programs', async (t) => {
  const first = await startReceiver(t, [404]);
  const second = await startReceiver(t, [{ status: 200, body: '{"id":1}' }]);
  const notify = [
    { type: 'webhook', url: first.url },
    { type: 'gotify', url: second.url, token: 'tk' },
  ];
  for (const name of ['1', 'notify.1', 'gotify']) {
    const { status, stdout } = await notifyTest(t, notify, [name, '--json']);
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(stdout), [
      {
        receiver: 1,
        type: 'gotify',
        on: ['failed'],
        isDelivered: true,
        isConfirmed: true,
        code: 'delivered',
        status: 200,
        message: 'arrived (HTTP 200)',
      },
    ]);
  }
  assert.equal(first.got.length, 0);
  const wrong = await notifyTest(t, notify, ['2']);
  assert.equal(wrong.status, 2);
  assert.match(
    wrong.stderr,
    /^Name a receiver by its number.*\n {2}notify\.0 \(webhook\)\n {2}notify\.1 \(gotify\)/,
  );
});

test('a config without receivers is no success: nothing would be sent', async (t) => {
  const { status, stdout } = await notifyTest(t, []);
  assert.equal(stdout, 'There is nothing to test: "notify" names no receiver.\n');
  assert.equal(status, 1);
});

test('a receiver that takes notices slowly gets a second try after a pause', async (t) => {
  const receiver = await startReceiver(t, [
    { status: 200, body: '{"success":false,"error":{"code":411,"errors":"create post too fast"}}' },
    { status: 200, body: '{"success":true}' },
  ]);
  const { status } = await notifyTest(t, [{ type: 'webhook', url: receiver.url }]);
  assert.equal(status, 0);
  assert.equal(receiver.got.length, 2);
});
