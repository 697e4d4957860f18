// Slow, idle and many clients: they are cut or give way, and everybody else is served.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { limitConnections } from '../../src/listener/connections.ts';
import { serverLimits } from '../../src/listener/listener.ts';
import { createDoor } from '../../src/http/door.ts';
import { createFolder, until } from '../support/daemon.ts';
import { right, startGate } from '../support/gate.ts';
import { createTestLogger } from '../support/logger.ts';
import { exchange, mapSome } from '../support/raw-http.ts';

const good = `GET /${right.magic}/${right.task} HTTP/1.1\r\nHost: a\r\n\r\n`;

/** Opens connections and says nothing, or only `words`; resolves once all are open. */
async function crowd(
  t: { after(fn: () => void): void },
  port: number,
  count: number,
  {
    from,
    words = '',
    allowHalfOpen = false,
  }: { from?: (i: number) => string; words?: string; allowHalfOpen?: boolean } = {},
): Promise<net.Socket[]> {
  return await mapSome(
    Array.from({ length: count }, (_, i) => i),
    async (i) => {
      const socket = net.connect({
        port,
        host: '127.0.0.1',
        localAddress: from?.(i) ?? '127.0.0.1',
        allowHalfOpen,
      });
      t.after(() => socket.destroy());
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(words);
      return socket;
    },
  );
}

test('the limits are those that are promised', () => {
  const {
    maxHeaderSize,
    headersTimeout,
    requestTimeout,
    keepAliveTimeout,
    connectionsCheckingInterval,
    insecureHTTPParser,
  } = serverLimits;
  assert.deepEqual(
    [
      maxHeaderSize,
      headersTimeout,
      requestTimeout,
      keepAliveTimeout,
      connectionsCheckingInterval,
      insecureHTTPParser,
    ],
    [49_152, 10_000, 15_000, 5000, 1000, false],
  );
});

