// The admin listener: who is not let in by the gate sees one page, and nothing of what lies behind it.
import http, { type Server } from 'node:http';
import https from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import formbody from '@fastify/formbody';
import proxyAddr from '@fastify/proxy-addr';
import Fastify from 'fastify';
import { limitConnections, serverLimits, type Connections } from '../http/connections.ts';
import { catchListenerBugs } from '../http/listener-bugs.ts';
import { answerBrokenConnection, answerStranger } from '../http/stranger.ts';
import { logBug } from '../log/bug.ts';
import type { RunNews } from '../runs/runs.ts';
import { addCallers } from './callers.ts';
import type { Gate, GateOptions } from './gate.ts';
import type { House } from './house.ts';
import { createMetrics } from './metrics.ts';
import type { AdminConfig } from './options.ts';
import { answerAsStranger, answerBug, sendMessage } from './replies.ts';
import { addRoutes } from './routes.ts';
import { addRunEvents } from './run-events.ts';
import { addSignIn } from './sign-in.ts';
import { createVisitorReader, createWatcherTest, isFromOwnPage } from './visitor.ts';
import { addWatch, isForMachines } from './watch.ts';

const maxConnections = 128;
const maxConnectionsPerAddress = 64;
/** More than any form of ours holds. */
const maxBodyBytes = 8192;

export interface AdminApp {
  /** Throws the system's error. */
  listen(host: string, port: number): Promise<void>;
  /** Takes up another gate, other watchers, and another certificate where it serves HTTPS already. */
  use(config: AdminConfig): void;
  /** Counts what happens to runs. */
  tell(news: RunNews): void;
  /** Ends all sessions and connections. */
  close(): Promise<void>;
}

/** Builds the listener; it does not listen yet. */
export async function buildAdminApp({
  config: first,
  house,
  openGate,
}: {
  readonly config: AdminConfig;
  readonly house: House;
  readonly openGate: (options: GateOptions) => Gate;
}): Promise<AdminApp> {
  const { trustProxy, tls } = first;
  let config = first;
  let gate = openGate(config.gate);
  let isWatcher = createWatcherTest(config.watchers, trustProxy);
  let connections: Connections | undefined;
  const isProxy = proxyAddr.compile([...trustProxy]);
  const app = Fastify({
    logger: false,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    bodyLimit: maxBodyBytes,
    routerOptions: { maxParamLength: 2000 },
    frameworkErrors: (_error, _request, reply) => void answerAsStranger(reply),
    clientErrorHandler(error, socket) {
      if (error.code === 'ECONNRESET') socket.destroy();
      else answerBrokenConnection(socket);
    },
    serverFactory(serve) {
      const listener: http.RequestListener = (request, response) => {
        if (connections?.isInTurn(request.socket) === true) serve(request, response);
      };
      const server: Server =
        tls === undefined ? http.createServer(serverLimits, listener) : https.createServer({ ...serverLimits, ...tls }, listener);
      connections = limitConnections(server, {
        max: maxConnections,
        maxPerAddress: maxConnectionsPerAddress,
        isExempt: (address) => isProxy(address, 0),
      });
      server.on('connect', (_request, socket) => answerBrokenConnection(socket));
      server.on('checkExpectation', (_request, response) => answerStranger(response));
      server.on('tlsClientError', (_error, socket) => socket.destroy());
      catchListenerBugs(server, house.logger);
      return server;
    },
  });
  app.removeAllContentTypeParsers();
  await app.register(formbody, { bodyLimit: maxBodyBytes });
  app.setErrorHandler((error, _request, reply) => {
    const status = error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
    if (status < 500) return sendMessage(reply, status, ({ refused, notOurForm }) => [refused, notOurForm]);
    logBug(house.logger, error, 'A page could not be served');
    return answerBug(reply);
  });
  const callers = addCallers(app, {
    gate: () => gate,
    hasSignInPage: () => config.signInPage,
    readVisitor: createVisitorReader(trustProxy, tls !== undefined),
    isFromOwnPage,
    isWatch: (request, visitor) => isForMachines(request) && isWatcher(request, visitor),
    onAdmitted: ({ socket }) => connections?.keep(socket),
  });
  const metrics = await createMetrics(house);
  addRoutes(app, house, callers);
  addRunEvents(app, house, { ...callers, gate: () => gate });
  addSignIn(app, { ...callers, gate: () => gate });
  addWatch(app, house, metrics);
  return {
    async listen(host, port) {
      await app.listen({ host, port });
    },
    use(next) {
      if (!isDeepStrictEqual(next.gate, config.gate)) {
        void gate.close();
        gate = openGate(next.gate);
      }
      config = next;
      isWatcher = createWatcherTest(next.watchers, trustProxy);
      if (next.tls !== undefined && app.server instanceof https.Server) app.server.setSecureContext(next.tls);
    },
    tell: (news) => metrics.tell(news),
    async close() {
      app.server.closeAllConnections();
      await app.close();
      await gate.close();
    },
  };
}
