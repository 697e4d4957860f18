// How Fastify serves the calls that the door has admitted: one route for all, and the stranger's answer for everything unexpected.
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { answerStranger } from '../listener/stranger.ts';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/log.ts';
import type { AdmittedCall } from './door.ts';
import type { ServeCall } from './serve-calls.ts';

/** An admitted call, and the signal to answer it at once. */
export interface AdmittedRequest {
  readonly call: AdmittedCall;
  readonly leaving: AbortSignal;
}

/** Adds the one route to an app. `find` finds what the door has made of a request. */
export function serveAdmitted(
  app: FastifyInstance,
  find: (request: IncomingMessage) => AdmittedRequest | undefined,
  { serveCall, logger }: { readonly serveCall: ServeCall; readonly logger: Logger },
): void {
  app.addHook('onRequest', async (request) => {
    // No body is ever parsed, so its content type does not matter.
    delete request.raw.headers['content-type'];
  });
  app.addContentTypeParser('*', (_request, _body, done) => done(null));
  app.route({
    method: ['GET', 'POST'],
    url: '/*',
    handler: async (request, reply) => {
      const { call, leaving } = find(request.raw) ?? {};
      if (call === undefined || leaving === undefined) return answerAsStranger(reply);
      try {
        // A reply is thenable: this waits until it has been sent, and never returns it.
        await serveCall(call, request, reply, leaving);
        return reply.raw.headersSent || reply.raw.destroyed ? reply : answerAsStranger(reply);
      } catch (error) {
        return answerBug(error, reply, logger);
      }
    },
  });
  app.setNotFoundHandler((_request, reply) => answerAsStranger(reply));
  app.setErrorHandler((error, _request, reply) => answerBug(error, reply, logger));
}

/** Ends a call that met a bug of ours: with the stranger's answer, or by cutting the connection if an answer has begun or cannot be given. */
function answerBug(error: unknown, reply: FastifyReply, logger: Logger): FastifyReply {
  logBug(logger, error, 'A call could not be served');
  try {
    if (!reply.raw.headersSent) return answerAsStranger(reply);
  } catch {
    // No answer could be given: the connection is cut instead.
  }
  reply.hijack().raw.destroy();
  return reply;
}

function answerAsStranger(reply: FastifyReply): FastifyReply {
  reply.hijack();
  answerStranger(reply.raw);
  return reply;
}
