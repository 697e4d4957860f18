// The receivers of notices on the system page: what became of the last notice, and a button that sends a test.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signInAdmin, startAdmin } from '../support/admin.ts';
import { startReceiver } from '../support/receiver.ts';

test('the system page shows the last delivery of each receiver, and sends a test', async (t) => {
  const ntfy = await startReceiver(t, [{ status: 200, body: '{"id":"x"}' }]);
  const checks = await startReceiver(t, [{ status: 200, body: 'OK (not found)' }]);
  const daemon = await startAdmin(t, {
    tasks: { task: { command: ['/bin/true'] } },
    more: {
      notify: [
        { type: 'ntfy', url: `${ntfy.url}/secret-topic` },
        { type: 'ping', url: `${checks.url}/secret-uuid` },
      ],
    },
  });
  const { cookie, csrf } = await signInAdmin(daemon);
  const load = async (): Promise<string> =>
    (await (await fetch(`${daemon.admin}/system`, { headers: { cookie } })).text()).replaceAll(/\s+/g, ' ');
  const sendTest = async (index: string, token = csrf): Promise<number> => {
    const { status } = await fetch(`${daemon.admin}/system/notices/${index}/test`, {
      method: 'POST',
      headers: { cookie, origin: daemon.admin },
      body: new URLSearchParams({ csrf: token }),
      redirect: 'manual',
    });
    return status;
  };
  assert.equal((await load()).split('Nothing sent yet').length, 3);
  assert.deepEqual(
    await Promise.all(['2', '-1', 'x', '1e0'].map(async (index) => await sendTest(index))),
    [404, 404, 404, 404],
  );
  assert.equal(await sendTest('0', 'wrong'), 403);
  assert.equal(ntfy.got.length, 0);
  assert.deepEqual([await sendTest('0'), await sendTest('1')], [303, 303]);
  const page = await load();
  assert.match(
    page,
    /Arrived<.*notify\.0 \(ntfy\).*HTTP 200.*Refused, as a success<.*notify\.1 \(ping\).*not found/,
  );
  assert.doesNotMatch(page, /secret-topic|secret-uuid|Nothing sent yet/);
  assert.equal(ntfy.bodies()[0]?.['title'], 'Test: A task: failed with exit status 1');
  assert.deepEqual(
    daemon
      .log()
      .filter(({ event }) => event === 'notice-tested')
      .map(({ target }) => target),
    ['notify.0', 'notify.1'],
  );
  assert.doesNotMatch(JSON.stringify(daemon.log()), /secret-topic|secret-uuid/);
  await daemon.stop();
});
