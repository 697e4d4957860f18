// What is read of connections whose bytes nothing is done with: little, and not piece by piece.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { test } from 'node:test';
import { createBodyDiscard } from '../../src/listener/bodies.ts';
import { limitConnections } from '../../src/listener/connections.ts';
import { createServer, guardServer } from '../../src/listener/listener.ts';

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

/** A listener, and a connection to it that sends these bytes; `broken` resolves once they were found not to be HTTP. */
async function connect(
  t: { after(fn: () => void): void },
  bytes: string,
  serve: Serve,
): Promise<{ readonly client: Socket; readonly broken: Promise<Socket> }> {
  const server = createServer(undefined);
  const connections = limitConnections(server, {
    max: 8,
    maxPerAddress: 8,
    maxStarts: 8,
    maxVisits: 8,
    isExempt: () => false,
  });
  const { promise: broken, resolve } = Promise.withResolvers<Socket>();
  guardServer(server, connections, {
    answerBroken: (socket) => resolve(socket as Socket),
    answerExpectation: () => {},
  });
  server.on('request', serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = net.connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
  t.after(() => {
    client.destroy();
    connections.destroyAll();
    server.close();
  });
  client.write(bytes);
  return { client, broken };
}

test('behind what is not HTTP nothing more is read', async (t) => {
  const { client, broken } = await connect(t, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', () => {});
  const socket = await broken;
  const { bytesRead } = socket;
  await new Promise((resolve) => client.write('x'.repeat(50_000), resolve));
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(socket.bytesRead, bytesRead);
});

const tinyChunks = '1\r\nx\r\n'.repeat(10_000);
const post = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';

test('a body of thousands of tiny chunks costs its connection, but for a call that may wait', async (t) => {
  for (const mayWait of [false, true]) {
    const discard = createBodyDiscard();
    const ends: Promise<string>[] = [];
    const { client } = await connect(t, `${post}${tinyChunks}0\r\n\r\n`, (request, response) => {
      ends.push(
        Promise.race([
          once(request, 'end').then(() => 'read'),
          once(request.socket, 'close').then(() => 'cut off'),
        ]),
      );
      discard(request, { mayWait });
      response.end();
    });
    await once(client.resume(), mayWait ? 'data' : 'close');
    assert.deepEqual(await Promise.all(ends), [mayWait ? 'read' : 'cut off']);
  }
});
