// Queries that are not understood: refused for callers with the right keys, in each form, and a stranger learns nothing by them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { findQueryFault, ignoredNames, type Place } from '../../src/http/query.ts';
import { keyOf, magicKey, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { exchange, toLocationPath, withoutDate } from '../support/raw-http.ts';

const cleanups: (() => Promise<void> | void)[] = [];
let daemon: TestDaemon;

before(async () => {
  daemon = await startDaemon(
    { after: (fn) => void cleanups.push(fn) },
    {
      server: { rateLimit: { runs: 1000, failures: 1000 }, overview: true },
      tasks: {
        gate: { name: 'Gate', command: ['/bin/true'], cooldown: '0s' },
        asks: { name: 'Asks', command: ['/bin/true'], confirm: true },
        slow: { name: 'Slow', command: ['/bin/sleep', '60'], stoppable: true, grace: '0s' },
      },
    },
  );
});
after(async () => {
  for (const cleanup of cleanups) await cleanup();
});

const starts = (): number => daemon.history().filter(({ event }) => event === 'start').length;

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type: string | null;
  readonly location: string;
}
async function ask(url: string, accept = '*/*', method = 'GET'): Promise<Answer> {
  const response = await fetch(url, { method, headers: { accept }, redirect: 'manual' });
  return {
    status: response.status,
    text: await response.text(),
    type: response.headers.get('content-type'),
    location: toLocationPath(response.headers.get('location')),
  };
}

const faultOf = (
  query: string,
  place: Place = 'task',
  format: 'text' | 'json' | 'events' = 'text',
): unknown =>
  findQueryFault(query, place, {
    format: format === 'json' ? 'application/json' : 'text/plain',
    stream: format === 'events' ? 'events' : new URLSearchParams(query).has('follow') ? 'output' : undefined,
  })?.code;

test('each kind of fault has its code', () => {
  const table: readonly (readonly [expected: string | undefined, ...Parameters<typeof faultOf>])[] = [
    [undefined, ''],
    [undefined, '&&'],
    [undefined, 'wait=60'],
    [undefined, 'wait=1m&nonce=x'],
    [undefined, 'follow'],
    [undefined, 'follow=1'],
    [undefined, 'follow=true', 'task', 'events'],
    [undefined, 'nonce=x&task=y', 'button'],
    [undefined, 'hold&again=x&joined&spent&wait=5', 'run'],
    [undefined, 'joined', 'stop'],
    [undefined, 'nonce=x&answer=y', 'again'],
    ['unknown-parameter', 'wiat=60'],
    ['unknown-parameter', 'Wait=60'],
    ['unknown-parameter', 'task=y'],
    ['unknown-parameter', 'hold'],
    ['unknown-parameter', '=60'],
    ['unknown-parameter', 'key'],
    ['unknown-parameter', 'utm=1'],
    ['unknown-parameter', '__proto__=1'],
    ['unknown-parameter', 'nonce=x', 'run'],
    ['unknown-parameter', 'wait=60', 'stop'],
    ['bad-parameter', 'wait'],
    ['bad-parameter', 'wait=soon'],
    ['bad-parameter', 'wait=1.5'],
    ['bad-parameter', 'wait=-1'],
    ['bad-parameter', 'wait=1M'],
    ['bad-parameter', 'wait=9999999999'],
    ['bad-parameter', 'follow=no'],
    ['repeated-parameter', 'wait=60&wait=90'],
    ['repeated-parameter', 'wait=60&wait=60'],
    ['repeated-parameter', 'follow&follow'],
    ['contradiction', 'follow', 'task', 'json'],
    ['contradiction', 'follow&wait=60'],
    ['contradiction', 'wait=60', 'run', 'events'],
  ];
  assert.deepEqual(
    table.map(([, ...call]) => [faultOf(...call), ...call]),
    table.map((row) => [...row]),
  );
});

test('what honest clients add by themselves is ignored, and documented', () => {
  for (const name of [...ignoredNames.map((one) => one.replace('*', 'source')), '1764527000', '0.482'])
    assert.equal(faultOf(`wait=5&${name}=1&${name}=2`), undefined, name);
  const document = fs.readFileSync(path.join(import.meta.dirname, '../../docs/http.md'), 'utf8');
  for (const name of ignoredNames) assert.ok(document.includes(`\`${name}\``), name);
});

