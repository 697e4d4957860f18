// What follows a run, through a real daemon: the page, the overview, scripts, and a kill.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createFolder, magicKey, startDaemon, until, type TestDaemon } from '../support/daemon.ts';

const browser = { accept: 'text/html', 'user-agent': 'Mozilla/5.0', 'accept-language': 'en' };
const tasks = {
  off: {
    name: 'Camera off',
    command: ['/bin/true'],
    cooldown: '0s',
    then: { task: 'on', after: '2h', between: ['1s', '8h'] },
  },
  on: { name: 'Camera on', command: ['/bin/true'], cooldown: '0s' },
  ask: { command: ['/bin/true'], confirm: true, then: { task: 'on', after: '2h', between: ['1s', '8h'] } },
};

interface Page {
  readonly status: number;
  readonly location: string;
  readonly text: string;
}

async function call(url: string, method = 'GET', headers: Record<string, string> = browser): Promise<Page> {
  const answer = await fetch(url, { method, headers, redirect: 'manual' });
  const location = answer.headers.get('location');
  const { pathname, search } = new URL(location ?? '', url);
  const to = location === null ? '' : pathname + search;
  return { status: answer.status, location: to, text: await answer.text() };
}

const startsOf = (daemon: TestDaemon): Record<string, unknown>[] =>
  daemon.history().filter(({ event }) => event === 'start');
/** The runs that follow another one, by that run. */
const followersOf = (daemon: TestDaemon, run: string): unknown[] =>
  startsOf(daemon).filter(({ follows }) => follows === run);

/** Taps a task; gives its run, and the address of its page with the nonce. */
async function tap(daemon: TestDaemon, query = ''): Promise<{ run: string; page: string; nonce: string }> {
  const { location } = await call(`${daemon.url('off')}?wait=60${query}`);
  const [, run = '', nonce = ''] = /^\/runs\/([\w-]{22})\?again=([\w-]{22})$/.exec(location) ?? [];
  assert.notEqual(run, '', location);
  return { run, nonce, page: `${daemon.base}${location}` };
}

test('page, overview and scripts show what follows, and decide about it', async (t) => {
  const daemon = await startDaemon(t, { tasks, server: { overview: true } });
  const first = await tap(daemon);
  const toAction = (run: string, nonce: string, what: string): string =>
    `${daemon.base}/runs/${run}/then?nonce=${nonce}&${what}`;

  const { text } = await call(first.page);
  assert.match(text, /Camera on again at \d\d:\d\d</);
  assert.match(
    text,
    new RegExp(
      `formaction="\\.\\./runs/${first.run}/then\\?nonce=${first.nonce}&amp;do=leave">Leave it off<`,
    ),
  );
  assert.match(text, /">Now</);
  assert.match(text, /after=28800000ms">In 8 h</);
  const stranger = await call(`${daemon.base}/runs/${first.run}`);
  assert.match(stranger.text, /Camera on again at/);
  assert.doesNotMatch(stranger.text, /\/then\?/, 'the address of a run alone decides nothing');
  const json = JSON.parse(
    (await call(`${daemon.base}/runs/${first.run}`, 'GET', { accept: 'application/json' })).text,
  ) as {
    then: Record<string, string>;
  };
  assert.deepEqual([json.then['task'], json.then['name']], ['on', 'Camera on']);

  // Wrong nonces and wrong times change nothing.
  assert.match((await call(toAction(first.run, 'x'.repeat(22), 'do=leave'), 'POST')).location, /\?spent$/);
  const tooLong = await call(toAction(first.run, first.nonce, 'after=9h'), 'POST', {
    accept: 'application/json',
  });
  assert.equal(tooLong.status, 400);
  assert.match(tooLong.text, /"after\\" has to be a duration between 1 s and 8 h/);
  assert.equal((await call(toAction(first.run, first.nonce, 'do=now'))).status, 404, 'a GET decides nothing');
  const unknown = await call(`${daemon.base}/runs/${'y'.repeat(22)}/then?do=now`, 'POST');
  assert.equal(unknown.text, (await call(daemon.base)).text, 'the page for strangers');

  const later = await call(toAction(first.run, first.nonce, 'after=45m'), 'POST');
  assert.deepEqual([later.status, later.location], [303, `/runs/${first.run}?again=${first.nonce}`]);
  const overview = await call(`${daemon.base}/${magicKey}/`);
  assert.match(overview.text, /Camera on again at/);
  const [, action = ''] =
    /action="\.\.(\/runs\/[\w-]+\/then\?nonce=[\w-]+)&amp;do=now"/.exec(overview.text) ?? [];
  const now = await call(`${daemon.base}${action}&do=now`, 'POST');
  assert.equal(now.status, 303);
  assert.equal(followersOf(daemon, first.run).length, 1);
  assert.match(now.location, new RegExp(String(startsOf(daemon).at(-1)?.['run'])));
  assert.equal(
    (await call(`${daemon.base}${action}&do=now`, 'POST', { accept: 'application/json' })).status,
    409,
  );
  assert.doesNotMatch((await call(first.page)).text, /again at/);

  const second = await tap(daemon);
  const left = await call(toAction(second.run, second.nonce, 'do=leave'), 'POST', {});
  assert.deepEqual([left.status, left.text], [200, 'Camera off: nothing follows it\n']);
  // A script that starts it and waits learns what follows, as text and as JSON.
  const told = await call(`${daemon.url('off')}?wait=60&after=3h`, 'POST', {});
  assert.match(told.text, /^Camera off: succeeded[^\n]*\.\nCamera on again at \d\d:\d\d\.\n$/);
  const asJson = await call(`${daemon.url('off')}?wait=60`, 'POST', { accept: 'application/json' });
  assert.match(asJson.text, /"then":\{"task":"on","name":"Camera on","at":"/);
  const third = await tap(daemon, '&after=1s');
  await until(() => followersOf(daemon, third.run)[0], 'the follower');
  const bad = await call(`${daemon.url('off')}?after=9h`, 'POST', { accept: 'application/json' });
  assert.equal(bad.status, 400);
  const none = await call(`${daemon.url('on')}?after=5m`, 'POST', { accept: 'application/json' });
  assert.match(none.text, /"unknown-parameter"/);
  const asked = await call(`${daemon.url('ask')}?after=3s`);
  assert.match(asked.text, /action="\?nonce=[\w-]{22}&amp;after=3s"/);
  assert.equal(followersOf(daemon, second.run).length, 0);
});

test('a daemon that is killed starts what was due meanwhile, once', async (t) => {
  const folder = createFolder(t);
  const daemon = await startDaemon(t, { folder, tasks });
  const { run } = await tap(daemon, '&after=2s');
  await daemon.kill();
  const plans = path.join(folder, 'history.jsonl.follow-ups');
  const isPlanned = fs.readFileSync(plans, 'utf8').includes(run);
  const next = await startDaemon(t, { folder, tasks });
  await until(() => followersOf(next, run)[0], 'the follower');
  await next.kill();
  const last = await startDaemon(t, { folder, tasks });
  await until(() => (fs.readFileSync(plans, 'utf8') === '[]\n' ? true : undefined), 'no more plans');
  assert.equal(followersOf(last, run).length, 1);
  assert.ok(isPlanned || followersOf(last, run).length === 1);
  assert.equal(await last.stop(), 0);
});
