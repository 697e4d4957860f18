// Trying again from the page of a run: the nonce of who started it, and nothing else, starts its task once more.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createFolder, keyOf, magicKey, startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { exchange, withoutDate, toLocationPath } from '../support/raw-http.ts';

const html = 'text/html';
const fails = { command: ['/bin/sh', '-c', 'exit 3'], name: 'Fails', cooldown: '0s' };

interface Answer {
  readonly status: number;
  readonly location: string;
  readonly text: string;
}

async function ask(url: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url, { method, redirect: 'manual', headers: { accept: html, ...headers } });
  return {
    status: response.status,
    location: toLocationPath(response.headers.get('location')),
    text: await response.text(),
  };
}

/** The run and the nonce that an address names. */
function parse(location: string): { run: string; nonce: string; joined: boolean } {
  const [, run = '', joined, nonce = ''] =
    /^\/runs\/([\w-]{22})\?(joined&)?again=([\w-]{22})$/.exec(location) ?? [];
  return { run, nonce, joined: joined !== undefined };
}

/** Starts a task as a browser does, and waits for its end; gives the address of the button on the page of the run. */
async function startAndFail(
  daemon: TestDaemon,
  id: string,
): Promise<{ page: string; run: string; button: string }> {
  const { location } = await ask(`${daemon.url(id)}?wait=60`);
  const { run, nonce } = parse(location);
  const button = `${daemon.base}/runs/${run}/again?nonce=${nonce}`;
  assert.match(
    (await ask(`${daemon.base}${location}`)).text,
    new RegExp(`action="\\.\\./runs/${run}/again\\?nonce=${nonce}"><button>Try again`),
  );
  return { page: `${daemon.base}${location}`, run, button };
}

const startsOf = (daemon: TestDaemon): number =>
  daemon.history().filter(({ event }) => event === 'start').length;

test('the button starts the task once more, with the label of the keys, and leads to a page with a button of its own', async (t) => {
  const daemon = await startDaemon(t, {
    tasks: { fails: { ...fails, identifier: [{ label: "Anna's phone", key: keyOf('fails') }] } },
  });
  const { button, run, page } = await startAndFail(daemon, 'fails');
  const again = await ask(`${button}&wait=60`, 'POST');
  assert.equal(again.status, 303);
  const next = parse(again.location);
  assert.notEqual(next.run, run);
  assert.match(
    (await ask(`${daemon.base}${again.location}`)).text,
    new RegExp(`/runs/${next.run}/again\\?nonce=${next.nonce}"`),
  );
  assert.deepEqual(
    daemon.history().flatMap(({ event, label }) => (event === 'start' ? [label] : [])),
    ["Anna's phone", "Anna's phone"],
  );
  await daemon.logged(
    ({ event, intent, result, run: id }) =>
      event === 'attempt' && intent === 'again' && result === 'started' && id === next.run,
  );
  assert.doesNotMatch((await ask(page)).text, /<form/, 'the old page has no button any more');
  const twice = parse((await ask(button, 'POST')).location);
  assert.deepEqual([twice.run, twice.joined], [next.run, true], 'who presses it once more gets that run');
  assert.equal(startsOf(daemon), 2);
});

test('scripts get a line or JSON for it, like for any start', async (t) => {
  const daemon = await startDaemon(t, { tasks: { fails } });
  const first = await startAndFail(daemon, 'fails');
  const text = await ask(`${first.button}&wait=60`, 'POST', { accept: '*/*' });
  assert.deepEqual([text.status, text.text.slice(0, 32)], [500, 'Fails: failed with exit status 3']);
  const second = await startAndFail(daemon, 'fails');
  const json = JSON.parse((await ask(second.button, 'POST', { accept: 'application/json' })).text) as Record<
    string,
    unknown
  >;
  assert.deepEqual([json['name'], json['attempt']], ['Fails', 'started']);
});

test('a nonce that is wrong, of another run or too late starts nothing, and the page of the run says so', async (t) => {
  const daemon = await startDaemon(t, {
    tasks: { fails, works: { ...fails, command: ['/bin/true'] }, slow: { command: ['/bin/sleep', '60'] } },
  });
  const { run, button } = await startAndFail(daemon, 'fails');
  const other = await startAndFail(daemon, 'fails');
  const works = parse((await ask(`${daemon.url('works')}?wait=60`)).location);
  const slow = parse((await ask(daemon.url('slow'))).location);
  const starts = startsOf(daemon);
  for (const [of, query] of [
    [run, ''],
    [run, '?nonce='],
    [run, '?nonce=AAAAAAAAAAAAAAAAAAAAAA'],
    [run, `?nonce=${'A'.repeat(5000)}`],
    [run, `?NONCE=${button.slice(-22)}`],
    [run, `?again=${button.slice(-22)}`],
    [run, `?nonce=${other.button.slice(-22)}`],
    [works.run, `?nonce=${works.nonce}`],
    [slow.run, `?nonce=${slow.nonce}`],
  ] as const) {
    const answer = await ask(`${daemon.base}/runs/${of}/again${query}`, 'POST');
    assert.deepEqual([answer.status, answer.location], [303, `/runs/${of}?spent`], query.slice(0, 40));
  }
  const german = await ask(`${daemon.base}/runs/${run}?spent`, 'GET', { 'accept-language': 'de-DE' });
  assert.match(
    german.text,
    /<html lang="de">.*Diesmal wurde nichts gestartet: .* Zum Starten bitte das Lesezeichen öffnen\./s,
  );
  const text = await ask(`${daemon.base}/runs/${run}/again`, 'POST', { accept: '*/*' });
  assert.deepEqual(
    [text.status, text.text],
    [409, 'Fails: not started. The nonce is wrong, or too old. Call the address of the task.\n'],
  );
  const json = await ask(`${daemon.base}/runs/${run}/again`, 'POST', { accept: 'application/json' });
  assert.equal((JSON.parse(json.text) as Record<string, unknown>)['code'], 'old-nonce');
  assert.equal(startsOf(daemon), starts);
  await daemon.logged(({ event, mismatch }) => event === 'refused' && mismatch === 'again');
});

