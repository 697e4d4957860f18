// What is no HTTP behind a call that was let in: it is never answered inside another answer, and what was started is answered.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { test } from 'node:test';
import { writeCertificate } from '../support/certificate.ts';
import { createFolder, keyOf, magicKey, until } from '../support/daemon.ts';
import { startGate, type Gate } from '../support/gate.ts';
import { toLocationPath } from '../support/raw-http.ts';

const get = (to: string, headers = '', method = 'GET'): string =>
  `${method} ${to} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`;
const task = (id: string, query = ''): string => `/${magicKey}/${keyOf(id)}${query}`;

type Context = { after(fn: () => Promise<void> | void): void };

/** A gate whose task `long` goes on until its folder has a file `go`. */
async function startLong(t: Context, { hasTls = false } = {}): Promise<Gate & { readonly go: () => void }> {
  const folder = createFolder(t);
  const long = {
    command: ['/bin/sh', '-c', 'echo begins; until [ -e go ] || [ ! -d "$PWD" ]; do sleep 0.05; done'],
    cwd: folder,
    output: 'all',
    cooldown: '0s',
  };
  const gate = await startGate(t, {
    tasks: { long: { ...long, whenBusy: 'parallel' }, joined: { ...long, whenBusy: 'join' } },
    server: hasTls ? { tls: writeCertificate(folder, 'nas') } : {},
  });
  return { ...gate, go: () => fs.writeFileSync(path.join(folder, 'go'), '') };
}

interface Client {
  readonly socket: net.Socket;
  text(): string;
  /** Resolves with all that came, once the daemon has closed the connection. */
  readonly closed: Promise<string>;
}

async function connect(t: Context, port: number, { hasTls = false } = {}): Promise<Client> {
  const socket = hasTls
    ? tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
    : net.connect(port, '127.0.0.1');
  t.after(() => void socket.destroy());
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.on('error', () => {});
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(text)));
  await once(socket, hasTls ? 'secureConnect' : 'connect');
  return { socket, text: () => text, closed };
}

const rubbish: readonly string[] = [
  '\x16\x03\x01\r\n\r\n',
  'BREW / HTTP/1.1\r\n\r\n',
  get('a:1', '', 'CONNECT'),
  get('/', 'Content-Length: x\r\n'),
];

