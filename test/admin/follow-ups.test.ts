// What follows a run, on the admin pages: the overview, the task and the run show it, and an admin decides about it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signInAdmin, startAdmin } from '../support/admin.ts';

test('what follows a run is shown on the admin pages in three languages, and started, left off or moved there', async (t) => {
  const command = ['/bin/true'];
  const daemon = await startAdmin(t, {
    tasks: {
      off: {
        name: 'Camera off',
        command,
        cooldown: '0s',
        then: { task: 'on', after: '2h', between: ['1m', '8h'] },
      },
      on: { name: '<b>Camera', command, cooldown: '0s' },
      once: { name: 'Once', command, maxPerDay: 1, cooldown: '0s' },
      twice: { name: 'Twice', command, cooldown: '0s', then: { task: 'once', after: '2h' } },
    },
  });
  const { cookie, csrf } = await signInAdmin(daemon);
  const see = async (path: string, language = 'en'): Promise<string> => {
    const answer = await fetch(daemon.admin + path, { headers: { cookie, 'accept-language': language } });
    return (await answer.text()).replaceAll(/\s+/g, ' ').replace(/<style>.*<\/style>/, '');
  };
  const decide = async (
    run: string,
    fields: Record<string, string>,
    back = '',
  ): Promise<{ status: number; to: string | null; text: string }> => {
    const answer = await fetch(`${daemon.admin}/runs/${run}/then`, {
      method: 'POST',
      headers: { cookie, origin: daemon.admin },
      body: new URLSearchParams({ csrf, back, ...fields }),
      redirect: 'manual',
    });
    return { status: answer.status, to: answer.headers.get('location'), text: await answer.text() };
  };
  const tap = async (task: string): Promise<string> => {
    const answer = await fetch(`${daemon.url(task)}?wait=1m`, { headers: { accept: 'application/json' } });
    return ((await answer.json()) as { run: string }).run;
  };
  const followers = (run: string): unknown[] =>
    daemon.history().filter(({ event, follows }) => event === 'start' && follows === run);

  assert.doesNotMatch(await see('/'), /Planned/);
  const first = await tap('off');
  const sentences = {
    en: /&lt;b&gt;Camera again at \d\d:\d\d/,
    de: /&lt;b&gt;Camera wieder: \d\d:\d\d/,
    fr: /&lt;b&gt;Camera de nouveau : \d\d:\d\d/,
  };
  for (const [language, sentence] of Object.entries(sentences))
    for (const page of ['/', '/tasks/off', `/runs/${first}`])
      assert.match(await see(page, language), sentence);
  assert.match(await see('/'), new RegExp(`action="(\\./)?runs/${first}/then"`));
  assert.match(
    await see('/tasks/off'),
    /value="now"[^>]*> ?Now ?<.*> ?Leave it off ?<.*value="28800000ms"[^>]*> ?In 8 h ?</,
  );
  assert.doesNotMatch(await see('/tasks/on'), /\/then"/);

  // What comes from another page, without the token, or with a time that is not allowed, changes nothing.
  const foreign = await fetch(`${daemon.admin}/runs/${first}/then`, {
    method: 'POST',
    headers: { cookie, origin: 'https://example.org' },
    body: new URLSearchParams({ csrf, do: 'now' }),
  });
  assert.equal(foreign.status, 403);
  const refused = [{ csrf: 'x', do: 'now' }, { after: '9h' }, { after: '1s' }, { after: '' }, { do: 'else' }];
  assert.deepEqual(
    await Promise.all(refused.map(async (fields) => (await decide(first, fields)).status)),
    [403, 400, 400, 400, 400],
  );
  assert.equal((await decide('x'.repeat(22), { do: 'now' })).status, 404);
  assert.match(await see('/'), sentences.en);

  const moved = await decide(first, { after: '480m' }, 'tasks/off');
  assert.deepEqual([moved.status, moved.to], [303, '../../tasks/off']);
  await daemon.logged(({ event, label }) => event === 'follow-up-chosen' && label === 'admin (owner)');
  const now = await decide(first, { do: 'now' });
  assert.equal(now.status, 303);
  assert.match(now.to ?? '', /\/runs\/[\w-]{22}$/);
  assert.equal(followers(first).length, 1);
  assert.doesNotMatch(await see('/'), /\/then"/);
  const late = await decide(first, { do: 'leave' });
  assert.deepEqual([late.status, /Nothing follows this run/.test(late.text)], [409, true]);

  const second = await tap('off');
  const left = await decide(second, { do: 'leave' }, '//evil.example/');
  assert.deepEqual([left.status, left.to], [303, '../../']);
  assert.equal((await decide(second, { do: 'now' })).status, 409);
  assert.equal(followers(second).length, 0);

  // The rules of the task that follows hold here, too, and what they refuse is still planned.
  await tap('once');
  const third = await tap('twice');
  const tooOften = await decide(third, { do: 'now' });
  assert.deepEqual([tooOften.status, /as often as it may be/.test(tooOften.text)], [429, true]);
  assert.match(await see('/'), /Once again at/);
});
