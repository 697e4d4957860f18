// The overview: off for everybody unless the config wants it, and then a page whose buttons start tasks like any other call.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { magicKey, startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { pairings, right, startGate, wrong } from '../support/gate.ts';
import { exchange, mapSome, withoutDate, toLocationPath } from '../support/raw-http.ts';

const cleanups: (() => Promise<void> | void)[] = [];
const t = { after: (fn: () => Promise<void> | void) => void cleanups.push(fn) };
let daemon: TestDaemon;
const asking = 'magic-key-that-asks-9Xc4';
const expired = 'expired-magic-key-4Vb8nM2kLp';

before(async () => {
  const quick = { cooldown: '0s', whenBusy: 'parallel' };
  daemon = await startDaemon(t, {
    server: {
      overview: true,
      rateLimit: { runs: 3, per: '1h', failures: 1000 },
      magickey: [
        { label: 'mine', key: magicKey },
        { label: 'asked', key: asking, confirm: true },
        { label: 'past', key: expired, expires: '2020-01-01' },
      ],
    },
    tasks: {
      photos: { name: 'Back <up> photos', icon: '📷', command: ['/bin/true'], ...quick },
      gate: {
        name: 'Open the gate',
        command: ['/bin/true'],
        confirm: true,
        question: 'Is nobody in the way?',
        ...quick,
      },
      often: { name: 'Often', command: ['/bin/true'], ...quick },
      'a&b"c': { name: 'Odd', command: ['/bin/true'], ...quick },
      late: { name: 'Never now', command: ['/bin/true'], maxPerDay: 1, ...quick },
      off: { name: 'Off', command: ['/bin/true'], enabled: false },
      elsewhere: { name: 'Elsewhere', command: ['/bin/true'], allow: ['192.0.2.0/24'] },
    },
  });
});
after(async () => {
  for (const cleanup of cleanups) await cleanup();
});

const overview = (key = magicKey): string => `${daemon.base}/${key}/`;
const html = { accept: 'text/html' };
const unescape = (text: string): string =>
  text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');

/** Where the buttons go, by the names of their tasks. */
async function loadButtons(key = magicKey): Promise<Record<string, string>> {
  const page = await (await fetch(overview(key), { headers: html })).text();
  const forms = page.matchAll(
    /<form method="post" action="([^"]*)"><button class="task">.*?<span>([^<]*)<\/span>/g,
  );
  return Object.fromEntries([...forms].map(([, action = '', name = '']) => [name, unescape(action)]));
}

async function press(action: string, { key = magicKey, accept = 'text/html' } = {}): Promise<Response> {
  return await fetch(new URL(action, overview(key)), {
    method: 'POST',
    headers: { accept },
    redirect: 'manual',
  });
}

const starts = (task: string): Record<string, unknown>[] =>
  daemon.history().filter((line) => line['event'] === 'start' && line['task'] === task);

test('the overview shows what its caller may start, with icon, and how and when it ended last', async () => {
  const answer = await fetch(overview(), { headers: html });
  const page = await answer.text();
  assert.deepEqual([answer.status, answer.headers.get('cache-control')], [200, 'no-store']);
  assert.match(
    answer.headers.get('content-security-policy') ?? '',
    /^default-src 'none'; .*img-src 'self' data:; manifest-src 'self'; form-action 'self';/,
  );
  assert.deepEqual(Object.keys(await loadButtons()), [
    'Back &lt;up&gt; photos',
    'Open the gate',
    'Often',
    'Odd',
    'Never now',
  ]);
  assert.ok(page.includes('📷') && page.includes('Not started yet'));
  assert.doesNotMatch(page, /<script|Elsewhere|>Off</);
  assert.equal(page.includes(magicKey), false, 'nothing of it names a key');
  assert.equal(daemon.history().length, 0, 'and looking starts nothing');
});

