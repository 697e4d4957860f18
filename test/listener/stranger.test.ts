// One uniform answer: whatever is wrong with a call, and however many keys are right, the same bytes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import {
  pairings,
  right,
  startGate,
  toStrangerAnswer,
  wrong,
  type Gate,
  type KeyPair,
} from '../support/gate.ts';
import { exchange, mapSome, withoutDate } from '../support/raw-http.ts';
import { keyOf } from '../support/daemon.ts';

const cleanups: (() => Promise<void> | void)[] = [];
let gate: Gate;
let expected: Record<'404' | '404 closed' | '404 head' | '400', string>;

before(async () => {
  gate = await startGate(
    { after: (fn) => void cleanups.push(fn) },
    {
      server: {
        magickey: [
          { label: 'now', key: right.magic },
          { label: 'old', key: 'expired-magic-key-4Vb8nM2kLp', expires: '2020-01-01' },
        ],
      },
      tasks: {
        old: {
          identifier: [{ label: 'past', key: keyOf('old'), expires: '2020-01-01T00:00:00Z' }],
          command: ['/bin/true'],
        },
        sleep: { command: ['/bin/sleep', '600'], whenBusy: 'reject', grace: '0s' },
      },
    },
  );
  const { body } = await exchange(gate.daemon.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.match(body, /^<!doctype html>[^]*<main>Not found\.<\/main>[^]*<\/html>\n$/);
  const style = createHash('sha256')
    .update(/<style>([^<]*)<\/style>/.exec(body)?.[1] ?? '')
    .digest('base64');
  const answer = (kind: keyof typeof expected): string => toStrangerAnswer(kind, body, style);
  expected = {
    '404': answer('404'),
    '404 closed': answer('404 closed'),
    '404 head': answer('404 head'),
    '400': answer('400'),
  };
});
after(async () => {
  for (const cleanup of cleanups) await cleanup();
});

/** Sends each request; each answer has to be `kind`, byte for byte. */
async function expectAll(kind: keyof typeof expected, requests: readonly string[]): Promise<void> {
  const answers = await mapSome(requests, async (request) =>
    withoutDate(await exchange(gate.daemon.port, request)),
  );
  answers.forEach((answer, i) =>
    assert.equal(answer, expected[kind], JSON.stringify(requests[i]?.slice(0, 300))),
  );
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: nas.example\r\n\r\n`;
const upper = (text: string): string => text.toUpperCase();
const wide = (text: string): string => encodeURIComponent(text.replaceAll('a', 'ａ'));

const fixedPaths =
  `/ // /// /favicon.ico /robots.txt /.well-known/security.txt /health /healthz /metrics /.env /.git/config /index.html
/runs /runs/ /runs/x /runs/x/stop /runs/x/again /runs/x/again?nonce=x /runs/%zz /runs/AAAAAAAAAAAAAAAAAAAAAA /runs/__proto__ /task /run /nobody * /? /?x /:magic/:task
ftp://a/ http://a http://a/b/c /undefined/undefined`.split(/\s+/);

const specials = [
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  'valueOf',
  'prototype',
  'undefined',
  'null',
  '[object%20Object]',
];

/** Paths made of the keys that are no path of a task, whatever the keys are. */
const pathCases: ((keys: KeyPair) => string)[] = [
  ({ magic }) => `/${magic}`,
  ({ magic }) => `/${magic}/`,
  ({ task }) => `/${task}`,
  ({ magic, task }) => `/x/${magic}/${task}`,
  ({ magic, task }) => `/${magic}/${task}/x`,
  ({ magic, task }) => `//${magic}/${task}`,
  ({ magic, task }) => `/${magic}//${task}`,
  ({ magic, task }) => `/${magic}/${task}/`,
  ({ magic, task }) => `/${magic}/${task}//`,
  ({ magic, task }) => `/${magic}/?task=count&nonce=${task}`,
  ({ magic }) => `/${magic}/?manifest`,
  ({ magic }) => `/${magic}/?icon-180`,
  ...'/home/ /Home /%68ome /home.html /home/x /icon.png /icon-180 /icon-181.png /icon-180.PNG /manifest.json /__proto__ /toString //home'
    .split(' ')
    .map(
      (below) =>
        ({ magic, task }: KeyPair) =>
          `/${magic}/${task}${below}`,
    ),
  ...['%2f', '%2F', '%252f', '\\', '%5c', ':', '?', '#', ''].map(
    (between) =>
      ({ magic, task }: KeyPair) =>
        `/${magic}${between}${task}`,
  ),
  ...['/x/..', '/.', '/%2e', '/x/%2e%2e', '/x%2f..'].map(
    (start) =>
      ({ magic, task }: KeyPair) =>
        `${start}/${magic}/${task}`,
  ),
  ...'%00 %zz % %f %u0041 %ff %c0%80 %ed%a0%80 %20 + %09 %0a %0d%0a %2520 ;a=b .json . [] * ~ %cc%88 %e2%80%8b %ef%bb%bf %e2%80%ae'
    .split(' ')
    .flatMap((junk) => [
      ({ magic, task }: KeyPair) => `/${magic}/${task}${junk}`,
      ({ magic, task }: KeyPair) => `/${magic}/${junk}${task}`,
      ({ magic, task }: KeyPair) => `/${magic}${junk}/${task}`,
      ({ magic, task }: KeyPair) => `/${junk}${magic}/${task}`,
      ({ magic }: KeyPair) => `/${magic}/${junk}`,
      ({ task }: KeyPair) => `/${junk}/${task}`,
      ({ magic, task }: KeyPair) => `/${magic}/${task.slice(0, 4)}${junk}${task.slice(4)}`,
    ]),
  ...[100, 101, 128, 129, 1000, 7000].flatMap((length) => [
    ({ magic }: KeyPair) => `/${magic}/${'a'.repeat(length)}`,
    ({ magic, task }: KeyPair) => `/${magic}/${task}${'a'.repeat(length)}`,
  ]),
  ({ magic }) => `/${magic}${'/'.repeat(2000)}`,
  ({ magic }) => `/${magic}${'/a'.repeat(1000)}`,
  ({ magic }) => `/${magic}/${'%41'.repeat(2000)}`,
  ({ magic, task }) => `/${magic}/${task.slice(0, -1)}`,
  ({ magic, task }) => `/${magic.slice(0, -1)}/${task}`,
  ({ magic, task }) => `/${magic}/${task}a`,
  ({ magic, task }) => `/${task}/${magic}`,
  ({ magic, task }) => `/${magic}/${magic}${task}`,
  ({ magic }) => `/${magic}/${magic}`,
  ({ task }) => `/${task}/${task}`,
  ({ magic, task }) => `/${upper(magic)}/${task}`,
  ({ magic, task }) => `/${magic}/${upper(task)}`,
  ({ magic, task }) => `/${wide(magic)}/${wide(task)}`,
  ({ magic, task }) => `/?${magic}/${task}`,
  ({ magic, task }) => `/?magic=${magic}&task=${task}`,
  ({ magic, task }) => `ftp://nas.example/${magic}/${task}`,
  ...specials.flatMap((special) => [
    ({ magic }: KeyPair) => `/${magic}/${special}`,
    ({ task }: KeyPair) => `/${special}/${task}`,
  ]),
  ({ magic }) => `/${magic}/${keyOf('old')}`,
  ({ task }) => `/expired-magic-key-4Vb8nM2kLp/${task}`,
];

test('a stranger gets the same bytes for every path that is no task', async () => {
  const notRight = pairings.filter((keys) => keys.magic !== right.magic || keys.task !== right.task);
  await expectAll('404', [
    ...fixedPaths.map(get),
    ...pathCases.flatMap((toPath) => pairings.map((keys) => get(toPath(keys)))),
    ...notRight.map(({ magic, task }) => get(`http://nas.example/${magic}/${task}`)),
  ]);
});

const extraHeaders =
  `Range: bytes=0-1|If-None-Match: *|If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT|Accept: application/json|Accept: x/y
Accept-Encoding: gzip, br|Accept-Version: 2|Authorization: Basic YTpi|Cookie: a=b|Origin: https://evil.example|X-Forwarded-For: 10.0.0.1
Forwarded: for=10.0.0.1|X-Real-IP: 10.0.0.1|X-Forwarded-Host: evil.example|Upgrade-Insecure-Requests: 1|__proto__: x|constructor: x
toString: x|X-Request-Id: 1|Content-Type: ;;;|Content-Type: application/json|Sec-Purpose: prefetch|User-Agent: Twitterbot/1.0
Accept-Language: de|Accept: text/html~Accept-Language: de-DE,de;q=0.9|Prefer: wait=5|Idempotency-Key: 1|Connection: Upgrade~Upgrade: h2c|Connection: Upgrade~Upgrade: websocket`.split(
    /[|\n]/,
  );

const homeParts = [
  'home',
  'manifest.webmanifest',
  'icon-180.png',
  'icon-192.png',
  'icon-512.png',
  'icon-512-maskable.png',
];

test('a stranger gets the same bytes below the address of a task, and so does who has the keys and does not ask by GET', async () => {
  const notRight = pairings.filter((keys) => keys.magic !== right.magic || keys.task !== right.task);
  const expired = [
    { magic: right.magic, task: keyOf('old') },
    { magic: 'expired-magic-key-4Vb8nM2kLp', task: right.task },
  ];
  const toPaths = ({ magic, task }: KeyPair): string[] =>
    homeParts.map((part) => `/${magic}/${task}/${part}`);
  const send = (method: string, keys: KeyPair, more = ''): string[] =>
    toPaths(keys).map((path) => `${method} ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`);
  await expectAll('404', [
    ...[...notRight, ...expired].flatMap((keys) => [
      ...send('GET', keys),
      ...send(
        'GET',
        keys,
        'Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\nSec-Fetch-Site: same-origin\r\n',
      ),
      ...send('GET', keys, 'Accept: text/html\r\nAccept-Language: de\r\n'),
    ]),
    ...pairings.flatMap((keys) => [
      ...send('POST', keys),
      ...send('PUT', keys),
      ...send('GET', keys, 'Sec-Purpose: prefetch\r\n'),
      ...send('GET', keys, 'User-Agent: Slackbot 1.0\r\n'),
    ]),
  ]);
  await expectAll(
    '404 head',
    pairings.flatMap((keys) => send('HEAD', keys)),
  );
});

test('a stranger gets the same bytes whatever the headers say', async () => {
  const withKeys = (name: string): string => `${name}: /${right.magic}/${right.task}`;
  const headers = [
    ...extraHeaders,
    ...['X-Original-URL', 'X-Rewrite-URL', 'Referer', 'X-HTTP-Method-Override'].map(withKeys),
  ];
  const half = { magic: right.magic, task: wrong.task };
  await expectAll(
    '404',
    headers.flatMap((header) =>
      ['/', `/${half.magic}/${half.task}`, `/${wrong.magic}/${right.task}`].map(
        (path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n${header.replace('~', '\r\n')}\r\n\r\n`,
      ),
    ),
  );
});

test('a speculative request gets the same bytes with right and wrong keys', async () => {
  const hints = [
    'Sec-Purpose: prefetch',
    'Purpose: prefetch',
    'X-Moz: prefetch',
    'Range: bytes=0-',
    'User-Agent: Slackbot 1.0',
  ];
  await expectAll(
    '404',
    hints.flatMap((hint) =>
      pairings.map(({ magic, task }) => `GET /${magic}/${task} HTTP/1.1\r\nHost: a\r\n${hint}\r\n\r\n`),
    ),
  );
});

test('methods but GET and POST get the same bytes with right and wrong keys', async () => {
  const methods =
    'PUT PATCH DELETE OPTIONS TRACE PROPFIND QUERY MKCOL PURGE SEARCH LOCK REPORT M-SEARCH'.split(' ');
  const send = (method: string, { magic, task }: KeyPair): string =>
    `${method} /${magic}/${task} HTTP/1.1\r\nHost: a\r\nOrigin: https://evil.example\r\nX-HTTP-Method-Override: GET\r\n\r\n`;
  await expectAll('404', [
    ...methods.flatMap((method) => pairings.map((keys) => send(method, keys))),
    ...methods.map((method) => `${method} / HTTP/1.1\r\nHost: a\r\n\r\n`),
    ...['stop', 'again', 'again?nonce=AAAAAAAAAAAAAAAAAAAAAA'].flatMap((what) =>
      ['POST', ...methods].map(
        (method) => `${method} /runs/AAAAAAAAAAAAAAAAAAAAAA/${what} HTTP/1.1\r\nHost: a\r\n\r\n`,
      ),
    ),
  ]);
  await expectAll('404 head', [
    ...pairings.map((keys) => send('HEAD', keys)),
    'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n',
  ]);
});

test('a stranger who wants the connection closed gets the same bytes with right and wrong keys', async () => {
  const closing = [
    'HTTP/1.0\r\nHost: a',
    'HTTP/1.1\r\nHost: a\r\nConnection: close',
    'HTTP/1.1\r\nHost: a\r\nExpect: 100-continue',
  ];
  await expectAll(
    '404 closed',
    closing.flatMap((version) =>
      [
        '/',
        `/${right.magic}/${wrong.task}`,
        `/${wrong.magic}/${right.task}`,
        `/${right.magic}/${right.task}/`,
      ].map((path) => `GET ${path} ${version}\r\n\r\n`),
    ),
  );
});

test('a stranger gets the same bytes whatever a body says, and however large it is', async () => {
  const bodies = ['{', '{"__proto__":{"a":1}}', 'a=b', 'x'.repeat(3_000_000)];
  const half = `/${right.magic}/${wrong.task}`;
  await expectAll(
    '404',
    bodies.flatMap((body) => {
      const chunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
      return [
        `POST ${half} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
        `PUT ${half} HTTP/1.1\r\nHost: a\r\nContent-Type: ;;;\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      ];
    }),
  );
});

test('what is wrong as HTTP gets 400 and the same page with right and wrong keys', async () => {
  const hosts = [
    '',
    'Host: a\r\nHost: b\r\n',
    'Host: a\r\nHost: a\r\n',
    'Host: a, b\r\n',
    'Host: [\r\n',
    'Host: a/b\r\n',
    'Host: a@b\r\n',
  ];
  const versions = [
    'HTTP/0.9',
    'HTTP/1.2',
    'HTTP/2.0',
    'HTTP/3.0',
    'http/1.1',
    'HTTP/1.1 junk',
    'HTTP/11',
    'HTCPCP/1.0',
  ];
  await expectAll('400', [
    ...pairings.flatMap(({ magic, task }) => {
      const path = `/${magic}/${task}`;
      return [
        ...hosts.map((host) => `GET ${path} HTTP/1.1\r\n${host}\r\n`),
        `GET ${path} HTTP/1.1\r\nHost: ${'a'.repeat(10_000)}\r\n\r\n`,
        ...versions.map((version) => `GET ${path} ${version}\r\nHost: a\r\n\r\n`),
        `GET ${path}\r\n\r\n`,
        `GET ${path.slice(1)} HTTP/1.1\r\nHost: a\r\n\r\n`,
        `GET a:80${path} HTTP/1.1\r\nHost: a\r\n\r\n`,
        ...['get', 'BREW', 'G'.repeat(5000), 'GET\t'].map(
          (method) => `${method} ${path} HTTP/1.1\r\nHost: a\r\n\r\n`,
        ),
        `CONNECT ${path} HTTP/1.1\r\nHost: a\r\n\r\n`,
        `CONNECT a:443 HTTP/1.1\r\nHost: a\r\nX: ${path}\r\n\r\n`,
        `GET ${path} HTTP/1.1\r\nHost: a\r\nCookie: ${'a'.repeat(60_000)}\r\n\r\n`,
        `GET ${path} HTTP/1.1\r\nHost: a\r\n${'a: b\r\n'.repeat(3000)}\r\n`,
        `GET ${path}\xfc HTTP/1.1\r\nHost: a\r\n\r\n`,
      ];
    }),
    `GET /${'a'.repeat(200_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'SSH-2.0-OpenSSH_9.9\r\n',
    'PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    ' / HTTP/1.1\r\nHost: a\r\n\r\n',
    '\x00\xff\x10random\r\n\r\n',
  ]);
});

test('a stranger gets the same 400 for what the right keys would be served for', async () => {
  const notRight = pairings.filter((keys) => keys.magic !== right.magic || keys.task !== right.task);
  await expectAll('400', [
    ...notRight.flatMap(({ magic, task }) => {
      const path = `/${magic}/${task}`;
      return [
        `GET ${path} HTTP/1.0\r\n\r\n`,
        `GET ${path} HTTP/1.1\r\nHost: [fe80::1%25eth0]\r\n\r\n`,
        `GET ${path} HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
        `GET ${path}?${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
        // 16 KiB, counted as Node's parser counts them; one byte less gets 404.
        `GET ${path} HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(16_384 - path.length - 6)}\r\n\r\n`,
      ];
    }),
    'GET / HTTP/1.0\r\n\r\n',
  ]);
  await expectAll(
    '404',
    notRight.map(({ magic, task }) => {
      const path = `/${magic}/${task}`;
      return `GET ${path} HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(16_384 - path.length - 7)}\r\n\r\n`;
    }),
  );
});

test('the four-hundredth mismatch gets the same bytes as the first, also while a task runs', async () => {
  const sleeping = await fetch(gate.daemon.url('sleep'));
  assert.equal(sleeping.status, 202);
  const half = [
    get(`/${right.magic}/${wrong.task}`),
    get(`/${wrong.magic}/${right.task}`),
    get(`/${right.magic}/${keyOf('sleep')}x`),
  ];
  await expectAll(
    '404',
    Array.from({ length: 400 }, (_, i) => half[i % half.length] ?? ''),
  );
});

test('nothing of all this has started anything', async () => {
  assert.equal(await gate.runs(), 0);
});