test("nothing but a POST that is somebody's wish starts anything, and a run that nobody knows is answered like any stranger", async (t) => {
  const daemon = await startDaemon(t, { tasks: { fails } });
  const { run, button } = await startAndFail(daemon, 'fails');
  const target = button.slice(daemon.base.length);
  const send = async (method: string, to: string, more = ''): Promise<string> =>
    withoutDate(await exchange(daemon.port, `${method} ${to} HTTP/1.1\r\nHost: a\r\n${more}\r\n`));
  const stranger = await send('GET', '/');
  assert.match(stranger, /^HTTP\/1\.1 404 /);
  for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])
    assert.equal(await send(method, target), stranger, method);
  for (const hint of [
    'Sec-Purpose: prefetch',
    'User-Agent: Slackbot 1.0',
    'Range: bytes=0-1',
    'Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Site: cross-site',
  ])
    assert.equal(await send('POST', target, `${hint}\r\n`), stranger, hint);
  for (const to of [
    `/runs/AAAAAAAAAAAAAAAAAAAAAA/again?nonce=${button.slice(-22)}`,
    `/runs/${run}/again/`,
    `/runs/${run}/again/x`,
    `/runs/${run}/Again`,
    `//runs/${run}/again`,
  ])
    assert.equal(await send('POST', to), stranger, to);
  assert.equal(startsOf(daemon), 1);
  assert.match((await ask(button, 'POST')).location, /\?again=/, 'the button is still good');
});

test('a task that asks first asks again, and only the answer starts it', async (t) => {
  const daemon = await startDaemon(t, {
    tasks: { fails: { ...fails, confirm: true, question: 'Really?', icon: '📷' } },
  });
  const { text } = await ask(daemon.url('fails'));
  const start = await ask(
    `${daemon.url('fails')}${/action="(\?nonce=[\w-]+)"/.exec(text)?.[1]}&wait=60`,
    'POST',
  );
  const { run, nonce } = parse(start.location);
  const address = `${daemon.base}/runs/${run}/again`;
  const question = await ask(`${address}?nonce=${nonce}`, 'POST');
  assert.equal(question.status, 200);
  assert.match(question.text, /role="status">Really\?</);
  assert.doesNotMatch(
    question.text,
    new RegExp(`${magicKey}|${keyOf('fails')}`),
    'no keys at an address without keys',
  );
  const action = /action="([^"]*)"/.exec(question.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  assert.match(action, new RegExp(`^\\?nonce=${nonce}&answer=[\\w-]{22}$`));
  assert.equal(startsOf(daemon), 1);
  const stale = await ask(
    `${address}${action.replace(/answer=.*/, 'answer=AAAAAAAAAAAAAAAAAAAAAA')}`,
    'POST',
  );
  assert.match(stale.text, /Nothing was started this time/);
  const again = await ask(address + action, 'POST');
  assert.deepEqual([again.status, startsOf(daemon)], [303, 2]);
  assert.equal(parse((await ask(address + action, 'POST')).location).run, parse(again.location).run);
  assert.equal(startsOf(daemon), 2);
});

test('it goes the whole way of a start: limits, hours, policies', async (t) => {
  const daemon = await startDaemon(t, {
    tasks: { fails, once: { ...fails, maxPerDay: 1 } },
    server: { rateLimit: { runs: 2 } },
  });
  const once = await startAndFail(daemon, 'once');
  const refused = await ask(once.button, 'POST');
  assert.deepEqual([refused.status, startsOf(daemon)], [429, 1]);
  assert.match(refused.text, /It was started as often as it may be within 24 hours\. Try again in /);
  const { button } = await startAndFail(daemon, 'fails');
  assert.equal((await ask(daemon.url('fails'))).status, 303);
  const limited = await ask(button, 'POST');
  assert.deepEqual([limited.status, startsOf(daemon)], [429, 3]);
  assert.match(limited.text, /It was called too often/);
});

test('who may not call the task from his address, or any more, cannot try it again', async (t) => {
  const folder = createFolder(t);
  const daemon = await startDaemon(t, { folder, tasks: { near: { ...fails, allow: ['127.0.0.1'] } } });
  const { run, button, page } = await startAndFail(daemon, 'near');
  const send = async (method: string, url: string, from: string): Promise<string> =>
    (
      await exchange(
        daemon.port,
        `${method} ${url.slice(daemon.base.length)} HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n`,
        { from },
      )
    ).text;
  assert.match(
    await send('POST', button, '127.0.0.2'),
    new RegExp(`\r\nLocation: \\.\\./\\.\\./runs/${run}\\?spent\r\n`, 'i'),
  );
  assert.doesNotMatch(await send('GET', page, '127.0.0.2'), /<form/);
  assert.match(await send('GET', page, '127.0.0.1'), /<form/);
  const file = path.join(folder, 'config.json');
  fs.writeFileSync(
    file,
    fs.readFileSync(file, 'utf8').replace(keyOf('near'), 'another-key-for-the-task-9sK2'),
  );
  await until(
    async () => ((await ask(page)).text.includes('<form') ? undefined : true),
    'the changed key to count',
  );
  assert.match((await ask(button, 'POST')).location, /\?spent$/);
  assert.equal(startsOf(daemon), 1);
});