test('a press starts the task for the magic key, once, and leads to its run; a second press leads there, too', async () => {
  const { 'Back &lt;up&gt; photos': action = '' } = await loadButtons();
  const first = await press(action);
  assert.equal(first.status, 303);
  assert.match(toLocationPath(first.headers.get('location')), /^\/runs\/[\w-]{22}/);
  const second = await press(action);
  assert.equal(second.status, 303);
  assert.equal(second.headers.get('location')?.slice(0, 30), first.headers.get('location')?.slice(0, 30));
  assert.deepEqual(
    starts('photos').map(({ label }) => label),
    ['mine'],
  );
  const ended = await until(async () => {
    const page = await (await fetch(overview(), { headers: html })).text();
    return page.includes('>Succeeded<') ? page : undefined;
  }, 'the outcome in the overview');
  assert.match(ended, /<i class="ok">Succeeded<\/i><time datetime="[\d-]{10}T[\d:.]+Z">/);
});

test('GET never starts anything, whatever its query; nor does a nonce of another task, or none that was handed out', async () => {
  const { Odd: odd = '', 'Back &lt;up&gt; photos': photos = '' } = await loadButtons();
  const nonce = new URL(odd, overview()).searchParams.get('nonce') ?? '';
  assert.equal((await fetch(new URL(odd, overview()), { headers: html })).status, 200);
  const before = daemon.history().length;
  for (const action of [
    '?task=a%26b%22c',
    '?task=a%26b%22c&nonce=made-up',
    `${photos.split('&')[0]}&nonce=${nonce}`,
  ]) {
    const answer = await press(action);
    assert.equal(answer.status, 200, action);
    assert.match(await answer.text(), /Start it now\?/);
  }
  assert.equal(daemon.history().length, before);
  assert.equal((await press(odd)).status, 303, 'the nonce is still good for its own task');
});

test('a task that asks first is asked about, and only the button of the question starts it', async () => {
  const { 'Open the gate': action = '' } = await loadButtons();
  assert.equal(action, '?task=gate');
  const question = await press(action);
  const page = await question.text();
  assert.equal(question.status, 200);
  assert.match(page, /Is nobody in the way\?/);
  assert.equal(starts('gate').length, 0);
  const answer = unescape(/<form method="post" action="([^"]*)"/.exec(page)?.[1] ?? '');
  assert.match(answer, /^\?task=gate&nonce=[\w-]{22}$/);
  assert.equal((await press(answer)).status, 303);
  assert.equal(starts('gate').length, 1);
});

test('who has a key that asks first is asked about each task', async () => {
  const buttons = await loadButtons(asking);
  assert.deepEqual(
    Object.values(buttons).map((action) => action.includes('nonce')),
    [false, false, false, false, false],
  );
  const question = await press('?task=often', { key: asking });
  assert.match(await question.text(), /Start it now\?/);
  assert.equal(starts('often').length, 0);
});

test('limits and policies hold as with any other call', async () => {
  const kinds: string[] = [];
  for (let n = 0; n < 2; n++)
    kinds.push(String((await press((await loadButtons())['Never now'] ?? '')).status));
  assert.deepEqual(kinds, ['303', '429']);
  for (let n = 0; n < 4; n++) kinds.push(String((await press((await loadButtons())['Often'] ?? '')).status));
  assert.deepEqual(kinds, ['303', '429', '303', '303', '303', '429']);
  assert.equal((await press('?task=late', { accept: 'application/json' })).status, 428);
});

test('the overview may be put on the home screen', async () => {
  const manifest = (await (
    await fetch(`${overview()}?manifest`, { headers: { 'accept-language': 'de' } })
  ).json()) as Record<string, unknown>;
  assert.deepEqual(
    [manifest['name'], manifest['start_url'], manifest['display']],
    ['Aufgaben', '.', 'browser'],
  );
  for (const { src } of manifest['icons'] as { src: string }[]) {
    const icon = await fetch(new URL(src, `${overview()}?manifest`));
    assert.deepEqual([icon.status, icon.headers.get('content-type')], [200, 'image/png']);
  }
  const [camera, plain, hidden] = await Promise.all(
    ['photos', 'none', 'elsewhere'].map(async (task) =>
      Buffer.from(await (await fetch(`${overview()}?icon-192&task=${task}`)).arrayBuffer()),
    ),
  );
  assert.notDeepEqual(camera, plain);
  assert.deepEqual(hidden, plain, 'what is not shown has no icon');
});