test('a start with such a query is refused in each form, starts nothing, and has a line in the log', async () => {
  const before = starts();
  const url = `${daemon.url('gate')}?wiat=60`;
  const error = 'The query has a name that means nothing here: "wiat". Known: wait, follow.';
  const text = await ask(url);
  assert.deepEqual([text.status, text.text], [400, `Gate: not started. ${error}\n`]);
  const json = await ask(url, 'application/json', 'POST');
  assert.equal(json.status, 400);
  assert.deepEqual(JSON.parse(json.text), { task: 'gate', name: 'Gate', code: 'unknown-parameter', error });
  const page = await ask(url, 'text/html');
  assert.deepEqual([page.status, page.type], [400, 'text/html; charset=utf-8']);
  assert.match(page.text, /Not started.*&quot;wiat&quot;/s);
  const events = await ask(`${daemon.url('gate')}?wait=5`, 'text/event-stream');
  assert.deepEqual([events.status, events.type], [400, 'text/plain; charset=utf-8']);
  const { intent, task, address } = await daemon.logged(({ result }) => result === 'bad-query');
  assert.deepEqual([intent, task, address], ['start', 'gate', '127.0.0.1']);
  assert.equal(starts(), before);
  assert.ok(!daemon.printed().includes('wiat'));
});

test('a hostile name is quoted safely, and cut', async () => {
  const { text } = await ask(
    `${daemon.url('gate')}?%1b%5b2J%e2%80%ae%3Cb%3E${'x'.repeat(999)}=1`,
    'text/html',
  );
  const shown = `\\u001b[2J\\u202e&lt;b&gt;${'x'.repeat(32)}…`;
  assert.ok(text.includes(`&quot;${shown}&quot;`), text);
});

test('with such a query a run is not shown to a script, and not stopped; a browser gets its page', async () => {
  const { location } = await ask(daemon.url('slow'), '*/*', 'POST');
  const run = daemon.base + location;
  const look = await ask(`${run}?wait=soon`);
  assert.deepEqual(
    [look.status, look.text],
    [
      400,
      'Slow: not shown. The value of "wait" is not understood: write seconds, or a duration such as 90s, 1m or 1500ms.\n',
    ],
  );
  const stop = await ask(`${run}/stop?wait=60`, 'application/json', 'POST');
  assert.equal(stop.status, 400);
  assert.equal((JSON.parse(stop.text) as { code: string }).code, 'unknown-parameter');
  assert.equal((await ask(`${run}?from=mail&wait=soon`, 'text/html')).status, 200);
  assert.equal((await ask(`${run}/stop?joined`, '*/*', 'POST')).status, 202);
});

test('a duration waits for the end', async () => {
  const { status, text } = await ask(`${daemon.url('gate')}?wait=1m&utm_source=mail`);
  assert.equal(status, 200);
  assert.match(text, /^Gate: succeeded/);
});

test('a question is asked and answered as before, also below an address that remembers an old answer', async () => {
  const question = await ask(`${daemon.url('asks')}?nonce=old`, 'text/html');
  assert.equal(question.status, 200);
  const [, nonce] = /action="\?nonce=([\w-]+)"/.exec(question.text) ?? [];
  assert.equal((await ask(`${daemon.url('asks')}?nonce=${nonce}`, 'text/html', 'POST')).status, 303);
});

test('whatever the query, a stranger gets the same bytes', async () => {
  const right = `/${magicKey}/${keyOf('gate')}`;
  const wrong = [
    `/${magicKey}/wrong`,
    `/wrong/${keyOf('gate')}`,
    '/wrong/wrong',
    '/runs/aaaaaaaaaaaaaaaaaaaaaa',
  ];
  const queries = ['', '?wait=soon', '?wiat=1', '?follow&wait=1', '?wait=1&wait=2'];
  const answers = new Set<string>();
  for (const target of wrong)
    for (const query of queries)
      for (const accept of ['*/*', 'application/json', 'text/html'])
        answers.add(
          withoutDate(
            await exchange(
              daemon.port,
              `GET ${target}${query} HTTP/1.1\r\nHost: nas\r\nAccept: ${accept}\r\nConnection: close\r\n\r\n`,
            ),
          ),
        );
  assert.equal(answers.size, 1);
  assert.equal((await ask(`${daemon.base}${right}?wait=soon`)).status, 400);
});
