// Connections of a trusted proxy: they stay open when others are closed, so that no request of the proxy crosses the end.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { test } from 'node:test';
import { createDoor } from '../../src/http/door.ts';
import { limitConnections } from '../../src/listener/connections.ts';
import { serverLimits } from '../../src/listener/listener.ts';
import { createTestLogger } from '../support/logger.ts';

const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const many = { max: 99, maxPerAddress: 99, maxStarts: 9, maxVisits: 9 };

async function listen(t: { after(fn: () => void): void }, server: http.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as net.AddressInfo).port;
}

test('an idle connection of a trusted proxy outlives those of others, and announces what theirs announce', async (t) => {
  const server = http.createServer({ ...serverLimits, keepAliveTimeout: 300 }, (request, response) => {
    if (connections.isInTurn(request, response)) response.end('ok');
  });
  const connections = limitConnections(server, {
    ...many,
    isExempt: (address) => address === '127.0.0.2',
  });
  const port = await listen(t, server);
  const connect = async (localAddress: string): Promise<net.Socket> => {
    const socket = net.connect({ port, host: '127.0.0.1', localAddress });
    t.after(() => socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  const ask = async (socket: net.Socket): Promise<string> => {
    socket.write(request);
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    return chunk.toString().replace(/^Date: .*\r\n/m, '');
  };
  const proxy = await connect('127.0.0.2');
  const answers = [await ask(proxy)];
  // It was idle for less time than the connection of the proxy, and is closed nevertheless.
  const other = await connect('127.0.0.1');
  const closed = once(other, 'close');
  answers.push(await ask(other));
  await closed;
  answers.push(await ask(proxy));
  assert.equal(new Set(answers).size, 1);
  assert.match(answers[0] ?? '', /\r\nConnection: keep-alive\r\n/);
});

test('a connection on which nothing was ever sent, as browsers open them in advance, is no call', async (t) => {
  const limits = {
    ...serverLimits,
    headersTimeout: 100,
    requestTimeout: 100,
    connectionsCheckingInterval: 20,
  };
  const server = http.createServer(limits, (request, response) => {
    if (connections.isInTurn(request, response)) door.enter(request, response);
  });
  const connections = limitConnections(server, { ...many, isExempt: () => false });
  const counted: unknown[] = [];
  const door = createDoor({
    trigger: {
      admit: () => ({ kind: 'mismatch', mismatch: 'both-keys' }),
      admitToOverview: () => ({ kind: 'mismatch', mismatch: 'path' }),
      findPressed: () => undefined,
      look: () => undefined,
    },
    flood: { count: ({ rule }) => void counted.push(rule), flush: () => {} },
    logger: createTestLogger().logger,
    toAddress: () => '192.0.2.1',
    connections,
  });
  door.guard(server);
  const port = await listen(t, server);
  const silent = async (words: string): Promise<string> => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(words));
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    await once(socket, 'close');
    return text.replace(/^Date: .*\r\n/m, '');
  };
  const [unused, half] = [await silent(''), await silent('GET /')];
  assert.match(unused, /^HTTP\/1\.1 400 /);
  assert.equal(unused, half);
  assert.deepEqual(counted, ['a request that took too long']);
});