test('where there is an overview, a stranger gets the same bytes as everywhere, and so does a press of what is not shown', async () => {
  const stranger = withoutDate(await exchange(daemon.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
  const paths = [wrong.magic, expired, right.task, 'runs'].flatMap((key) =>
    [
      `/${key}/`,
      `/${key}/?`,
      `/${key}/?manifest`,
      `/${key}/?icon-180`,
      `/${key}/?task=photos&nonce=x`,
    ].flatMap((path) => [
      `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`,
      `POST ${path} HTTP/1.1\r\nHost: a\r\n\r\n`,
    ]),
  );
  const pressed = [
    '',
    '?',
    '?task',
    '?task=',
    '?task=off',
    '?task=elsewhere',
    '?task=none',
    '?task=__proto__',
    '?nonce=x',
  ].map((query) => `POST /${magicKey}/${query} HTTP/1.1\r\nHost: a\r\n\r\n`);
  const odd = [
    `PUT /${magicKey}/ HTTP/1.1\r\nHost: a\r\n\r\n`,
    `GET /${magicKey}// HTTP/1.1\r\nHost: a\r\n\r\n`,
    `GET /${magicKey} HTTP/1.1\r\nHost: a\r\n\r\n`,
    `GET /${magicKey}/ HTTP/1.1\r\nHost: a\r\nSec-Purpose: prefetch\r\n\r\n`,
    `GET /${magicKey}/ HTTP/1.1\r\nHost: a\r\nUser-Agent: WhatsApp/2.24\r\n\r\n`,
    `POST /${magicKey}/?task=photos HTTP/1.1\r\nHost: a\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: cross-site\r\n\r\n`,
  ];
  const requests = [...paths, ...pressed, ...odd];
  const answers = await mapSome(requests, async (request) =>
    withoutDate(await exchange(daemon.port, request)),
  );
  answers.forEach((answer, i) => assert.equal(answer, stranger, requests[i]));
});

test('where there is none, a magic key alone opens nothing, and the log tells right from wrong as little as the answer', async () => {
  const gate = await startGate(t);
  const stranger = withoutDate(await exchange(gate.daemon.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
  const requests = pairings.flatMap(({ magic, task }) =>
    ['GET', 'POST'].flatMap((method) =>
      [`/${magic}/`, `/${magic}/?task=count`, `/${magic}/?manifest`, `/${task}/`].map(
        (path) => `${method} ${path} HTTP/1.1\r\nHost: a\r\n\r\n`,
      ),
    ),
  );
  const answers = await mapSome(requests, async (request) =>
    withoutDate(await exchange(gate.daemon.port, request)),
  );
  answers.forEach((answer, i) => assert.equal(answer, stranger, requests[i]));
  assert.deepEqual(
    [...new Set(gate.daemon.log().flatMap(({ event, mismatch }) => (event === 'refused' ? [mismatch] : [])))],
    ['path'],
  );
  assert.equal(await gate.runs(), 0);
});

test('the overview comes and goes with the config', async () => {
  const file = `${daemon.folder}/config.json`;
  const config = fs.readFileSync(file, 'utf8');
  const set = async (text: string, change: string): Promise<number> => {
    fs.writeFileSync(file, text);
    await daemon.logged(({ event, changes }) => event === 'config-taken' && String(changes) === change);
    return (await fetch(overview())).status;
  };
  assert.equal(await set(config.replace('"overview": true', '"overview": false'), 'no overview'), 404);
  assert.equal(await set(config, 'an overview'), 200);
});
