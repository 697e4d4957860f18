// Policies as a caller meets them: what was refused and when to try again, in each form, and to whom nothing is said.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { RefusalCode } from '../../src/reasons/refusal.ts';
import { renderDuration } from '../../src/values/duration.ts';
import { createFolder, keyOf, magicKey, startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { exchange, withoutDate } from '../support/raw-http.ts';
import { toLocationPath } from '../support/raw-http.ts';

const cleanups: (() => Promise<void> | void)[] = [];
const t = { after: (fn: () => Promise<void> | void): void => void cleanups.unshift(fn) };
let folder: string;
let daemon: TestDaemon;

const hour = new Date().getUTCHours();
const clock = (hours: number): string => `${String((hours + 24) % 24).padStart(2, '0')}:00`;
const shell = (script: string, more: object = {}): object => ({
  command: ['/bin/sh', '-c', script],
  cooldown: '0s',
  grace: '0s',
  ...more,
});
/** Runs until the test lets it go. */
const gated = (name: string): string =>
  `while [ -d ${folder} ] && [ ! -e ${folder}/${name} ]; do sleep 0.05; done`;
const letGo = (name: string): void => fs.writeFileSync(path.join(folder, name), '');

before(async () => {
  folder = createFolder(t);
  daemon = await startDaemon(t, {
    // Without summer time.
    env: { TZ: 'UTC' },
    server: { rateLimit: { runs: 1000, failures: 1000 } },
    tasks: {
      queue: shell(gated('queue'), { whenBusy: 'queue', queue: { max: 1 }, name: 'Waits' }),
      expires: shell(gated('expires'), { whenBusy: 'queue', queue: { expires: '100ms' }, name: 'Too late' }),
      // Two hours away from now, whenever this runs.
      hours: shell('true', { hours: `${clock(hour + 2)}-${clock(hour + 3)}`, name: 'Later' }),
      open: shell('true', {
        hours: [`${clock(hour + 2)}-${clock(hour + 3)}`, `${clock(hour - 1)}-${clock(hour + 2)}`],
      }),
      twice: shell('true', { maxPerDay: 2, whenBusy: 'parallel', name: 'Twice' }),
      busy: shell(gated('busy'), { whenBusy: 'reject', name: 'Only one' }),
      asks: shell('true', { confirm: true, name: 'Lights <off>' }),
      labelled: shell('true', {
        whenBusy: 'parallel',
        identifier: [
          { label: 'Ann', key: keyOf('ann') },
          { label: 'Child', key: keyOf('child'), confirm: true },
        ],
      }),
      off: shell('true', { enabled: false }),
      near: shell('true', { allow: ['127.0.0.1', 'fd00::/8'] }),
      signal: shell('trap "echo got it; exit 7" USR1; while :; do sleep 0.05; done', {
        // Long enough for the shell to set its trap first.
        timeout: '3s',
        grace: '20s',
        stopSignal: 'SIGUSR1',
        output: 'all',
      }),
    },
  });
});
after(async () => {
  for (const cleanup of cleanups) await cleanup();
});

const html = 'text/html,*/*;q=0.8';
const json = 'application/json';

interface Answer {
  readonly status: number;
  readonly text: string;
  header(name: string): string | null;
}
async function call(
  url: string,
  { accept = '*/*', method = 'GET', key }: { accept?: string; method?: string; key?: string } = {},
): Promise<Answer> {
  const headers = { accept, ...(key === undefined ? {} : { 'idempotency-key': key }) };
  const response = await fetch(url, { method, redirect: 'manual', headers });
  return {
    status: response.status,
    text: await response.text(),
    header: (name) =>
      name === 'location' ? toLocationPath(response.headers.get(name)) || null : response.headers.get(name),
  };
}
const start = async (
  id: string,
  options: Parameters<typeof call>[1] & { query?: string } = {},
): Promise<Answer> => await call(`${daemon.url(id)}${options.query ?? ''}`, options);
const startsOf = (id: string): number =>
  daemon.history().filter(({ event, task }) => event === 'start' && task === id).length;

/** Checks a refusal as text, page and JSON. `sentence` is made of the seconds of Retry-After. */
async function assertRefused(
  id: string,
  name: string,
  status: number,
  code: RefusalCode,
  sentence: (seconds: number) => string,
): Promise<void> {
  for (const accept of ['*/*', html, json]) {
    const answer = await start(id, { accept });
    const said = sentence(Number(answer.header('retry-after')));
    assert.deepEqual([answer.status, answer.header('x-run')], [status, null], said);
    if (accept === json) assert.deepEqual(JSON.parse(answer.text), { task: id, name, code, error: said });
    else if (accept === html)
      assert.ok(
        answer.text.includes(`<h1>${name}</h1>`) &&
          answer.text.includes(`<p class="note">${said.replace('Call', 'Try')}</p>`),
        answer.text,
      );
    else assert.equal(answer.text, `${name}: not started. ${said}\n`);
    assert.doesNotMatch(answer.text, /key-|<script/);
  }
}
const again = (seconds: number): string => `Call again in ${renderDuration(seconds * 1000)}.`;

test('a queued run is 202, waits behind the first one, and is looked at like any other', async () => {
  const first = await start('queue');
  const queued = await start('queue');
  const location = queued.header('location') ?? '';
  assert.deepEqual(
    [first.header('x-run'), queued.status, queued.header('x-run')],
    ['started', 202, 'queued'],
  );
  assert.equal(queued.text, `Waits: waits behind an earlier run, see ${location}\n`);
  assert.notEqual(location, first.header('location'));
  const page = await call(`${daemon.base}${location}`, { accept: html });
  assert.match(
    page.text,
    /<title>… Waits: waiting<\/title>.*<p class="state warn" role="status">Waiting<\/p>/s,
  );
  assert.match(page.text, /It begins when an earlier run has ended\.<\/p><dl><div><dt>Accepted<\/dt>/);
  assert.equal(page.header('refresh'), '2');
  assert.equal(
    (JSON.parse((await call(`${daemon.base}${location}`, { accept: json })).text) as { state: string }).state,
    'queued',
  );
  assert.equal(
    (await call(`${daemon.base}${location}?wait=1`)).status,
    202,
    'whoever waits too short a time',
  );

  await assertRefused(
    'queue',
    'Waits',
    409,
    'queue-full',
    (seconds) => `Too many runs of it are waiting already. ${again(seconds)}`,
  );
  assert.deepEqual(
    [(await start('queue')).header('retry-after'), (await start('queue')).header('location')],
    ['60', location],
  );

  letGo('queue');
  const ended = await call(`${daemon.base}${location}?wait=60`);
  assert.equal(ended.status, 200);
  assert.match(ended.text, /^Waits: succeeded after /);
  assert.equal(startsOf('queue'), 2);
});

test('a run that waited too long ends as failed, and its page says why and never that it started', async () => {
  await start('expires');
  const late = await start('expires', { query: '?wait=60' });
  assert.equal(late.status, 500);
  assert.match(
    late.text,
    /^Too late: failed\. It waited too long behind an earlier run, and was not started\.\n$/,
  );
  const page = await call(`${daemon.base}${late.header('location')}`, { accept: html });
  assert.match(page.text, /was not started\.<\/p><dl><div><dt>Accepted<\/dt>/);
  letGo('expires');
});

test('outside of its hours, and more often than a day allows, a task is 429 and says when to call again', async () => {
  await assertRefused('hours', 'Later', 429, 'hours', (seconds) => {
    assert.ok(seconds > 0 && seconds <= 7200, String(seconds));
    const hours = `${clock(hour + 2)}–${clock(hour + 3)}`;
    return `It may not be started at this hour, only at ${hours}. ${again(seconds)}`;
  });
  assert.equal((await start('open')).status, 202, 'within one of several spans');
  assert.deepEqual(
    [(await start('twice')).status, (await start('twice', { method: 'POST' })).status],
    [202, 202],
  );
  await assertRefused('twice', 'Twice', 429, 'max-per-day', (seconds) => {
    assert.ok(seconds > 86_000 && seconds <= 86_400, String(seconds));
    return `It was started as often as it may be within 24 hours. ${again(seconds)}`;
  });
  assert.deepEqual([startsOf('hours'), startsOf('twice')], [0, 2]);
});

test('a busy task that rejects is 409, and names the run that goes on', async () => {
  const first = await start('busy');
  await assertRefused(
    'busy',
    'Only one',
    409,
    'busy',
    () => 'It is running already, and was not started again.',
  );
  assert.equal((await start('busy')).header('location'), first.header('location'));
  letGo('busy');
  assert.equal(startsOf('busy'), 1);
});

test('a task that asks first shows a browser a question, and tells everybody else where to go', async () => {
  const sentence = 'It asks first: open its address in a browser, and press the button there.';
  for (const method of ['GET', 'POST']) {
    const text = await start('asks', { method });
    assert.deepEqual([text.status, text.text], [428, `Lights <off>: not started. ${sentence}\n`]);
    const data = await start('asks', { method, accept: json });
    assert.deepEqual(
      [data.status, JSON.parse(data.text)],
      [428, { task: 'asks', name: 'Lights <off>', code: 'confirm', error: sentence }],
    );
    const page = await start('asks', { method, accept: html });
    assert.equal(page.status, 200);
    assert.match(
      page.text,
      /<h1>Lights &lt;off&gt;<\/h1><p class="state question" role="status">Start it now\?<\/p><form method="post" action="\?nonce=[\w-]{22}">/,
    );
    assert.equal(page.text.match(/<button/g)?.length, 1);
    assert.doesNotMatch(page.text, /<script|http-equiv|autofocus/);
    assert.doesNotMatch(
      page.text.replace(/<link [^>]*>/g, ''),
      /key-|magic-/,
      'but for what puts the task on a home screen',
    );
  }
  assert.equal(startsOf('asks'), 0);
});

test('only a POST with the nonce of a question about that task starts it, once', async () => {
  const ask = async (id: string): Promise<string> =>
    /nonce=([\w-]+)/.exec((await start(id, { accept: html })).text)?.[1] ?? '';
  const askChild = async (): Promise<string> =>
    /nonce=([\w-]+)/.exec(
      (await call(`${daemon.base}/${magicKey}/${keyOf('child')}`, { accept: html })).text,
    )?.[1] ?? '';
  const nonce = await ask('asks');
  const answer = async (query: string, method = 'POST'): Promise<number> =>
    (await start('asks', { query, method })).status;
  for (const query of ['?nonce=', '?nonce=x', `?nonce=${nonce}x`, `?nonce=${await askChild()}`, ''])
    assert.equal(await answer(query), 428, query);
  assert.equal(await answer(`?nonce=${nonce}`, 'GET'), 428, 'an address alone starts nothing');
  assert.equal(startsOf('asks'), 0);
  const started = await start('asks', { query: `?nonce=${nonce}`, method: 'POST', accept: html });
  assert.deepEqual([started.status, started.header('x-run')], [303, 'started']);
  const twice = await start('asks', { query: `?nonce=${nonce}`, method: 'POST', accept: html });
  const toRun = (location: string | null): string | undefined => location?.split('?')[0];
  assert.deepEqual(
    [twice.status, twice.header('x-run')],
    [303, 'joined'],
    'who taps twice gets the run of the first tap',
  );
  assert.equal(toRun(twice.header('location')), toRun(started.header('location')));
  const stale = await start('asks', { query: '?nonce=AAAAAAAAAAAAAAAAAAAAAA', method: 'POST', accept: html });
  assert.equal(stale.status, 200);
  assert.match(
    stale.text,
    /Nothing was started this time: the button was too old\.<\/p><form method="post" action="\?nonce=/,
  );
  assert.doesNotMatch(stale.text, /AAAAAAAAAA/);
  assert.equal(startsOf('asks'), 1);
});

test('a labelled key may ask first where others of the same task do not', async () => {
  const url = (key: string): string => `${daemon.base}/${magicKey}/${keyOf(key)}`;
  assert.equal((await call(url('child'))).status, 428);
  assert.equal((await call(url('ann'))).status, 202);
  const nonce = /nonce=([\w-]+)/.exec((await call(url('child'), { accept: html })).text)?.[1] ?? '';
  assert.equal((await call(`${url('child')}?nonce=${nonce}`, { method: 'POST' })).status, 202);
  assert.deepEqual(
    daemon
      .history()
      .flatMap(({ event, task, label }) => (event === 'start' && task === 'labelled' ? [label] : [])),
    ['Ann', 'Child'],
  );
});

test('an Idempotency-Key gets the run that it started, also after a restart', async (test) => {
  const options = {
    tasks: { once: shell('true', { whenBusy: 'parallel' }), other: shell('true') },
    folder: createFolder(test),
  };
  const begin = async (): Promise<TestDaemon> => await startDaemon(test, options);
  const one = await begin();
  const first = await call(one.url('once'), { key: 'order-66' });
  const second = await call(one.url('once'), { key: 'order-66', method: 'POST' });
  assert.deepEqual([first.header('x-run'), second.header('x-run')], ['started', 'joined']);
  assert.equal(second.header('location'), first.header('location'));
  const ids = [{ key: 'order-67' }, {}, { key: '' }, { key: '' }].map(async (how) =>
    (await call(one.url('once'), how)).header('x-run'),
  );
  assert.deepEqual(await Promise.all(ids), ['started', 'started', 'started', 'started']);
  assert.equal((await call(one.url('other'), { key: 'order-66' })).header('x-run'), 'started');
  await until(
    () => (one.history().filter(({ event }) => event === 'end').length === 6 ? true : undefined),
    'all runs to end',
  );
  await one.stop();
  assert.doesNotMatch(fs.readFileSync(path.join(options.folder, 'history.jsonl'), 'utf8'), /order-6/);
  const two = await begin();
  const third = await call(two.url('once'), { key: 'order-66' });
  assert.deepEqual([third.header('x-run'), third.header('location')], ['joined', first.header('location')]);
  assert.match(third.text, /^Task: started earlier, not started again, succeeded, see /);
});

test('a disabled task, and one that may not be called from there, know nobody: byte for byte', async () => {
  const ask = async (id: string, from = '127.0.0.1', more = ''): Promise<string> =>
    withoutDate(
      await exchange(daemon.port, `GET /${magicKey}/${keyOf(id)} HTTP/1.1\r\nHost: a\r\n${more}\r\n`, {
        from,
      }),
    );
  const stranger = await ask('no-such-task');
  assert.match(stranger, /^HTTP\/1\.1 404 /);
  assert.equal(await ask('off'), stranger);
  assert.equal(await ask('near', '127.0.0.2'), stranger);
  assert.equal(
    await ask('near', '127.0.0.2', 'X-Forwarded-For: 127.0.0.1\r\n'),
    stranger,
    'nobody trusts this header',
  );
  assert.deepEqual([startsOf('off'), startsOf('near')], [0, 0]);
  assert.match(await ask('near'), /^HTTP\/1\.1 202 /);
  for (const mismatch of ['disabled-task', 'address'])
    await daemon.logged((line) => line['mismatch'] === mismatch);
});

test('a run that takes too long gets the signal of its task first, and has timed out whatever it makes of it', async () => {
  const answer = await start('signal', { query: '?wait=60' });
  assert.deepEqual([answer.status, answer.header('x-exit-code')], [504, '7']);
  assert.match(answer.text, /got it\nTask: timed out after [^\n]*\n$/);
});
