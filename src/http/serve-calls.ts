// Serves admitted calls: starts a task, shows or stops a run, in the form and language that the caller wants.
import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import type { Admitted } from '../entry/gate.ts';
import type { Icons } from '../icons/icons.ts';
import type { RunFeed } from '../runs/run.ts';
import type { Trigger } from '../entry/trigger.ts';
import { toNetwork } from '../listener/address.ts';
import type { AdmittedCall, RunCall, TaskCall } from './door.ts';
import type { Flood } from '../attempts/flood.ts';
import { chooseLanguage } from '../languages/languages.ts';
import type { Limits } from './limits.ts';
import { parsePosition } from './live.ts';
import type { Recorder } from '../attempts/recorder.ts';
import { toOverviewAction } from './pages/overview-page.ts';
import {
  formats,
  toAttemptReply,
  toRunReply,
  toSpentReply,
  toStopReply,
  type Attempt,
  type Format,
} from './replies.ts';
import { isWorthAnother } from './pages/run-page.ts';
import { send, sendEvents, sendFollowed } from './send.ts';
import { createServeHome } from './serve-home.ts';
import { createServeOverview } from './serve-overview.ts';
import { parseVisit } from './pages/visit.ts';
import { toWaitMs, waitForEnd } from './wait.ts';

export interface ServeCallsOptions {
  readonly trigger: Trigger;
  readonly limits: () => Limits;
  readonly flood: Flood;
  readonly icons: Icons;
  readonly recorder: Pick<Recorder, 'attempted' | 'stopped'>;
}

/**
 * Serves one admitted call; returns undefined if the task or run no longer exists. When `leaving` is aborted, waits and
 * streams end with the run's current state.
 */
export type ServeCall = (
  call: AdmittedCall,
  request: FastifyRequest,
  reply: FastifyReply,
  leaving: AbortSignal,
) => Promise<FastifyReply | undefined>;

/** One call under way, and the answer to it. */
interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly leaving: AbortSignal;
}

/** A request of an admitted caller to start a task. */
interface CallWish {
  readonly admission: Admitted;
  readonly query: string;
  /** The answer to a question, if one was asked. */
  readonly nonce: string | undefined;
  /** The nonce of the button on a run's page, if the request came from there. */
  readonly again: string | undefined;
  /** The address that the answer to a question with this nonce is posted to. */
  readonly toAction: (nonce: string) => string;
  /** The task's own address, if it was called there. */
  readonly path: string | undefined;
}