for (const hasTls of [false, true]) {
  test(`what is no HTTP behind a streamed answer closes the connection and is not answered inside it, ${hasTls ? 'HTTPS' : 'HTTP'}`, async (t) => {
    const { daemon, go } = await startLong(t, { hasTls });
    const first = await connect(t, daemon.port, { hasTls });
    first.socket.write(get(task('long', '?follow')));
    const location = await until(() => /^Location: (.*)\r$/im.exec(first.text())?.[1], 'the start');
    const run = toLocationPath(location);
    const streams = [
      get(task('long', '?follow')),
      get(task('long'), 'Accept: text/event-stream\r\n'),
      get(`${run}?follow`),
      get(run, 'Accept: text/event-stream\r\n'),
      `${get(`${run}?follow`)}${get('/')}`,
    ];
    for (const stream of streams) {
      for (const words of rubbish) {
        const client = await connect(t, daemon.port, { hasTls });
        client.socket.write(stream);
        await until(
          () => (client.text().includes('\r\n\r\n') && client.text().includes('begins') ? true : undefined),
          'the stream',
        );
        client.socket.write(words);
        const text = await client.closed;
        assert.deepEqual(text.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200'], JSON.stringify([stream, words]));
      }
    }
    go();
  });
}

test('what is no HTTP behind a start that is waited for leaves it its one answer, also behind others', async (t) => {
  const { daemon, go } = await startLong(t);
  const starts = (id: string): number =>
    daemon.history().filter(({ task: one, event }) => one === id && event === 'start').length;
  const clients: Client[] = [];
  for (const words of rubbish) {
    for (const before of [
      get(task('long', '?wait=60')),
      get('/') + get(task('long', '?wait=60')),
      get(task('long', '?wait=60')) + get(task('count')),
    ]) {
      const client = await connect(t, daemon.port);
      const others = starts('count');
      client.socket.write(before);
      const count = clients.push(client);
      await until(() => (starts('long') === count ? true : undefined), 'the start');
      if (before.includes(keyOf('count')))
        await until(() => (starts('count') > others ? true : undefined), 'the second start');
      client.socket.write(words);
    }
  }
  go();
  const statuses = await Promise.all(
    clients.map(async ({ closed }) =>
      (await closed)
        .match(/HTTP\/1\.1 \d+/g)
        ?.map((line) => line.slice(9))
        .join(' '),
    ),
  );
  assert.deepEqual(
    statuses,
    rubbish.flatMap(() => ['200', '404 200', '200 202']),
  );
});

test('a client that resets its connection behind CONNECT does not end the daemon', async (t) => {
  const { daemon } = await startGate(t);
  // However much of the answers the system takes: with some counts CONNECT is read while an answer is still to be written.
  for (let batches = 0; batches < 400; batches += 8) {
    const socket = net.connect({ port: daemon.port, host: '127.0.0.1' });
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.pause();
    for (let i = 0; i < batches; i++) {
      socket.write(get('/').repeat(20));
      await new Promise(setImmediate);
    }
    socket.write(get('a:1', '', 'CONNECT'));
    await new Promise(setImmediate);
    socket.resetAndDestroy();
  }
  assert.equal((await fetch(daemon.url('count'))).status, 202);
});

for (const hasTls of [false, true]) {
  test(`a waiting owner keeps the connection while 260 newcomers of the same address come, ${hasTls ? 'HTTPS' : 'HTTP'}`, async (t) => {
    const { daemon, go } = await startLong(t, { hasTls });
    const owner = await connect(t, daemon.port, { hasTls });
    owner.socket.write(get(task('long', '?wait=60'), 'Connection: close\r\n'));
    await until(() => (daemon.history().length > 0 ? true : undefined), 'the start');
    const newcomers: Client[] = [];
    for (let i = 0; i < 260; i++)
      newcomers.push(await connect(t, daemon.port, { hasTls: hasTls && i % 2 === 0 }));
    await until(
      () => (newcomers.filter(({ socket }) => socket.closed).length >= 60 ? true : undefined),
      'the oldest to give way',
    );
    go();
    assert.match(await owner.closed, /^HTTP\/1\.1 200 /);
  });
}

test('the address of a run opens no more connections than a stranger has, and a start is served meanwhile', async (t) => {
  const { daemon, go } = await startLong(t);
  const location = toLocationPath((await fetch(daemon.url('long'))).headers.get('location'));
  const waiting: Client[] = [];
  for (let i = 0; i < 300; i++) {
    const client = await connect(t, daemon.port);
    client.socket.write(
      get(location + ['?wait=3600', '?follow'][i % 2], i % 3 === 0 ? 'Accept: text/event-stream\r\n' : ''),
    );
    waiting.push(client);
  }
  await until(
    () => (waiting.filter(({ socket }) => socket.closed).length >= 100 ? true : undefined),
    'the oldest to give way',
  );
  await until(
    () => waiting.slice(0, -48).every(({ socket, text }) => socket.closed || text() !== '') || undefined,
    'all but the last 48 to be answered',
  );
  assert.equal((await fetch(daemon.url('count'))).status, 202);
  go();
});

test('128 starts may be waited for; the oldest are answered with the run as it stands, so that there is room for more', async (t) => {
  const { daemon, go } = await startLong(t);
  const agent = new http.Agent({ maxSockets: Infinity });
  t.after(() => agent.destroy());
  const wait = async (): Promise<number | undefined> => {
    const [response] = (await once(http.get(`${daemon.url('joined')}?wait=60`, { agent }), 'response')) as [
      http.IncomingMessage,
    ];
    return response.resume().statusCode;
  };
  const answers: (number | undefined)[] = [];
  const waits = Array.from({ length: 130 }, async () => answers.push(await wait()));
  await until(() => (answers.length === 2 ? true : undefined), 'the oldest to be answered');
  go();
  await Promise.all(waits);
  assert.deepEqual(answers, [202, 202, ...Array.from({ length: 128 }, () => 200)]);
});

test(
  'with 256 open files a flood of connections leaves enough of them to start tasks',
  { skip: process.platform === 'linux' ? false : 'needs Linux (run the tests there as well)' },
  async (t) => {
    const { daemon } = await startGate(t, { openFiles: 256 });
    const clients: Client[] = [];
    for (let i = 0; i < 300; i++) clients.push(await connect(t, daemon.port));
    await until(
      () => (clients.filter(({ socket }) => socket.closed).length >= 180 ? true : undefined),
      'the oldest to give way',
    );
    assert.ok(fs.readdirSync(`/proc/${daemon.pid}/fd`).length < 200);
    const answer = await fetch(`${daemon.url('count')}?wait=60`);
    assert.equal(answer.status, 200);
  },
);

test('a TLS handshake that never begins, or stops half done, is given up after about 10 seconds, not after 120', async (t) => {
  const { daemon } = await startLong(t, { hasTls: true });
  const before = performance.now();
  const clients = [await connect(t, daemon.port), await connect(t, daemon.port)];
  clients[1]?.socket.write(Buffer.from('16030100c8010000c40303', 'hex'));
  await Promise.all(clients.map(async ({ closed }) => await closed));
  assert.ok(performance.now() - before < 90_000);
});
