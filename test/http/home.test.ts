// What lies below the address of a task: the page that says how, the manifest and the icons. None of it starts anything.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { keyOf, magicKey, until } from '../support/daemon.ts';
import { right, startGate, wrong, type Gate } from '../support/gate.ts';
import { parsePng } from '../support/png.ts';
import { endGroup, listChildren } from '../support/processes.ts';
import { exchange } from '../support/raw-http.ts';

const cleanups: (() => Promise<void> | void)[] = [];
let gate: Gate;

/** Keys that a URL and a page cannot hold as they are. */
const odd = { magic: `another "<&>' ${magicKey}`, task: 'ключ/"задачи" <b>' };

before(async () => {
  gate = await startGate(
    { after: (fn) => void cleanups.push(fn) },
    {
      server: {
        magickey: [
          { label: 'usual', key: magicKey },
          { label: 'odd', key: odd.magic },
        ],
        rateLimit: { runs: 5 },
      },
      tasks: {
        gate: { name: 'Open <the> "gate"', command: ['/bin/true'], icon: '🚪', confirm: true },
        odd: { identifier: odd.task, command: ['/bin/true'], confirm: true },
      },
    },
  );
});
after(async () => {
  for (const cleanup of cleanups) await cleanup();
});

const headers = (answer: Response): Record<string, string | null> =>
  Object.fromEntries(
    ['cache-control', 'referrer-policy', 'x-content-type-options', 'content-type'].map((name) => [
      name,
      answer.headers.get(name),
    ]),
  );
const usual = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

test('the icons are PNGs of their sizes, drawn once', async () => {
  const base = gate.daemon.url('gate');
  for (const [name, sizePx] of Object.entries({
    'icon-180': 180,
    'icon-192': 192,
    'icon-512': 512,
    'icon-512-maskable': 512,
  })) {
    const answer = await fetch(`${base}/${name}.png`);
    assert.deepEqual([answer.status, headers(answer)], [200, { ...usual, 'content-type': 'image/png' }]);
    const { width, height } = parsePng(Buffer.from(await answer.arrayBuffer()));
    assert.deepEqual([width, height], [sizePx, sizePx]);
  }
  const [one, again, plain] = await Promise.all(
    [base, base, gate.daemon.url('count')].map(async (url) =>
      Buffer.from(await (await fetch(`${url}/icon-180.png`)).arrayBuffer()),
    ),
  );
  assert.deepEqual(one, again);
  assert.notDeepEqual(one, plain);
});

test('the manifest names the task, its icons below its address, and the address itself as what is opened, in a browser', async () => {
  const answer = await fetch(`${gate.daemon.url('gate')}/manifest.webmanifest`);
  assert.deepEqual(
    [answer.status, headers(answer)],
    [200, { ...usual, 'content-type': 'application/manifest+json; charset=utf-8' }],
  );
  const path = `../${keyOf('gate')}`;
  const toIcon = (name: string, sizePx: number, purpose: string): object => ({
    src: `${path}/${name}.png`,
    type: 'image/png',
    sizes: `${sizePx}x${sizePx}`,
    purpose,
  });
  assert.deepEqual(await answer.json(), {
    name: 'Open <the> "gate"',
    short_name: 'Open <the> "gate"',
    start_url: path,
    scope: '../../',
    display: 'browser',
    background_color: '#eaf1fb',
    theme_color: '#f1f3f6',
    icons: [
      toIcon('icon-192', 192, 'any'),
      toIcon('icon-512', 512, 'any'),
      toIcon('icon-512-maskable', 512, 'maskable'),
    ],
  });
});

test('the page may load what is ours and nothing else, and has no script', async () => {
  const answer = await fetch(`${gate.daemon.url('gate')}/home`);
  const page = await answer.text();
  assert.deepEqual(
    [answer.status, headers(answer)],
    [200, { ...usual, 'content-type': 'text/html; charset=utf-8' }],
  );
  assert.match(
    answer.headers.get('content-security-policy') ?? '',
    /^default-src 'none'; style-src 'sha256-[^']+'; img-src 'self' data:; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
  );
  assert.doesNotMatch(page, /<script|javascript:|https?:|\son\w+=/i);
  assert.ok(page.includes('<h1>Open &lt;the&gt; &quot;gate&quot;</h1>'));
  assert.ok(page.includes('content="Open &lt;the&gt; &quot;gate&quot;"'));
  assert.ok(Buffer.byteLength(page) <= 6000, `${Buffer.byteLength(page)} bytes`);
});

