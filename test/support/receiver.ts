// A receiver of notices: a real HTTP or HTTPS server that keeps what it gets and answers as the test says.
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { TestCertificate } from './certificate.ts';
import type { Socket } from 'node:net';
import { until } from './daemon.ts';

export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** A status to answer with; headers and a body to send as well; `hang` never answers, `cut` ends the connection, `trickle` sends a body without end. */
export type Answer =
  | number
  | 'hang'
  | 'cut'
  | 'trickle'
  | {
      readonly status: number;
      readonly headers?: http.OutgoingHttpHeaders;
      readonly body?: string | Uint8Array;
    };

export interface Receiver {
  readonly url: string;
  readonly port: number;
  /** What came so far, in order. */
  readonly got: readonly Received[];
  /** What came so far in `body`, as JSON. */
  bodies(): Record<string, unknown>[];
  /** Resolves once so many requests came. */
  awaits(count: number): Promise<void>;
  /** Resolves once so many connections are closed again: the sender has read the answer. */
  answered(count: number): Promise<void>;
}

/** Starts a receiver; its answers are taken from the front, and the last one stays. */
export async function startReceiver(
  t: { after(fn: () => void): void },
  answers: readonly Answer[] = [200],
  port = 0,
  certificate?: TestCertificate,
): Promise<Receiver> {
  const left = [...answers];
  const got: Received[] = [];
  const handle = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      got.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      const answer = (left.length > 1 ? left.shift() : left[0]) ?? 200;
      if (answer === 'cut') request.socket.destroy();
      else if (answer === 'trickle') response.writeHead(200).write('x');
      else if (typeof answer === 'object') response.writeHead(answer.status, answer.headers).end(answer.body);
      else if (answer !== 'hang') response.writeHead(answer).end('ok');
    });
  };
  const server =
    certificate === undefined ? http.createServer(handle) : https.createServer(certificate, handle);
  let closed = 0;
  server.on('connection', (socket: Socket) => void socket.once('close', () => closed++));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port');
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${address.port}`,
    port: address.port,
    got,
    bodies: () => got.map(({ body }) => JSON.parse(body) as Record<string, unknown>),
    async awaits(count) {
      await until(() => (got.length >= count ? true : undefined), `${count} notices`);
    },
    async answered(count) {
      await until(() => (closed >= count ? true : undefined), `${count} answers to be read`);
    },
  };
}
