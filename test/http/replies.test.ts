// The contract: what a caller with the right keys is answered, in each form.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { toLocationPath } from '../support/raw-http.ts';

const cleanups: (() => Promise<void> | void)[] = [];
let daemon: TestDaemon;

const shell = (script: string, more: object = {}): object => ({
  command: ['/bin/sh', '-c', script],
  cooldown: '0s',
  grace: '0s',
  ...more,
});

before(async () => {
  daemon = await startDaemon(
    { after: (fn) => void cleanups.push(fn) },
    {
      server: { rateLimit: { runs: 1000 } },
      tasks: {
        ok: shell('echo secret output', { name: 'Back <up> "photos"', whenBusy: 'parallel' }),
        tail: shell('seq 1 30', { output: 'tail' }),
        all: shell('seq 1 30; echo "<b>&"; exit 3', { output: 'all' }),
        killed: shell('kill -KILL $$', { output: 'all' }),
        slow: shell('sleep 60', { timeout: '200ms' }),
        missing: { command: ['/nowhere/program'], cooldown: '0s' },
        nameless: shell('exit 0'),
        long: shell('sleep 60'),
        parallel: shell('sleep 60', { whenBusy: 'parallel' }),
        reject: shell('sleep 60', { whenBusy: 'reject', name: 'Only one' }),
        cool: shell('exit 0', { cooldown: '1h' }),
      },
    },
  );
});
after(async () => {
  for (const cleanup of cleanups) await cleanup();
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function ask(
  url: string,
  { accept, prefer, method = 'GET' }: { accept?: string; prefer?: string; method?: string } = {},
): Promise<Answer> {
  const headers = {
    ...(accept === undefined ? {} : { accept }),
    ...(prefer === undefined ? {} : { prefer }),
  };
  const response = await fetch(url, { method, redirect: 'manual', headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const start = async (id: string, query = '', accept?: string): Promise<Answer> =>
  await ask(`${daemon.url(id)}${query}`, accept === undefined ? {} : { accept });
const html = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const json = 'application/json';
const runPath = /^\/runs\/[\w-]{22}$/;
const locationOf = ({ headers }: Answer): string => toLocationPath(headers.get('location'));

test('a start is 202 and one line for curl, 303 to the run page for a browser, the run for who wants JSON', async () => {
  for (const accept of [undefined, '*/*', 'text/plain', 'image/png', '', 'a'.repeat(5000)]) {
    const text = await start('ok', '', accept);
    assert.equal(text.status, 202);
    assert.match(locationOf(text), runPath);
    assert.equal(text.text, `Back <up> "photos": started, see ${locationOf(text)}\n`);
    assert.equal(text.headers.get('content-type'), 'text/plain; charset=utf-8');
    assert.equal(text.headers.get('x-run'), 'started');
  }
  for (const accept of [html, 'text/html', 'text/html;q=0.9, application/json;q=0.1']) {
    const browser = await start('ok', '', accept);
    assert.deepEqual([browser.status, browser.text, browser.headers.get('x-run')], [303, '', 'started']);
    assert.match(locationOf(browser), /^\/runs\/[\w-]{22}\?again=[\w-]{22}$/);
  }
  const answer = await start('ok', '', json);
  assert.deepEqual(
    [answer.status, answer.headers.get('content-type')],
    [202, 'application/json; charset=utf-8'],
  );
  const run = JSON.parse(answer.text) as Record<string, unknown>;
  assert.equal(`/runs/${String(run['run'])}`, locationOf(answer));
  assert.deepEqual(
    [run['name'], run['attempt'], run['location']],
    ['Back <up> "photos"', 'started', locationOf(answer)],
  );
  assert.match(String(run['startedAt']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
});

test('who waits learns the end: status, X-Exit-Code, and output only as the task allows', async () => {
  const tail = Array.from({ length: 20 }, (_, i) => `${i + 11}\n`).join('');
  const all = Array.from({ length: 30 }, (_, i) => `${i + 1}\n`).join('');
  const table: readonly (readonly [
    id: string,
    status: number,
    exitCode: string | null,
    text: RegExp | string,
  ])[] = [
    ['ok', 200, '0', /^Back <up> "photos": succeeded after [\d.]+ m?s\.\n$/],
    ['nameless', 200, '0', /^Task: succeeded after [\d.]+ m?s\.\n$/],
    [
      'tail',
      200,
      '0',
      new RegExp(`^\\[\\d+ bytes before this are not shown\\.\\]\n${tail}Task: succeeded after [^\n]*\n$`),
    ],
    ['all', 500, '3', new RegExp(`^${all}<b>&\nTask: failed with exit status 3 after [^\n]*\n$`)],
    ['killed', 500, null, /^Task: failed by SIGKILL after [^\n]*\n$/],
    ['slow', 504, null, /^Task: timed out after [^\n]*\n$/],
    ['missing', 500, null, /^Task: failed[^\n]*\. [^\n/]+\.\n$/],
  ];
  for (const [id, status, exitCode, text] of table) {
    const answer = await start(id, '?wait=60');
    assert.deepEqual([answer.status, answer.headers.get('x-exit-code')], [status, exitCode], id);
    assert.match(answer.text, new RegExp(text), id);
    assert.match(locationOf(answer), runPath);
    const again = await ask(`${daemon.base}${locationOf(answer)}?wait=60`);
    assert.deepEqual(
      [again.status, again.text, again.headers.get('x-exit-code')],
      [status, answer.text, exitCode],
    );
    const page = await ask(`${daemon.base}${locationOf(answer)}?wait=60`, { accept: html });
    assert.equal(page.status, 200, 'a browser shows the page whatever the outcome');
    assert.equal(page.text.includes('secret output'), false);
  }
});

test('what prints little ends within its wait, and a wait that is too short is 202', async () => {
  for (const how of [
    { query: '?wait=60' },
    { query: '', prefer: 'respond-async, wait=60' },
    { query: '?_=1&wait=60', method: 'POST' },
  ]) {
    const { query, ...rest } = how;
    assert.equal((await ask(`${daemon.url('ok')}${query}`, rest)).status, 200);
  }
  const short = await start('long', '?wait=1', json);
  assert.equal(short.status, 202);
  const run = JSON.parse(short.text) as Record<string, unknown>;
  assert.deepEqual([run['state'], run['exitCode'], run['output']], ['running', null, undefined]);
  assert.ok(Number(run['elapsedMs']) >= 900);
  assert.equal(
    (await ask(`${daemon.base}${locationOf(short)}?wait=0`)).status,
    200,
    'who looks without waiting gets 200',
  );
});

test('JSON names the end and the output, in full', async () => {
  const run = JSON.parse((await start('all', '?wait=60', json)).text) as Record<string, unknown>;
  const { acceptedAt, startedAt, endedAt, elapsedMs, run: id, output, ...rest } = run;
  assert.deepEqual(rest, {
    task: 'all',
    name: 'Task',
    attempt: 'started',
    state: 'failed',
    waitedMs: 0,
    usualMs: null,
    exitCode: 3,
    signal: null,
    location: `/runs/${String(id)}`,
  });
  assert.ok(
    typeof startedAt === 'string' && typeof elapsedMs === 'number' && String(output).endsWith('30\n<b>&\n'),
  );
  const times = [acceptedAt, startedAt, endedAt].map(String);
  assert.deepEqual(times, times.toSorted());
});

test('the first page of a run that takes a moment shows that it is done, and that of a longer one does not wait for it', async () => {
  const done = await ask(`${daemon.base}${locationOf(await start('ok'))}`, { accept: html });
  assert.equal(done.headers.get('refresh'), null);
  assert.match(done.text, /Succeeded/);
  const running = await ask(`${daemon.base}${locationOf(await start('long'))}`, { accept: html });
  assert.equal(running.headers.get('refresh'), '2');
});

test('the run page escapes what it shows, refreshes itself while the run goes on, and names neither key nor task id', async () => {
  const ended = await start('all', '?wait=60');
  const page = await ask(`${daemon.base}${locationOf(ended)}`, { accept: html });
  assert.match(page.text, /&lt;b&gt;&amp;/);
  assert.doesNotMatch(page.text, /<b>/);
  assert.equal(page.headers.get('refresh'), null);
  const named = await start('ok', '?wait=60');
  assert.match(
    (await ask(`${daemon.base}${locationOf(named)}`, { accept: html })).text,
    /<h1>Back &lt;up&gt; &quot;photos&quot;<\/h1>/,
  );
  const running = await ask(`${daemon.base}${locationOf(await start('long'))}`, { accept: html });
  assert.equal(running.headers.get('refresh'), '2');
  for (const { text } of [page, running]) assert.doesNotMatch(text, /magic-|task-key|>all<|>long</);
});

test('every answer forbids storing, referring, sniffing, indexing, framing and loading', async () => {
  const first = await start('ok', '?wait=60');
  const answers = [
    first,
    await start('ok', '', html),
    await start('ok', '', json),
    await start('reject'),
    await start('reject'),
  ];
  answers.push(
    await ask(`${daemon.base}${locationOf(first)}`, { accept: html }),
    await ask(`${daemon.base}${locationOf(first)}`),
    await ask(daemon.base),
  );
  for (const { headers } of answers) {
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('x-robots-tag'), 'noindex, nofollow');
    assert.match(
      headers.get('content-security-policy') ?? '',
      /^default-src 'none'; style-src 'sha256-[^']+'; .*frame-ancestors 'none'$/,
    );
    assert.match(headers.get('content-type') ?? '', /; charset=utf-8$/);
    for (const name of [
      'server',
      'etag',
      'last-modified',
      'set-cookie',
      'strict-transport-security',
      'x-powered-by',
      'access-control-allow-origin',
    ])
      assert.equal(headers.get(name), null, name);
    assert.deepEqual(
      [...headers.keys()].filter((name) => name.startsWith('x-ratelimit')),
      [],
    );
  }
});

test('a second call gets a run as the task says: the same, its own, a refusal, or the earlier one', async () => {
  const [first, second] = [await start('long'), await start('long')];
  assert.deepEqual(
    [second.status, second.headers.get('x-run'), locationOf(second)],
    [202, 'joined', locationOf(first)],
  );
  assert.equal(second.text, `Task: running already, not started again, see ${locationOf(first)}\n`);
  const browser = await start('long', '', html);
  assert.deepEqual(
    [browser.status, locationOf(browser).replace(/=.*/, '')],
    [303, `${locationOf(first)}?joined&again`],
  );
  assert.match(
    (await ask(`${daemon.base}${locationOf(browser)}`, { accept: html })).text,
    /nothing was started a second time/,
  );
  assert.doesNotMatch(
    (await ask(`${daemon.base}${locationOf(first)}`, { accept: html })).text,
    /nothing was started a second time/,
  );

  const [one, two] = [await start('parallel'), await start('parallel')];
  assert.deepEqual([two.headers.get('x-run'), locationOf(one) === locationOf(two)], ['started', false]);

  const cool = await start('cool', '?wait=60');
  const again = await start('cool');
  assert.deepEqual(
    [again.status, again.headers.get('x-run'), locationOf(again), again.headers.get('x-exit-code')],
    [202, 'joined', locationOf(cool), '0'],
  );
  assert.equal(again.text, `Task: started earlier, not started again, succeeded, see ${locationOf(cool)}\n`);
  assert.equal((await start('cool', '?wait=60')).status, 200);

  const starts = daemon.history().filter(({ event }) => event === 'start');
  const count = (id: string): number => starts.filter(({ task }) => task === id).length;
  assert.deepEqual([count('long'), count('parallel'), count('cool')], [1, 2, 1]);
});

test('a task that rejects is 409 while it runs, in each form, with the running run as Location', async () => {
  const first = await start('reject');
  const refusals = [
    await start('reject', '?wait=60'),
    await start('reject', '', html),
    await start('reject', '', json),
  ];
  for (const refusal of refusals)
    assert.deepEqual([refusal.status, locationOf(refusal)], [409, locationOf(first)]);
  const sentence = 'It is running already, and was not started again.';
  assert.equal(refusals[0]?.text, `Only one: not started. ${sentence}\n`);
  assert.match(refusals[1]?.text ?? '', new RegExp(`<h1>Only one</h1>.*${sentence}`));
  assert.deepEqual(JSON.parse(refusals[2]?.text ?? ''), {
    task: 'reject',
    name: 'Only one',
    code: 'busy',
    error: sentence,
  });
});

test('a run that nobody knows is answered like any stranger, however it is asked for', async () => {
  const stranger = await ask(daemon.base);
  const started = locationOf(await start('ok'));
  const flipped = started.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'));
  for (const path of [
    '/runs/AAAAAAAAAAAAAAAAAAAAAA',
    flipped,
    `${started}/`,
    `${started}/stop`,
    started.toUpperCase(),
  ])
    for (const accept of [html, json])
      assert.deepEqual((await ask(`${daemon.base}${path}`, { accept })).text, stranger.text);
  assert.equal((await ask(`${daemon.base}${started}`, { method: 'POST' })).status, 404);
  assert.equal((await ask(`${daemon.base}${started}`, { method: 'HEAD' })).status, 404);
});

test('what was started can be looked at until it ended, and the history says the same', async () => {
  const path = locationOf(await start('tail'));
  const run = await until(async () => {
    const { text } = await ask(`${daemon.base}${path}?wait=60`, { accept: json });
    return text.includes('"succeeded"') ? (JSON.parse(text) as Record<string, unknown>) : undefined;
  }, 'the run to end');
  const end = await until(
    () => daemon.history().find(({ event, run: id }) => event === 'end' && id === run['run']),
    'its end in the history',
  );
  assert.deepEqual(end['outcome'], { kind: 'succeeded', exitCode: 0 });
});