export function createServeCall({ trigger, limits, flood, icons, recorder }: ServeCallsOptions): ServeCall {
  const serveHome = createServeHome(icons);
  const serveOverview = createServeOverview({ trigger, icons });

  const attempt = async (
    { admission, nonce, again }: CallWish,
    request: FastifyRequest,
  ): Promise<Attempt | undefined> => {
    const { task, name, label, address } = admission;
    const retryAfterSeconds = await limits().secondsToWait(task, label);
    if (retryAfterSeconds > 0) {
      flood.count({ address, network: toNetwork(address), why: 'limited' });
      return { kind: 'limited', retryAfterSeconds };
    }
    const idempotencyKey = request.headers['idempotency-key'];
    const result = await trigger.start(admission, {
      idempotencyKey:
        typeof idempotencyKey === 'string' && idempotencyKey !== '' ? idempotencyKey : undefined,
      nonce,
      again,
    });
    if (result === undefined) return undefined;
    recorder.attempted(result, {
      intent: again === undefined ? 'start' : 'again',
      task,
      name,
      label,
      address,
    });
    return result;
  };

  const serveWish = async (
    wish: CallWish,
    { request, reply, leaving }: Exchange,
  ): Promise<FastifyReply | undefined> => {
    const { admission, query } = wish;
    const result = await attempt(wish, request);
    if (result === undefined) return undefined;
    const feed =
      'run' in result && ['started', 'joined', 'queued'].includes(result.kind)
        ? trigger.look(Buffer.from(result.run.run))
        : undefined;
    const format = toFormat(request.raw);
    if (feed !== undefined && wantsEvents(request.raw))
      return sendEvents(reply.header('X-Run', result.kind), feed, { seen: undefined, leaving });
    if (feed !== undefined && format === 'text/plain' && wantsToFollow(query))
      return sendFollowed(reply.header('X-Run', result.kind), feed, leaving);
    const waitMs = toWaitMs(query, request.headers['prefer']);
    const run = feed === undefined ? undefined : await waitForEnd(feed, waitMs, leaving);
    const again =
      run === undefined || format !== 'text/html' ? undefined : trigger.offerAgain(admission, run.run);
    return send(
      reply,
      toAttemptReply(
        run === undefined ? result : Object.assign({}, result, { run }),
        { task: admission, again, toAction: wish.toAction, path: wish.path },
        { format, language: chooseLanguage(request.raw), hasWaited: waitMs > 0 },
      ),
    );
  };

  const serveTask = async (
    { admission, query, path }: TaskCall,
    exchange: Exchange,
  ): Promise<FastifyReply | undefined> => {
    const { request, reply, leaving } = exchange;
    const seen = wantsEvents(request.raw) ? parsePosition(request.headers['last-event-id']) : undefined;
    if (seen !== undefined) return sendEvents(reply, trigger.look(Buffer.from(seen.run)), { seen, leaving });
    const nonce =
      request.method === 'POST' ? (new URLSearchParams(query).get('nonce') ?? undefined) : undefined;
    const toAction = (asked: string): string =>
      path === undefined ? toOverviewAction(admission.task, asked) : `?nonce=${asked}`;
    return await serveWish({ admission, query, nonce, again: undefined, toAction, path }, exchange);
  };

  /** The button on the page of a run that did not succeed: its nonce replaces the keys. */
  const serveAgain = async (
    { address, query }: RunCall,
    feed: RunFeed,
    exchange: Exchange,
  ): Promise<FastifyReply | undefined> => {
    const { request, reply } = exchange;
    const view = feed.view();
    const parameters = new URLSearchParams(query);
    const again = parameters.get('nonce') ?? '';
    const admission = isWorthAnother(view)
      ? trigger.admitAgain({ nonce: again, run: view.run, address })
      : undefined;
    if (admission === undefined) {
      flood.count({ address, network: toNetwork(address), why: 'again' });
      return send(reply, toSpentReply(view, toFormat(request.raw)));
    }
    const toAction = (asked: string): string => `?nonce=${again}&answer=${asked}`;
    const nonce = parameters.get('answer') ?? undefined;
    return await serveWish({ admission, query, nonce, again, toAction, path: undefined }, exchange);
  };

  const serveRun = async (
    { address, query }: RunCall,
    feed: RunFeed,
    { request, reply, leaving }: Exchange,
  ): Promise<FastifyReply> => {
    const format = toFormat(request.raw);
    if (wantsEvents(request.raw))
      return sendEvents(reply, feed, { seen: parsePosition(request.headers['last-event-id']), leaving });
    if (format === 'text/plain' && wantsToFollow(query)) return sendFollowed(reply, feed, leaving);
    const waitMs = toWaitMs(query, request.headers['prefer']);
    const view = await waitForEnd(feed, waitMs, leaving);
    const visit = parseVisit(query);
    const isAgainOffered =
      visit.again !== undefined && trigger.isAgainOffered({ nonce: visit.again, run: view.run, address });
    const asker = { format, language: chooseLanguage(request.raw), hasWaited: waitMs > 0 };
    return send(reply, toRunReply(view, { visit, isAgainOffered }, asker));
  };

  const stop = (
    { runId, address, query }: RunCall,
    feed: RunFeed,
    request: FastifyRequest,
    reply: FastifyReply,
  ): FastifyReply => {
    const view = feed.view();
    const stopping = trigger.stop(runId);
    if (stopping !== undefined) recorder.stopped(view, { address });
    return send(reply, toStopReply(view, stopping, toFormat(request.raw), parseVisit(query)));
  };

  return async (call, request, reply, leaving) => {
    const exchange = { request, reply, leaving };
    if (call.kind === 'task') return await serveTask(call, exchange);
    if (call.kind === 'home') return await serveHome(call, request, reply);
    if (call.kind === 'overview') return await serveOverview(call, request, reply);
    const feed = trigger.look(call.runId);
    if (feed === undefined) return undefined;
    if (call.kind === 'stop') return stop(call, feed, request, reply);
    return call.kind === 'again'
      ? await serveAgain(call, feed, exchange)
      : await serveRun(call, feed, exchange);
  };
}

function toFormat(request: IncomingMessage): Format {
  const wanted = new Negotiator(request).mediaType([...formats]);
  return formats.find((format) => format === wanted) ?? formats[0];
}

/** Whether the caller prefers events. */
function wantsEvents(request: IncomingMessage): boolean {
  return new Negotiator(request).mediaType([...formats, 'text/event-stream']) === 'text/event-stream';
}

function wantsToFollow(query: string): boolean {
  return new URLSearchParams(query).has('follow');
}
