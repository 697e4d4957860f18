// What starts: the two methods, every spelling of the keys, whatever comes along with the call.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { test } from 'node:test';
import { magicKey, startDaemon } from '../support/daemon.ts';
import { counting, right, startGate } from '../support/gate.ts';
import { exchange, mapSome } from '../support/raw-http.ts';

const path = `/${right.magic}/${right.task}`;
const encodeAll = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

test('the right keys start the task once, however they are spelled and whatever comes along', async (t) => {
  const gate = await startGate(t);
  const upperHex = encodeAll(right.task).toUpperCase();
  const calls = [
    `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`,
    `GET ${path} HTTP/1.0\r\nHost: a\r\n\r\n`,
    `GET ${path} HTTP/1.1\r\nHost:\r\n\r\n`,
    `GET ${path} HTTP/1.1\r\nhOST: nas.example:10765\r\n\r\n`,
    `GET ${path} HTTP/1.1\r\nHost: [::1]:80\r\n\r\n`,
    `\r\n\r\nGET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`,
    ...['?_=1', '?', '?&&', '?wait=0', '?1764527000', '#f', '?utm_source=a&utm_source=b'].map(
      (end) => `GET ${path}${end} HTTP/1.1\r\nHost: a\r\n\r\n`,
    ),
    `GET /${encodeAll(right.magic)}/${encodeAll(right.task)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    `GET /${right.magic}/${upperHex} HTTP/1.1\r\nHost: a\r\n\r\n`,
    `GET ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc`,
    `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`,
    `GET ${path} HTTP/1.1\r\nHost: a\r\n__proto__: x\r\nconstructor: y\r\ntoString: z\r\nX-HTTP-Method-Override: DELETE\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\nHost: a\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{`,
    `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"__proto__":{"a":1}`,
    ...[';;;', 'multipart/form-data', 'application/json; charset=x', '\xff', ''].map(
      (type) => `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nContent-Length: 1\r\n\r\nx`,
    ),
    `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n${'x'.repeat(3_000_000)}`,
    `POST ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc`,
  ];
  const answers = await mapSome(calls, async (call) => await exchange(gate.daemon.port, call));
  answers.forEach(({ statusLine }, i) =>
    assert.equal(statusLine, 'HTTP/1.1 202 Accepted', calls[i]?.slice(0, 300)),
  );
  assert.equal(await gate.runs(), calls.length);
});

test('a body that never ends does not hold up the answer, nor does one that Expect announces', async (t) => {
  const gate = await startGate(t);
  const answer = async (head: string): Promise<string> =>
    await new Promise((resolve, reject) => {
      const socket = net.connect(gate.daemon.port, '127.0.0.1', () => socket.write(`${head}\r\n\r\n`));
      socket.once('data', (chunk) => {
        resolve(chunk.toString().slice(0, 12));
        socket.destroy();
      });
      socket.once('error', reject);
      // Longer than an answer needs, shorter than the time after which a slow body is given up.
      socket.setTimeout(12_000, () => reject(new Error('No answer')));
    });
  const answers = await mapSome(
    [
      'Content-Length: 5',
      'Content-Length: 3000000',
      'Transfer-Encoding: chunked',
      'Expect: 100-continue\r\nContent-Length: 9',
    ],
    async (header) => await answer(`POST ${path} HTTP/1.1\r\nHost: a\r\n${header}`),
  );
  assert.deepEqual(
    answers,
    Array.from({ length: 4 }, () => 'HTTP/1.1 202'),
  );
  assert.equal(await gate.runs(), 4);
});

test('keys and task ids of every kind open their own task, and no other', async (t) => {
  const keys = [
    'a/slash/and/slash',
    'a space and more',
    '100%-sure-key',
    'schlüssel-für-alle',
    'key-of-🔑🏠📷',
    'question?mark#hash',
    'plus+plus+plus',
    '%41%42%43%44',
    '../../etc/passwd',
    'quote"\'<script>',
    'back\\slash\\key',
    'hard\u00a0space',
    'e\u0301 combining-mark',
    '\u00e9 combining-mark',
    'constructor',
    'hasOwnProperty',
    'prototype-',
    'long-'.padEnd(1024, 'kL9'),
  ];
  const ids = ['toString', 'valueOf', 'undefined', 'null', 'a/b', 'ü 🔑', 'isPrototypeOf'];
  const tasks = Object.fromEntries(
    keys.map((key, i) => [
      ids[i] ?? `task ${i}`,
      { identifier: key, command: ['/bin/true'], name: `Number ${i}` },
    ]),
  );
  const { base, history } = await startDaemon(t, {
    tasks,
    server: { magickey: 'mägic / key %2F ü', rateLimit: { runs: 1000 } },
  });
  const magic = encodeURIComponent('mägic / key %2F ü');
  const texts = await mapSome(
    keys,
    async (key) => await (await fetch(`${base}/${magic}/${encodeURIComponent(key)}`)).text(),
  );
  texts.forEach((text, i) =>
    assert.match(text, new RegExp(`^Number ${i}: started, see /runs/[\\w-]{22}\n$`), keys[i]),
  );
  const started = history().flatMap(({ event, task }) => (event === 'start' ? [String(task)] : []));
  assert.deepEqual(started.sort(), Object.keys(tasks).sort());
});

test('keys of 1,024 characters fit into the path in any spelling', async (t) => {
  const [magic, task] = ['m'.padEnd(1024, 'xY3'), 't'.padEnd(1024, 'zW5')];
  const { port } = await startDaemon(t, {
    tasks: { a: { ...counting, identifier: task, command: ['/bin/true'] } },
    server: { magickey: magic },
  });
  for (const encode of [String, encodeAll]) {
    const { statusLine } = await exchange(
      port,
      `GET /${encode(magic)}/${encode(task)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    );
    assert.equal(statusLine, 'HTTP/1.1 202 Accepted');
  }
});

test('a kept connection serves start after start, and the page between them', async (t) => {
  const gate = await startGate(t);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const locals = new Set<number | undefined>();
  const ask = async (method: string, to: string): Promise<number | undefined> =>
    await new Promise((resolve, reject) => {
      const request = http.request(`${gate.daemon.base}${to}`, { agent, method }, (response) => {
        locals.add(response.socket.localPort);
        response.resume().once('end', () => resolve(response.statusCode));
      });
      request.once('error', reject).end(method === 'POST' ? '{"a":' : undefined);
    });
  const statuses: unknown[] = [];
  for (let i = 0; i < 5; i++)
    statuses.push(await ask('POST', path), await ask('GET', '/'), await ask('GET', path));
  assert.deepEqual(statuses, Array.from({ length: 5 }, () => [202, 404, 202]).flat());
  assert.equal(locals.size, 1);
  assert.equal(await gate.runs(), 10);
});

test('a task of a config with several magic keys opens with each of them until it expires', async (t) => {
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  const { base, port, history, logged } = await startDaemon(t, {
    tasks: {
      a: {
        identifier: [
          { label: 'Ann', key: 'task-key-of-Ann-3Kd8sW' },
          { label: 'gone', key: 'gone-task-key-3Kd8sWq', expires: '2021-05-05' },
        ],
        ...counting,
        command: ['/bin/true'],
      },
    },
    server: {
      magickey: [
        { label: 'phone', key: magicKey, expires: soon },
        { label: 'past', key: 'past-magic-key-8Hd2kQ', expires: '2021-05-05' },
      ],
    },
  });
  const status = async (...keys: string[]): Promise<number> =>
    (await fetch(`${base}/${keys.join('/')}`)).status;
  assert.equal(await status(magicKey, 'task-key-of-Ann-3Kd8sW'), 202);
  assert.equal(await status(magicKey, 'gone-task-key-3Kd8sWq'), 404);
  assert.equal(await status('past-magic-key-8Hd2kQ', 'task-key-of-Ann-3Kd8sW'), 404);
  assert.equal(history().find(({ event }) => event === 'start')?.['label'], 'phone + Ann');
  await logged(({ mismatch }) => mismatch === 'expired-key');
  const { text } = await exchange(
    port,
    `GET /${magicKey}/task-key-of-Ann-3Kd8sW HTTP/1.1\r\nHost: a\r\n\r\n`,
  );
  assert.doesNotMatch(text, /Ann|phone/);
});