test('the question may be put on the home screen, too', async () => {
  const answer = await fetch(gate.daemon.url('gate'), { headers: { accept: 'text/html' } });
  const page = await answer.text();
  for (const link of ['rel="apple-touch-icon"', 'rel="manifest"', 'apple-mobile-web-app-title'])
    assert.ok(page.includes(link), link);
  assert.match(
    answer.headers.get('content-security-policy') ?? '',
    /img-src 'self' data:; manifest-src 'self';/,
  );
});

test('keys are told to who showed them in one form, however they were written, and cannot break out of it', async () => {
  const escaped = [odd.magic, odd.task].map((key) => `/${encodeURIComponent(key)}`).join('');
  const below = encodeURIComponent(odd.task);
  const everything = [odd.magic, odd.task]
    .map((key) => `/${[...Buffer.from(key)].map((byte) => `%${byte.toString(16)}`).join('')}`)
    .join('');
  for (const path of [escaped, everything]) {
    const { body } = await exchange(
      gate.daemon.port,
      `GET ${path}/manifest.webmanifest HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    );
    assert.equal((JSON.parse(body) as { start_url: string }).start_url, `../${below}`);
    for (const [place, from] of [
      [`${path}/home`, '../'],
      [path, ''],
    ] as const) {
      const page = await exchange(
        gate.daemon.port,
        `GET ${place} HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nConnection: close\r\n\r\n`,
      );
      assert.ok(
        page.body.includes(`href="${from}${below.replaceAll("'", '&#39;')}/manifest.webmanifest"`),
        place,
      );
      assert.equal(page.body.includes('<b>ключ'), false);
    }
  }
});

test('an icon whose drawing is cut off is none this time, and is drawn the next time', async (t) => {
  // Of many, since one may be ready before its process is found.
  const tasks = Object.fromEntries(
    ['🌱', '🔥', '🎵', '🚗', '🐟'].map((icon, i) => [`task${i}`, { command: ['/bin/true'], icon }]),
  );
  const { daemon } = await startGate(t, { tasks });
  for (const id of Object.keys(tasks)) {
    let isAnswered = false;
    const asked = fetch(`${daemon.url(id)}/icon-180.png`).finally(() => (isAnswered = true));
    // Again and again: the first that is found may be the one before, which is just ending, or have no group of its own yet.
    await until(() => {
      for (const child of listChildren(daemon.pid)) endGroup(child);
      return isAnswered || undefined;
    }, 'the end of the process that draws');
    const answer = await asked;
    if (answer.status === 200) continue;
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '60']);
    assert.equal((await daemon.logged(({ event }) => event === 'icon-undrawn'))['problem'], 'SIGKILL');
    assert.equal((await fetch(`${daemon.url(id)}/icon-180.png`)).status, 200);
    return;
  }
  assert.fail('one of them has to be cut off');
});

test('none of it starts anything, counts as a call of the task, or is logged; wrong keys are, as with a start', async () => {
  const before = gate.daemon.log().length;
  for (let n = 0; n < 10; n++)
    for (const part of ['home', 'manifest.webmanifest', 'icon-180.png'])
      assert.equal((await fetch(`${gate.daemon.url('count')}/${part}`)).status, 200);
  assert.equal(gate.daemon.log().length, before);
  await exchange(gate.daemon.port, `GET /${right.magic}/${wrong.task}/home HTTP/1.1\r\nHost: a\r\n\r\n`);
  await exchange(
    gate.daemon.port,
    `GET /${wrong.magic}/${right.task}/icon-180.png HTTP/1.1\r\nHost: a\r\n\r\n`,
  );
  const refused = gate.daemon.log().slice(before);
  assert.deepEqual(
    refused.map(({ event, mismatch }) => [event, mismatch]),
    [
      ['refused', 'task-key'],
      ['refused', 'magic-key'],
    ],
  );
  assert.equal(await gate.runs(), 0, 'and the task may still be called');
});
