// The public listener: strangers are answered at the door, before any router; Fastify serves who was let in.
import http, { type IncomingMessage, type Server } from 'node:http';
import https from 'node:https';
import proxyAddr from '@fastify/proxy-addr';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import type { Logger } from '../log.ts';
import type { Trigger } from '../trigger.ts';
import { createAddressReader, toNetwork } from './address.ts';
import { limitConnections, serverLimits } from './connections.ts';
import { createDoor, type AdmittedCall, type Door } from './door.ts';
import { createFlood } from './flood.ts';
import { createLimits } from './limits.ts';
import type { ServerOptions } from './options.ts';
import { formats, toAttemptReply, toRunReply, type Attempt, type Format, type Reply } from './replies.ts';
import { runPages } from './run-page.ts';
import { answerStranger } from './stranger.ts';
import { toWaitMs } from './wait.ts';

const maxConnections = 512;
const maxConnectionsPerAddress = 200;

export interface AppOptions {
  readonly trigger: Trigger;
  readonly server: Pick<ServerOptions, 'trustProxy' | 'rateLimit'>;
  /** Certificate and key in PEM, to serve HTTPS. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  readonly logger: Logger;
}

/** The public listener. */
export interface App {
  /** Throws the system's error. */
  listen(host: string, port: number): Promise<void>;
  /** Lets nobody in any more, and ends connections as their calls are answered. */
  stopListening(): void;
  /** Ends all connections, and writes what was only counted into the log. */
  close(): Promise<void>;
}

/** Builds the listener; it does not listen yet. */
export async function buildApp({ trigger, server: options, tls, logger }: AppOptions): Promise<App> {
  const admitted = new WeakMap<IncomingMessage, AdmittedCall>();
  const toAddress = createAddressReader(options.trustProxy);
  const isProxy = proxyAddr.compile([...options.trustProxy]);
  let door: Door | undefined;
  const app = Fastify({
    logger: false,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    rewriteUrl: (request) => `/${admitted.get(request)?.kind ?? 'nobody'}`,
    serverFactory: (serve) => {
      const listener: http.RequestListener = (request, response) => {
        if (!server.listening) response.shouldKeepAlive = false;
        const call = door?.enter(request, response);
        if (call === undefined) return;
        connections.keep(request.socket);
        admitted.set(request, call);
        serve(request, response);
      };
      const server: Server =
        tls === undefined ? http.createServer(serverLimits, listener) : https.createServer({ ...serverLimits, ...tls }, listener);
      // Who closes its side behind the request, as BusyBox's nc does, still gets its answer.
      Object.assign(server, { httpAllowHalfOpen: true });
      const connections = limitConnections(server, {
        max: maxConnections,
        maxPerAddress: maxConnectionsPerAddress,
        isExempt: (address) => isProxy(address, 0),
      });
      return server;
    },
    clientErrorHandler: () => {},
  });
  await app.register(rateLimit, { global: false });
  const limits = createLimits(app, options.rateLimit);
  const flood = createFlood({ isExceeded: limits.isFlood, windowMs: options.rateLimit.window, logger });
  door = createDoor({ trigger, flood, logger, toAddress });
  door.guard(app.server);

  const attempt = async ({ admission, address }: AdmittedCall & { kind: 'task' }): Promise<Attempt> => {
    const { task, name, label } = admission;
    const retryAfterSeconds = await limits.secondsToWait(task, label);
    if (retryAfterSeconds > 0) {
      flood.count({ address, network: toNetwork(address), why: 'limited' });
      return { kind: 'limited', retryAfterSeconds };
    }
    const result = await trigger.start(admission, address);
    const run = 'run' in result ? result.run.run : undefined;
    const whose = label === undefined ? address : `${label}, ${address}`;
    logger.info(
      { event: 'attempt', intent: 'start', task, result: result.kind, run, label, address },
      `${attemptWords[result.kind]} ${name} for ${whose}`,
    );
    return result;
  };
  const serveTask = async (request: FastifyRequest, reply: FastifyReply, call: AdmittedCall & { kind: 'task' }): Promise<FastifyReply> => {
    const format = toFormat(request.raw);
    const waitMs = toWaitMs(call.query, request.headers['prefer']);
    let result = await attempt(call);
    if (waitMs > 0 && 'run' in result && result.kind !== 'busy') {
      const run = await trigger.wait(Buffer.from(result.run.run), waitMs, toAbortSignal(reply));
      if (run !== undefined) result = { kind: result.kind, run };
    }
    return send(reply, toAttemptReply(result, { name: call.admission.name, format, hasWaited: waitMs > 0 }));
  };
  const serveRun = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { runId, query }: AdmittedCall & { kind: 'run' },
  ): Promise<FastifyReply> => {
    const waitMs = toWaitMs(query, request.headers['prefer']);
    const view = await trigger.wait(runId, waitMs, toAbortSignal(reply));
    if (view === undefined) return answerAsStranger(reply);
    return send(reply, toRunReply(view, { format: toFormat(request.raw), hasWaited: waitMs > 0, isJoined: query === 'joined' }));
  };

  app.addHook('onRequest', async (request) => {
    // No body is ever parsed, so what it calls itself is nobody's concern.
    delete request.raw.headers['content-type'];
  });
  app.addContentTypeParser('*', (_request, _body, done) => done(null));
  app.route({
    method: ['GET', 'POST'],
    url: '/*',
    handler: async (request, reply) => {
      const call = admitted.get(request.raw);
      if (call === undefined) return answerAsStranger(reply);
      return call.kind === 'task' ? await serveTask(request, reply, call) : await serveRun(request, reply, call);
    },
  });
  app.setNotFoundHandler((_request, reply) => answerAsStranger(reply));
  app.setErrorHandler((error, _request, reply) => {
    logger.error(
      { event: 'bug', stack: error instanceof Error ? error.stack : String(error) },
      'A call could not be served, which is a mistake in remotetask: please report it',
    );
    return answerAsStranger(reply);
  });
  return {
    async listen(host, port) {
      await app.listen({ host, port });
    },
    stopListening() {
      app.server.close();
    },
    async close() {
      flood.flush();
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

const pageHeaders = Object.fromEntries(runPages.headers);

const attemptWords = {
  started: 'Started',
  joined: 'Joined a run of',
  busy: 'Did not start (it is running)',
  unwritable: 'Did not start (it cannot be written down)',
  closing: 'Did not start (the daemon is stopping)',
} as const;

function toFormat(request: IncomingMessage): Format {
  const wanted = new Negotiator(request).mediaType([...formats]);
  return formats.find((format) => format === wanted) ?? formats[0];
}

/** Aborted when the caller goes away before the answer, or closes its side, which may be the same. */
function toAbortSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  const { socket } = raw;
  const abort = (): void => gone.abort();
  if (socket?.readableEnded !== false) abort();
  socket?.once('end', abort);
  raw.once('close', () => {
    abort();
    socket?.off('end', abort);
  });
  return gone.signal;
}

function answerAsStranger(reply: FastifyReply): FastifyReply {
  reply.hijack();
  answerStranger(reply.raw);
  return reply;
}

function send(reply: FastifyReply, { status, headers, body }: Reply): FastifyReply {
  return reply.code(status).headers(pageHeaders).headers(headers).send(body);
}
