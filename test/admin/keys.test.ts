// Keys on the admin page: a label is blocked by one button, over a crash, and opens again by another.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signInAdmin, startAdmin, type AdminDaemon } from '../support/admin.ts';
import { createFolder, magicKey } from '../support/daemon.ts';

test('a lost phone is blocked by one button, also after a crash, until another button ends that', async (t) => {
  const removals: (() => void)[] = [];
  const folder = createFolder({ after: (fn) => void removals.push(fn) });
  const options = {
    folder,
    server: { magickey: [{ label: "Anna's phone", key: magicKey }] },
    tasks: { good: { command: ['/bin/true'] } },
  };
  const statusOf = async (daemon: AdminDaemon): Promise<number> =>
    (await fetch(`${daemon.url('good')}/home`)).status;
  const press = async (
    daemon: AdminDaemon,
    what: string,
    label: string,
  ): Promise<[number, string | null]> => {
    const { cookie, csrf } = await signInAdmin(daemon);
    const answer = await fetch(`${daemon.admin}/keys/${what}`, {
      method: 'POST',
      headers: { cookie, origin: daemon.admin },
      body: new URLSearchParams({ csrf, label, back: 'system' }),
      redirect: 'manual',
    });
    return [answer.status, answer.headers.get('location')];
  };
  const page = async (daemon: AdminDaemon): Promise<string> => {
    const { cookie } = await signInAdmin(daemon);
    return (await (await fetch(`${daemon.admin}/system`, { headers: { cookie } })).text()).replaceAll(
      /\s+/g,
      ' ',
    );
  };

  const first = await startAdmin(t, options);
  assert.equal(await statusOf(first), 200);
  assert.match(await page(first), /aria-label="Block Anna&#39;s phone"/);
  assert.deepEqual(await press(first, 'block', "Anna's phone"), [303, '../system']);
  assert.equal((await press(first, 'block', 'Zoe'))[0], 404);
  assert.equal(await statusOf(first), 404);
  await first.logged(({ event, label }) => event === 'key-blocked' && label === "Anna's phone");
  const { cookie, csrf } = await signInAdmin(first);
  const made = await fetch(`${first.admin}/tasks/good/links`, {
    method: 'POST',
    headers: { cookie, origin: first.admin },
    body: new URLSearchParams({ csrf, label: 'gardener', for: '6h', uses: '1' }),
  });
  const [guest = ''] = /\/guest\/[\w-]{32}/.exec(await made.text()) ?? [];
  const guestStatus = async (daemon: AdminDaemon): Promise<number> =>
    (await fetch(`${daemon.base}${guest}/home`)).status;
  assert.equal(await guestStatus(first), 200);
  await first.kill();

  const second = await startAdmin(t, options);
  t.after(() => removals.forEach((remove) => remove()));
  assert.equal(await statusOf(second), 404);
  assert.match(await page(second), /blocked.*aria-label="Unblock Anna&#39;s phone"/i);
  assert.equal((await press(second, 'unblock', "Anna's phone"))[0], 303);
  assert.equal(await guestStatus(second), 200);
  const ended = await press(second, '../tasks/good/links/end', 'gardener');
  assert.deepEqual([ended[0], await guestStatus(second)], [303, 404]);
  assert.equal(await statusOf(second), 200);
});