test('silent, slow and idle connections are cut when their time is over, with the one answer or none', async (t) => {
  const { logger } = createTestLogger();
  // The same clocks, but quicker.
  const limits = {
    ...serverLimits,
    headersTimeout: 1500,
    requestTimeout: 2250,
    keepAliveTimeout: 750,
    connectionsCheckingInterval: 30,
  };
  const server = http.createServer(limits, (request, response) => {
    if (connections.isInTurn(request, response)) door.enter(request, response);
  });
  const connections = limitConnections(server, {
    max: 99,
    maxPerAddress: 99,
    maxStarts: 9,
    maxVisits: 9,
    isExempt: () => false,
  });
  const door = createDoor({
    trigger: {
      admit: () => ({ kind: 'mismatch', mismatch: 'both-keys' }),
      admitToOverview: () => ({ kind: 'mismatch', mismatch: 'path' }),
      findPressed: () => undefined,
      look: () => undefined,
    },
    flood: { count: () => {}, flush: () => {} },
    logger,
    toAddress: () => '192.0.2.1',
    connections,
  });
  door.guard(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as net.AddressInfo;
  const talk = async (words: string, drip = ''): Promise<string> =>
    await new Promise((resolve) => {
      let [text, at] = ['', 0];
      let timer: NodeJS.Timeout | undefined;
      const socket = net.connect(port, '127.0.0.1', () => {
        socket.write(words);
        timer = setInterval(() => {
          if (at < drip.length) socket.write(drip.charAt(at++));
        }, 20);
      });
      socket.setTimeout(20_000, () => socket.destroy(new Error('Not cut')));
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('error', (error) => (text += error.message));
      socket.on('close', () => {
        clearInterval(timer);
        resolve(
          [...text.matchAll(/^HTTP\/1\.1 (\d+)|Not cut/gm)].map(([all, status]) => status ?? all).join(' '),
        );
      });
    });
  const table: readonly (readonly [words: string, drip: string, statuses: string])[] = [
    ['', '', '400'],
    ['GET /a', '', '400'],
    ['GET /', 'x'.repeat(2000), '400'],
    ['GET / HTTP/1.1\r\nHost: a\r\nX: ', 'x'.repeat(2000), '400'],
    ['GET / HTTP/1.1\r\nHost: a\r\n', 'X: y\r\n'.repeat(500), '400'],
    ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', '', '404'],
    ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n', 'x'.repeat(2000), '404 400'],
    ['POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\nx\r\n'.repeat(500), '404 400'],
    ['POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n', '', '404'],
  ];
  const statuses = await Promise.all(table.map(async ([words, drip]) => await talk(words, drip)));
  assert.deepEqual(
    statuses,
    table.map(([, , expected]) => expected),
  );
});

test('300 idle connections of one address leave others and newcomers of the same address served', async (t) => {
  const gate = await startGate(t);
  const { port } = gate.daemon;
  const sockets = await crowd(t, port, 150);
  sockets.push(...(await crowd(t, port, 150, { words: 'GET /half' })));
  assert.match((await exchange(port, good)).statusLine, / 202 /);
  assert.match((await exchange(port, good, { from: '127.0.0.2' })).statusLine, / 202 /);
  await until(
    () => (sockets.filter(({ closed }) => closed).length >= 100 ? true : undefined),
    'the oldest to give way',
  );
  assert.equal(await gate.runs(), 2);
});

test('idle connections of many addresses give way, and who waits with the right keys does not', async (t) => {
  const folder = createFolder(t);
  const wait = {
    command: ['/bin/sh', '-c', 'until [ -e go ] || [ ! -d "$PWD" ]; do sleep 0.05; done'],
    cwd: folder,
  };
  const gate = await startGate(t, { tasks: { wait } });
  const { daemon } = gate;
  const waiting = fetch(`${daemon.url('wait')}?wait=60`);
  await until(() => (daemon.history().length > 0 ? true : undefined), 'the start');
  await crowd(t, daemon.port, 700, { from: (i) => `127.0.1.${1 + (i % 100)}`, words: 'GET /half' });
  await crowd(t, daemon.port, 250);
  assert.match((await exchange(daemon.port, good)).statusLine, / 202 /);
  fs.writeFileSync(path.join(folder, 'go'), '');
  assert.equal((await waiting).status, 200);
});

test('clients that send and never read are cut, take no memory to speak of, and others are served', async (t) => {
  // The flags of bin/remotetask.
  const gate = await startGate(t);
  const memory = (): number =>
    Number(/VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${gate.daemon.pid}/status`, 'utf8'))?.[1]);
  const before = memory();
  const sockets = await crowd(t, gate.daemon.port, 40, {
    words: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(4000),
  });
  for (const socket of sockets) socket.pause();
  assert.match((await exchange(gate.daemon.port, good)).statusLine, / 202 /);
  // All the answers together would be 400 MB and more; V8 alone may let 64 MB pile up.
  assert.ok(memory() - before < 96_000, `grew by ${memory() - before} kB`);
});

test('requests sent ahead of their answers are answered in order, up to 32', async (t) => {
  const { daemon } = await startGate(t);
  const count = async (requests: number): Promise<number | undefined> =>
    (await exchange(daemon.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(requests))).text.match(
      /^HTTP\/1\.1 404 /gm,
    )?.length;
  assert.equal(await count(32), 32);
  assert.ok(((await count(2000)) ?? 0) <= 64);
});

test('1,000 connections that are reset leave no line each and no descriptor behind', async (t) => {
  const gate = await startGate(t);
  const { daemon } = gate;
  const descriptors = (): number => fs.readdirSync(`/proc/${daemon.pid}/fd`).length;
  await exchange(daemon.port, good);
  const before = descriptors();
  const words = [
    '',
    'GET /half',
    'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx',
  ];
  // Half open, since Node never closes a socket that is reset while it says goodbye, and then spins for ever at its own end.
  for (const some of words) {
    for (const socket of await crowd(t, daemon.port, 250, { words: some, allowHalfOpen: true }))
      socket.resetAndDestroy();
  }
  assert.match((await exchange(daemon.port, good)).statusLine, / 202 /);
  await until(() => (descriptors() <= before + 3 ? true : undefined), 'the descriptors to come back');
  assert.ok(daemon.log().length < 60, `${daemon.log().length} lines`);
});
