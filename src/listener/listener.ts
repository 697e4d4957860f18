// An HTTP or HTTPS server with bounded connections; it also hands over whatever never becomes a request.
import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import type { Connections } from './connections.ts';
import type { TlsPair } from './options.ts';

/** How many connections may wait to be accepted, as far as the system allows: more than those of a flood, since each further one is tried again only a second later. */
export const backlog = 1024;

/** Limits in time and size that protect a listener from idle and slow clients. */
export const serverLimits = {
  maxHeaderSize: 49_152,
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  requireHostHeader: false,
  insecureHTTPParser: false,
  /** Spares a stream for each request without a body: a fifth of what a refusal costs. Node before 24.12 ignores it. */
  optimizeEmptyRequests: true,
} as const;

/** The same for HTTPS: without it, Node would give a connection two minutes to begin its handshake. */
const tlsServerLimits = { ...serverLimits, handshakeTimeout: 10_000 } as const;

/** Creates a server: HTTPS with a certificate, HTTP without. */
export function createServer(tls: TlsPair | undefined): Server {
  const server: Server =
    tls === undefined ? http.createServer(serverLimits) : https.createServer({ ...tlsServerLimits, ...tls });
  // A client that closes its side after the request, as BusyBox's nc does, still gets its answer.
  Object.assign(server, { httpAllowHalfOpen: true });
  return server;
}

export interface Guard {
  /** Answers a connection on which something other than HTTP arrived; without an error, it was CONNECT. */
  answerBroken(socket: Duplex, error?: NodeJS.ErrnoException): void;
  /** Answers a request with an `Expect` that Node does not know. */
  answerExpectation(request: IncomingMessage, response: ServerResponse): void;
}

/** Counts and answers everything that reaches a server outside of its `request` event. */
export function guardServer(
  server: Server,
  { isInTurn, breakOff }: Pick<Connections, 'isInTurn' | 'breakOff'>,
  { answerBroken, answerExpectation }: Guard,
): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET') socket.destroy();
    else if (breakOff(socket)) answerBroken(socket, error);
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    // Node has removed its error listener: without this one, a client that resets the connection now would end the daemon.
    socket.on('error', () => socket.destroy());
    if (breakOff(socket)) answerBroken(socket);
  });
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
    server.emit('request', request, response),
  );
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    if (isInTurn(request, response)) answerExpectation(request, response);
  });
  server.on('tlsClientError', (_error: Error, socket: Duplex) => socket.destroy());
}
