// Serving who was let in: a task is started, a run is shown or stopped, in the form that the caller wants.
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import type { Attempts } from '../history/attempts.ts';
import type { Logger } from '../log/log.ts';
import type { RunFeed } from '../runs/run.ts';
import type { Trigger } from '../trigger.ts';
import { toNetwork } from './address.ts';
import type { AdmittedCall } from './door.ts';
import type { Flood } from './flood.ts';
import type { Limits } from './limits.ts';
import { parsePosition, renderEvents, renderFollowed, type Position } from './live.ts';
import { formats, toAttemptReply, toRunReply, toStopReply, type Attempt, type Format, type Reply } from './replies.ts';
import { runPages } from './run-page.ts';
import type { Tally } from './tally.ts';
import { toWaitMs, waitForEnd } from './wait.ts';

const pageHeaders = Object.fromEntries(runPages.headers);

const attemptWords = {
  started: 'Started',
  joined: 'Joined a run of',
  queued: 'Queued a run of',
  asked: 'Asked before starting',
  busy: 'Did not start (it is running)',
  full: 'Did not start (its queue is full)',
  'not-now': 'Did not start (not at this time)',
  unwritable: 'Did not start (it cannot be written down)',
  closing: 'Did not start (the daemon is stopping)',
} as const;

export interface ServeCallsOptions {
  readonly trigger: Trigger;
  readonly limits: () => Limits;
  readonly flood: Flood;
  readonly attempts: Pick<Attempts, 'note'>;
  readonly tally: Pick<Tally, 'admitted'>;
  readonly logger: Logger;
}

