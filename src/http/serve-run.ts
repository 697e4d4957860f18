// Serves calls about an existing run: its page, a stop, and the button that starts its task once more.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Flood } from '../attempts/flood.ts';
import type { Recorder } from '../attempts/recorder.ts';
import type { Admitted } from '../entry/gate.ts';
import type { Trigger } from '../entry/trigger.ts';
import { toNetwork } from '../listener/address.ts';
import type { RunFeed, RunView } from '../runs/run-view.ts';
import type { RunCall } from './door.ts';
import { parsePosition, type Position } from './live.ts';
import { isWorthAnother } from './pages/run-page.ts';
import { parseVisit } from './pages/visit.ts';
import { findQueryFault, type Place, type QueryFault } from './query.ts';
import { toQueryReply, toRunReply, toSpentReply, toStopReply } from './run-replies.ts';
import { send, sendEvents, sendFollowed } from './send.ts';
import { waitForEnd } from './wait.ts';
import { createServeThen, type ServeThenOptions } from './serve-then.ts';
import { toWanted, type Wanted } from './wanted.ts';

/** The first page of a run that takes no longer than this shows its end: a reload would come two seconds later. */
const tickMs = 700;

/** One call under way, and the answer to it. When `leaving` is aborted, waits and streams end with the run's current state. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly leaving: AbortSignal;
}

/** A request of an admitted caller to start a task. */
export interface CallWish {
  readonly admission: Admitted;
  readonly place: Extract<Place, 'task' | 'button' | 'again'>;
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

export interface ServeRunOptions {
  readonly trigger: Pick<Trigger, 'admitAgain' | 'isAgainOffered' | 'stop'>;
  readonly followUps: ServeThenOptions['followUps'];
  readonly flood: Pick<Flood, 'count'>;
  readonly recorder: Pick<Recorder, 'stopped' | 'attempted'>;
  /** Serves a request to start a task; undefined if the task no longer exists. */
  readonly serveWish: (wish: CallWish, exchange: Exchange) => Promise<FastifyReply | undefined>;
}

export type ServeRun = (call: RunCall, exchange: Exchange) => Promise<FastifyReply | undefined>;

export function createServeRun({
  trigger,
  followUps,
  flood,
  recorder,
  serveWish,
}: ServeRunOptions): ServeRun {
  const serveAgain: ServeRun = async ({ feed, address, query }, exchange) => {
    const { request, reply } = exchange;
    const view = feed.view();
    const parameters = new URLSearchParams(query);
    const again = parameters.get('nonce') ?? '';
    const admission = isWorthAnother(view)
      ? trigger.admitAgain({ nonce: again, run: view.run, address })
      : undefined;
    if (admission === undefined) {
      flood.count({ address, network: toNetwork(address), why: 'again' });
      return send(reply, toSpentReply(view, toWanted(request.raw, query).format));
    }
    const toAction = (asked: string): string => `?nonce=${again}&answer=${asked}`;
    const nonce = parameters.get('answer') ?? undefined;
    return await serveWish(
      { admission, place: 'again', query, nonce, again, toAction, path: undefined },
      exchange,
    );
  };

  const servePage: ServeRun = async ({ feed, address, query }, exchange) => {
    const { request, reply, leaving } = exchange;
    const wanted = toWanted(request.raw, query);
    const fault = findFaultForScripts(query, 'run', wanted);
    if (fault !== undefined) return send(reply, toQueryReply(feed.view(), fault, wanted.format, 'not shown'));
    const stream = sendStreamOf(feed, wanted, exchange, parsePosition(request.headers['last-event-id']));
    if (stream !== undefined) return stream;
    const view = await waitForEnd(feed, wanted.waitMs + toTickMs(feed.view(), wanted), leaving);
    const visit = parseVisit(query);
    const isAgainOffered =
      visit.again !== undefined && trigger.isAgainOffered({ nonce: visit.again, run: view.run, address });
    const following = followUps.ofRun(view.run);
    const mayDecide =
      following !== undefined &&
      trigger.admitAgain({ nonce: visit.again ?? '', run: view.run, address }) !== undefined;
    return send(reply, toRunReply(view, { visit, isAgainOffered, following, mayDecide }, wanted));
  };

  const stop: ServeRun = async ({ feed, address, query }, { request, reply }) => {
    const view = feed.view();
    const wanted = toWanted(request.raw, query);
    const fault = findFaultForScripts(query, 'stop', wanted);
    if (fault !== undefined) return send(reply, toQueryReply(view, fault, wanted.format, 'not stopped'));
    const stopping = trigger.stop(feed);
    if (stopping !== undefined) recorder.stopped(view, { address });
    return send(reply, toStopReply(view, stopping, wanted.format, parseVisit(query)));
  };

  const then = createServeThen({ trigger, followUps, flood, recorder });
  const serve = { run: servePage, stop, again: serveAgain, then };
  return async (call, exchange) => await serve[call.kind](call, exchange);
}

/** What is wrong with the query of a script. A page of ours opens whatever was added to its address: it starts nothing. */
function findFaultForScripts(query: string, place: Place, wanted: Wanted): QueryFault | undefined {
  return wanted.format === 'text/html' ? undefined : findQueryFault(query, place, wanted);
}

/** How much longer the page of a run that has just begun waits for its end. */
function toTickMs({ state, elapsedMs = 0 }: RunView, { format, hasWaited }: Wanted): number {
  const mayEndSoon = state === 'running' && format === 'text/html' && !hasWaited;
  return mayEndSoon ? Math.max(0, tickMs - elapsedMs) : 0;
}

/** Streams a run to a caller that wants that; `seen` is what the caller has seen of it before. */
export function sendStreamOf(
  feed: RunFeed,
  { stream }: Wanted,
  { reply, leaving }: Exchange,
  seen?: Position,
): FastifyReply | undefined {
  if (stream === 'events') return sendEvents(reply, feed, { seen, leaving });
  return stream === 'output' ? sendFollowed(reply, feed, leaving) : undefined;
}
