// The admin listener: a visitor that the gate does not let in sees one page, and nothing behind it.
import https from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import formbody from '@fastify/formbody';
import proxyAddr from '@fastify/proxy-addr';
import Fastify from 'fastify';
import { createBodyDiscard } from '../listener/bodies.ts';
import { limitConnections } from '../listener/connections.ts';
import { catchListenerBugs } from '../listener/listener-bugs.ts';
import { backlog, createServer, guardServer } from '../listener/listener.ts';
import { answerBrokenConnection, answerStranger } from '../listener/stranger.ts';
import { logBug } from '../log/bug.ts';
import type { RunNews } from '../runs/lifecycle.ts';
import { addCallers } from './callers.ts';
import type { AdminGate, GateOptions } from './gate/gate.ts';
import type { AdminDeps } from './pages/admin-deps.ts';
import { createMetrics } from './metrics.ts';
import type { AdminConfig } from './options.ts';
import { answerAsStranger, answerBug, sendMessage } from './replies.ts';
import { addRoutes } from './routes.ts';
import { addRunEvents } from './run-events.ts';
import { addSignIn } from './sign-in.ts';
import { createVisitorReader, createWatcherTest, isFromOwnPage } from './gate/visitor.ts';
import { addWatch, isForMachines } from './machine-routes.ts';

const connectionLimits = { max: 128, maxPerAddress: 64, maxStarts: 64, maxVisits: 32 } as const;
/** More than any of our forms contains. */
const maxBodyBytes = 8192;

export interface AdminApp {
  /** Throws the system's error. */
  listen(host: string, port: number): Promise<void>;
  /** Applies a new gate, new watchers, and a new certificate if it serves HTTPS already. */
  use(config: AdminConfig): void;
  /** Counts what happens to runs. */
  publish(news: RunNews): void;
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
  readonly house: AdminDeps;
  readonly openGate: (options: GateOptions) => AdminGate;
}): Promise<AdminApp> {
  const { trustProxy, tls } = first;
  let config = first;
  let gate = openGate(config.gate);
  let isWatcher = createWatcherTest(config.watchers, trustProxy);
  const isProxy = proxyAddr.compile([...trustProxy]);
  const server = createServer(tls);
  const discardBody = createBodyDiscard();
  const connections = limitConnections(server, {
    ...connectionLimits,
    isExempt: (address) => isProxy(address, 0),
  });
  guardServer(server, connections, {
    answerBroken: answerBrokenConnection,
    answerExpectation: (_request, response) => answerStranger(response),
  });
  const app = Fastify({
    logger: false,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    bodyLimit: maxBodyBytes,
    routerOptions: { maxParamLength: 2000 },
    frameworkErrors: (_error, _request, reply) => void answerAsStranger(reply),
    clientErrorHandler: () => {},
    serverFactory(serve) {
      server.on('request', (request, response) => {
        if (!connections.isInTurn(request, response)) return;
        if (request.method !== 'POST') discardBody(request, { mayWait: false });
        serve(request, response);
      });
      catchListenerBugs(server, house.logger);
      return server;
    },
  });
  app.removeAllContentTypeParsers();
  await app.register(formbody, { bodyLimit: maxBodyBytes });
  app.setErrorHandler((error, _request, reply) => {
    const status =
      error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
        ? error.statusCode
        : 500;
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
    hold: connections.hold,
    noteCaller(request) {
      if (!isProxy(request.socket.remoteAddress ?? '', 0)) house.noteCaller(request);
    },
    discardBody,
  });
  const metrics = await createMetrics(house);
  addRoutes(app, house, callers);
  addRunEvents(app, house, { ...callers, gate: () => gate });
  addSignIn(app, { ...callers, gate: () => gate });
  addWatch(app, house, metrics);
  return {
    async listen(host, port) {
      await app.listen({ host, port, backlog });
    },
    use(next) {
      if (!isDeepStrictEqual(next.gate, config.gate)) {
        void gate.close();
        gate = openGate(next.gate);
      }
      config = next;
      isWatcher = createWatcherTest(next.watchers, trustProxy);
      if (next.tls !== undefined && server instanceof https.Server) server.setSecureContext(next.tls);
    },
    publish: (news) => metrics.count(news),
    async close() {
      connections.destroyAll();
      await app.close();
      await gate.close();
    },
  };
}
