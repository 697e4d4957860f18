// The door: requests hidden in or behind others never start anything; what starts is answered as started.
import assert from 'node:assert/strict';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { until } from '../support/daemon.ts';
import { right, startGate, wrong, type Gate } from '../support/gate.ts';
import { exchange, mapSome, sendRaw } from '../support/raw-http.ts';

const cleanups: (() => Promise<void> | void)[] = [];
let gate: Gate;

before(async () => {
  gate = await startGate({ after: (fn) => void cleanups.push(fn) });
});
after(async () => {
  for (const cleanup of cleanups) await cleanup();
});

const good = `/${right.magic}/${right.task}`;
const hidden = `GET ${good} HTTP/1.1\r\nHost: a\r\n\r\n`;
const head = (method: string, path: string, ...headers: string[]): string =>
  `${[`${method} ${path} HTTP/1.1`, 'Host: a', ...headers].join('\r\n')}\r\n\r\n`;
const statusesOf = (text: string): string =>
  [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status).join(' ');

/** Each has to be answered with these statuses, and to have started so many runs in all. */
async function expectStatuses(
  cases: readonly (readonly [request: string, statuses: string])[],
  runs: number,
): Promise<void> {
  const before = await gate.runs();
  const answers = await mapSome(cases, async ([request]) =>
    statusesOf((await exchange(gate.daemon.port, request)).text),
  );
  answers.forEach((answer, i) =>
    assert.equal(answer, cases[i]?.[1], JSON.stringify(cases[i]?.[0].slice(0, 400))),
  );
  assert.equal((await gate.runs()) - before, runs);
}

test('a request in the body of another never starts anything', async () => {
  const chunked = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`;
  await expectStatuses(
    ['POST', 'GET', 'HEAD', 'OPTIONS', 'DELETE', 'PUT', 'QUERY'].flatMap((method) => [
      [head(method, '/', `Content-Length: ${hidden.length}`) + hidden, '404'],
      [head(method, `/${right.magic}/${wrong.task}`, 'Transfer-Encoding: chunked') + chunked, '404'],
    ]),
    0,
  );
});

test('a request behind the end of a connection never starts anything', async () => {
  const noHost = 'GET / HTTP/1.1\r\n\r\n';
  await expectStatuses(
    [
      [head('GET', '/', 'Connection: close') + hidden, '404 400'],
      [`GET / HTTP/1.0\r\nHost: a\r\n\r\n${hidden}`, '404 400'],
      [head('CONNECT', 'a:1') + hidden, '400'],
      [head('GET', '/', 'Connection: Upgrade', 'Upgrade: h2c') + hidden, '404'],
      [head('GET', '/', 'Connection: Upgrade', 'Upgrade: websocket') + hidden, '404'],
      [noHost + hidden, '400'],
      [noHost + hidden.repeat(5), '400'],
      [`GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${hidden}`, '400'],
      [`GET / HTTP/2.0\r\nHost: a\r\n\r\n${hidden}`, '400'],
      [head('POST', '/', 'Expect: 100-continue', `Content-Length: ${hidden.length}`) + hidden, '404'],
      [head('POST', '/', 'Transfer-Encoding: identity') + hidden, '400'],
      [`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${hidden}`, '400'],
      [`\x16\x03\x01\r\n${hidden}`, '400'],
      [`PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n${hidden}`, '400'],
    ],
    0,
  );
});

test('a body whose length is in doubt is 400, and starts neither the request nor a hidden one', async () => {
  const lengths = ['-1', '+0', '0x0', '9'.repeat(20), '0_5', '0, 0', '5, 6', 'a', ''];
  const codings = [
    'xchunked',
    'identity',
    'gzip',
    '"chunked"',
    'chunked,',
    'chunked, chunked',
    'chunked, identity',
    '\x0bchunked',
    'x, chunked',
  ];
  const ambiguous = [
    ['Content-Length: 4', 'Transfer-Encoding: chunked'],
    ['Transfer-Encoding: chunked', 'Content-Length: 4'],
    ['Content-Length: 5', 'Content-Length: 5'],
    ['Content-Length: 0', 'Content-Length: 40'],
    ['Content-Length : 5'],
    ['Transfer-Encoding : chunked'],
    ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
    ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'],
    ['Transfer-Encoding:\r\n chunked'],
    ...lengths.map((length) => [`Content-Length: ${length}`]),
    ...codings.map((coding) => [`Transfer-Encoding: ${coding}`]),
  ];
  await expectStatuses(
    ambiguous.flatMap((headers) =>
      [good, '/'].map((path) => [`${head('POST', path, ...headers)}0\r\n\r\n${hidden}`, '400'] as const),
    ),
    0,
  );
  await expectStatuses(
    [[`POST ${good} HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`, '400']],
    0,
  );
});

test('header lines that proxies read differently are 400 and start nothing', async () => {
  const lines = [
    'X: a\r\n b',
    'X : a',
    'no colon',
    'X: a\0b',
    'X: a\rb',
    ': a',
    'X\0: a',
    'X: \x1b[2J',
    '\x00',
  ];
  await expectStatuses(
    [
      ...lines.map((line) => [head('GET', good, line), '400'] as const),
      [`GET ${good} HTTP/1.1\nHost: a\n\n`, '400'],
      [`GET ${good} HTTP/1.1\r\nHost: a\nX: b\r\n\r\n`, '400'],
    ],
    0,
  );
});

test('broken chunks behind a right call leave it one start with one truthful answer, and hide nothing', async () => {
  const broken = [
    'zz\r\n',
    '-1\r\n',
    `${'f'.repeat(17)}\r\n`,
    '5\nabcde\n',
    '1 \r\na\r\n',
    `1;${'x'.repeat(65_536)}\r\na\r\n`,
    '5\r\nabcdefgh',
  ];
  await expectStatuses(
    broken.map(
      (chunk) => [head('POST', good, 'Transfer-Encoding: chunked') + chunk + hidden, '202'] as const,
    ),
    broken.length,
  );
  await expectStatuses(
    broken.map(
      (chunk) => [head('POST', '/', 'Transfer-Encoding: chunked') + chunk + hidden, '404 400'] as const,
    ),
    0,
  );
});

test('an unknown expectation starts nothing, the known one is answered at once', async () => {
  await expectStatuses(
    [
      [head('POST', good, 'Expect: x', 'Content-Length: 0'), '404'],
      [head('GET', good, 'Expect: 200-ok'), '404'],
      [head('POST', good, 'Expect: 100-continue', 'Content-Length: 5'), '202'],
    ],
    1,
  );
});

test('methods but GET and POST, other targets and hidden names start nothing', async () => {
  const methods = [
    'HEAD',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'TRACE',
    'PROPFIND',
    'QUERY',
    'PURGE',
    'SEARCH',
  ];
  const others = [
    `http://a/x${good}`,
    `ftp://a${good}`,
    `/x/..${good}`,
    `${good}/`,
    `/${good}`,
    `${good}%00`,
  ];
  await expectStatuses(
    [
      ...methods.map(
        (method) => [head(method, good, 'X-HTTP-Method-Override: GET', 'X-Method: POST'), '404'] as const,
      ),
      [
        head('POST', '/', 'Content-Type: application/x-www-form-urlencoded', 'Content-Length: 11') +
          '_method=GET',
        '404',
      ],
      ...others.map((path) => [head('GET', path), '404'] as const),
      ...['X-Original-URL', 'X-Rewrite-URL', 'Referer', 'Destination'].map(
        (name) => [head('GET', '/', `${name}: ${good}`), '404'] as const,
      ),
      [head('GET', `/?${good}`), '404'],
      [head('GET', good.slice(1)), '400'],
      [head('CONNECT', good), '400'],
      [head('get', good), '400'],
    ],
    0,
  );
});