/** Serves one admitted call; undefined where there is no such task or run any more. */
export type ServeCall = (call: AdmittedCall, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;

export function createServeCall({ trigger, limits, flood, attempts, tally, logger }: ServeCallsOptions): ServeCall {
  const attempt = async (call: AdmittedCall & { kind: 'task' }, request: FastifyRequest): Promise<Attempt | undefined> => {
    const { task, name, label, address } = call.admission;
    const retryAfterSeconds = await limits().secondsToWait(task, label);
    if (retryAfterSeconds > 0) {
      flood.count({ address, network: toNetwork(address), why: 'limited' });
      return { kind: 'limited', retryAfterSeconds };
    }
    const idempotencyKey = request.headers['idempotency-key'];
    const result = await trigger.start(call.admission, {
      idempotencyKey: typeof idempotencyKey === 'string' && idempotencyKey !== '' ? idempotencyKey : undefined,
      nonce: request.method === 'POST' ? (new URLSearchParams(call.query).get('nonce') ?? undefined) : undefined,
    });
    if (result === undefined) return undefined;
    const run = 'run' in result ? result.run.run : undefined;
    const whose = label === undefined ? address : `${label}, ${address}`;
    logger.info(
      { event: 'attempt', intent: 'start', task, result: result.kind, run, label, address },
      `${attemptWords[result.kind]} ${name} for ${whose}`,
    );
    attempts.note({ result: result.kind, address, label, task, run });
    tally.admitted(result.kind);
    return result;
  };

  const serveTask = async (
    call: AdmittedCall & { kind: 'task' },
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply | undefined> => {
    const seen = wantsEvents(request.raw) ? parsePosition(request.headers['last-event-id']) : undefined;
    if (seen !== undefined) return sendEvents(reply, trigger.look(Buffer.from(seen.run)), seen);
    const result = await attempt(call, request);
    if (result === undefined) return undefined;
    const feed =
      'run' in result && ['started', 'joined', 'queued'].includes(result.kind) ? trigger.look(Buffer.from(result.run.run)) : undefined;
    const format = toFormat(request.raw);
    if (feed !== undefined && wantsEvents(request.raw)) return sendEvents(reply.header('X-Run', result.kind), feed, undefined);
    if (feed !== undefined && format === 'text/plain' && wantsToFollow(call.query))
      return sendFollowed(reply.header('X-Run', result.kind), feed);
    const waitMs = toWaitMs(call.query, request.headers['prefer']);
    const run = feed === undefined ? undefined : await waitForEnd(feed, waitMs, toAbortSignal(reply));
    return send(
      reply,
      toAttemptReply(run === undefined ? result : Object.assign({}, result, { run }), {
        name: call.admission.name,
        format,
        hasWaited: waitMs > 0,
      }),
    );
  };

  return async (call, request, reply) => {
    if (call.kind === 'task') return await serveTask(call, request, reply);
    const feed = trigger.look(call.runId);
    if (feed === undefined) return undefined;
    const format = toFormat(request.raw);
    if (call.kind === 'stop') {
      const view = feed.view();
      const stopping = trigger.stop(call.runId);
      if (stopping !== undefined) {
        logger.info({ event: 'stop', run: view.run, address: call.address }, `Stops ${view.name} for ${call.address}`);
        attempts.note({ result: 'stopped', address: call.address, run: view.run });
        tally.admitted('stopped');
      }
      return send(reply, toStopReply(view, stopping, format));
    }
    if (wantsEvents(request.raw)) return sendEvents(reply, feed, parsePosition(request.headers['last-event-id']));
    if (format === 'text/plain' && wantsToFollow(call.query)) return sendFollowed(reply, feed);
    const waitMs = toWaitMs(call.query, request.headers['prefer']);
    const view = await waitForEnd(feed, waitMs, toAbortSignal(reply));
    return send(reply, toRunReply(view, { format, hasWaited: waitMs > 0, isJoined: call.query === 'joined' }));
  };
}

function toFormat(request: IncomingMessage): Format {
  const wanted = new Negotiator(request).mediaType([...formats]);
  return formats.find((format) => format === wanted) ?? formats[0];
}

/** Whether events are what the caller wants most. */
function wantsEvents(request: IncomingMessage): boolean {
  return new Negotiator(request).mediaType([...formats, 'text/event-stream']) === 'text/event-stream';
}

function wantsToFollow(query: string): boolean {
  return new URLSearchParams(query).has('follow');
}

/**
 * Aborted when the caller goes away before the answer, or closes its side, which may be the same.
 */
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

/**
 * An EventSource that lost its connection calls again and says what it has seen: it gets the rest, and where there is
 * none, or no such run any more, 204, which ends its calling.
 */
function sendEvents(reply: FastifyReply, feed: RunFeed | undefined, position: Position | undefined): FastifyReply {
  const run = feed?.view().run;
  const seen = position?.run === run ? position?.offset : undefined;
  if (feed === undefined || run === undefined || seen === 'end') return reply.code(204).headers(pageHeaders).send();
  return sendStream(reply, 'text/event-stream', run, (signal) => renderEvents(feed, seen, signal));
}

function sendFollowed(reply: FastifyReply, feed: RunFeed): FastifyReply {
  return sendStream(reply, 'text/plain', feed.view().run, (signal) => renderFollowed(feed, signal));
}

/** A stream is read as fast as its reader takes it. Reverse proxies of the nginx kind are told not to gather it. */
function sendStream(
  reply: FastifyReply,
  type: string,
  run: string,
  render: (signal: AbortSignal) => AsyncIterable<Uint8Array | string>,
): FastifyReply {
  const stream = Readable.from(render(toAbortSignal(reply)), { objectMode: false });
  reply
    .code(200)
    .headers({ ...pageHeaders, Location: `/runs/${run}`, 'X-Accel-Buffering': 'no', 'Content-Type': `${type}; charset=utf-8` })
    .send(stream);
  // Whoever follows a silent task knows at once that it was started.
  reply.raw.flushHeaders();
  return reply;
}

function send(reply: FastifyReply, { status, headers, body }: Reply): FastifyReply {
  return reply.code(status).headers(pageHeaders).headers(headers).send(body);
}
