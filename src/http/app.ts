// The public listener: the door answers strangers before any router runs; Fastify serves the admitted calls.
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import proxyAddr from '@fastify/proxy-addr';
import rateLimit from '@fastify/rate-limit';
import Fastify from 'fastify';
import type { Recorder } from '../attempts/recorder.ts';
import { systemClock } from '../clock.ts';
import type { Icons } from '../icons/icons.ts';
import type { Logger } from '../log/log.ts';
import type { Trigger } from '../entry/trigger.ts';
import type { FollowUps } from '../follow-ups/follow-ups.ts';
import { createAddressReader } from '../listener/address.ts';
import { createBodyDiscard } from '../listener/bodies.ts';
import { limitConnections } from '../listener/connections.ts';
import { createDoor } from './door.ts';
import { createFlood } from '../attempts/flood.ts';
import { catchListenerBugs } from '../listener/listener-bugs.ts';
import { toLimitStore } from './limit-store.ts';
import { createLimits } from './limits.ts';
import { backlog, createServer } from '../listener/listener.ts';
import type { TlsPair } from '../listener/options.ts';
import type { ServerOptions } from './options.ts';
import { serveAdmitted, type AdmittedRequest } from './serve-admitted.ts';
import { createServeCall } from './serve-calls.ts';

/** With TLS a connection takes about 150 kB more, during its handshake and afterwards. */
const maxTlsConnections = 256;
const connectionLimits = { max: 512, maxPerAddress: 200, maxStarts: 128, maxVisits: 48 } as const;

export interface AppOptions {
  readonly trigger: Trigger;
  readonly followUps: FollowUps;
  readonly icons: Icons;
  readonly server: Pick<ServerOptions, 'trustProxy' | 'rateLimit'>;
  /** Certificate and key in PEM, to serve HTTPS. */
  readonly tls: TlsPair | undefined;
  readonly logger: Logger;
  readonly recorder: Recorder;
  /** Called when a network begins to flood the door. */
  readonly onFlood: (network: string) => void;
  /** Called for each admitted call that did not come through a trusted proxy. */
  readonly noteCaller?: (request: IncomingMessage) => void;
}

/** The public listener. */
export interface App {
  /** Throws the system's error. */
  listen(host: string, port: number): Promise<void>;
  /** Admits no more calls, and ends connections as their calls are answered. */
  stopListening(): void;
  /** Applies new limits, and a new certificate if it serves HTTPS already. */
  use(server: Pick<ServerOptions, 'rateLimit'>, tls: AppOptions['tls']): void;
  /** Ends all connections, and logs the calls that were only counted so far. */
  close(): Promise<void>;
}

/** Builds the listener; it does not listen yet. */
export async function buildApp({
  trigger,
  followUps,
  icons,
  server: options,
  tls,
  logger,
  recorder,
  onFlood,
  noteCaller,
}: AppOptions): Promise<App> {
  const admitted = new WeakMap<IncomingMessage, AdmittedRequest>();
  const toAddress = createAddressReader(options.trustProxy);
  const isProxy = proxyAddr.compile([...options.trustProxy]);
  const server = createServer(tls);
  const discardBody = createBodyDiscard();
  const connections = limitConnections(server, {
    ...connectionLimits,
    ...(tls === undefined ? {} : { max: maxTlsConnections }),
    isExempt: (address) => isProxy(address, 0),
  });
  const app = Fastify({
    logger: false,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    rewriteUrl: (request) => `/${admitted.get(request)?.call.kind ?? 'nobody'}`,
    serverFactory: (serve) => {
      server.on('request', (request, response) => {
        if (!connections.isInTurn(request, response)) return;
        if (!server.listening) response.shouldKeepAlive = false;
        const call = door.enter(request, response);
        const isStart = call?.kind === 'task';
        discardBody(request, { mayWait: isStart });
        if (call === undefined) return;
        if (!isProxy(request.socket.remoteAddress ?? '', 0)) noteCaller?.(request);
        const leaving = connections.hold(request, response, isStart ? 'start' : 'visit');
        admitted.set(request, { call, leaving });
        if (isStart) serve(request, response);
        else connections.serveInTurn(response, () => serve(request, response));
      });
      catchListenerBugs(server, logger);
      return server;
    },
    clientErrorHandler: () => {},
  });
  await app.register(rateLimit, { global: false, store: toLimitStore(systemClock) });
  let limits = createLimits(app, options.rateLimit);
  let rateLimitInUse = options.rateLimit;
  const flood = createFlood({
    readShare: () => rateLimitInUse,
    recorder,
    onFlood,
    clock: systemClock,
  });
  const door = createDoor({ trigger, flood, logger, toAddress, connections });
  door.guard(server);

  const serveCall = createServeCall({ trigger, followUps, limits: () => limits, flood, icons, recorder });
  serveAdmitted(app, (request) => admitted.get(request), { serveCall, logger });
  return {
    async listen(host, port) {
      await app.listen({ host, port, backlog });
    },
    stopListening() {
      server.close();
    },
    use({ rateLimit: changed }, pair) {
      if (!isDeepStrictEqual(changed, rateLimitInUse)) limits = createLimits(app, changed);
      rateLimitInUse = changed;
      if (pair !== undefined && server instanceof https.Server) server.setSecureContext(pair);
    },
    async close() {
      flood.flush();
      connections.destroyAll();
      await app.close();
    },
  };
}