test('pipelined requests are answered in order, and each right one starts once', async () => {
  const requests = Array.from({ length: 21 }, (_, i) =>
    i % 3 === 0 ? hidden : i % 3 === 1 ? head('GET', '/') : head('HEAD', good),
  );
  const statuses = requests.map((request) => (request === hidden ? '202' : '404')).join(' ');
  // The connections of the tests before may have been a rush, in which only two requests ahead are allowed.
  await setTimeout(200);
  await expectStatuses([[requests.join(''), statuses]], 7);
});

test('a call starts once however slowly its bytes come, and not at all without its end', async () => {
  const before = await gate.runs();
  await new Promise<void>((resolve) => {
    const socket = net.connect(gate.daemon.port, '127.0.0.1');
    socket.setNoDelay(true);
    let sent = 0;
    const drip = (): void => {
      if (sent < hidden.length) socket.write(hidden.slice(sent, ++sent), () => setImmediate(drip));
    };
    socket.on('connect', drip);
    socket.on('data', () => socket.destroy());
    socket.on('close', () => resolve());
  });
  assert.equal(statusesOf((await exchange(gate.daemon.port, hidden.slice(0, -1))).text), '400');
  await sendRaw(gate.daemon.port, hidden.slice(0, -2), { quietMs: 50 });
  assert.equal((await gate.runs()) - before, 1);
});

test(
  'whoever closes the sending side behind the call is answered, at once also with ?wait=',
  { timeout: 240_000 },
  async () => {
    const sleep = { command: ['/bin/sleep', '600'], grace: '0s' };
    await expectStatuses([[hidden, '202']], 1);
    const { daemon } = await startGate(
      { after: (fn) => void cleanups.push(fn) },
      { tasks: { sleep, other: sleep } },
    );
    const answer = await exchange(
      daemon.port,
      head('GET', `${new URL(daemon.url('sleep')).pathname}?wait=300`),
    );
    assert.equal(statusesOf(answer.text), '202');
    const later = net.connect({ port: daemon.port, host: '127.0.0.1', allowHalfOpen: true });
    later.write(head('GET', `${new URL(daemon.url('other')).pathname}?wait=300`));
    await until(() => daemon.history().find(({ task }) => task === 'other'), 'the start');
    later.end();
    assert.equal(statusesOf(await text(later)), '202');
  },
);

test('a request that never starts anything leaves one line in the log a minute that says why, with the right keys only', async (t) => {
  const { daemon } = await startGate(t, {
    tasks: { other: { name: 'Other', command: ['/bin/true'] }, third: { command: ['/bin/true'] } },
  });
  const stranger = statusesOf(
    (await exchange(daemon.port, head('HEAD', `/${right.magic}/${wrong.task}`))).text,
  );
  for (const request of [
    head('HEAD', good),
    head('OPTIONS', good),
    head('GET', good, 'Sec-Purpose: prefetch'),
    head('PUT', new URL(daemon.url('other')).pathname),
    head('POST', new URL(daemon.url('third')).pathname, 'Expect: x', 'Content-Length: 0'),
    head('PUT', `/${wrong.magic}/${right.task}`),
  ])
    assert.equal(statusesOf((await exchange(daemon.port, request)).text), stranger);
  const line = await daemon.logged(({ mismatch }) => mismatch === 'method');
  assert.equal(line['level'], 30);
  assert.deepEqual(
    daemon.log().flatMap(({ event, msg }) => (event === 'ignored' ? [msg] : [])),
    [
      'Did not start Task for 127.0.0.1: HEAD never starts anything',
      'Did not start Other for 127.0.0.1: PUT never starts anything',
      'Did not start Task for 127.0.0.1: its Expect header asks for something unknown',
    ],
  );
});
