// The story of an admitted call: the rate limit, the start, the note of it; then the form, the wait and the reply.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Flood } from '../attempts/flood.ts';
import type { Recorder } from '../attempts/recorder.ts';
import type { Trigger } from '../entry/trigger.ts';
import type { Following, FollowUps } from '../follow-ups/follow-ups.ts';
import type { Icons } from '../icons/icons.ts';
import { toNetwork } from '../listener/address.ts';
import { readChosenTime } from './chosen-time.ts';
import type { AdmittedCall, TaskCall } from './door.ts';
import type { Limits } from './limits.ts';
import { parsePosition } from './live.ts';
import { toOverviewAction } from './pages/overview-page.ts';
import { findQueryFault } from './query.ts';
import { renderGuestCookie } from './guest-runs.ts';
import { toAttemptReply, type Attempt } from './replies.ts';
import { toStartReply } from './run-replies.ts';
import { send, sendEvents } from './send.ts';
import { createServeHome } from './serve-home.ts';
import { createServeOverview } from './serve-overview.ts';
import { createServeRun, sendStreamOf, type CallWish, type Exchange } from './serve-run.ts';
import { waitForEnd } from './wait.ts';
import { toWanted } from './wanted.ts';

export interface ServeCallsOptions {
  readonly trigger: Trigger;
  readonly followUps: FollowUps;
  readonly limits: () => Limits;
  readonly flood: Flood;
  readonly icons: Icons;
  readonly recorder: Pick<Recorder, 'attempted' | 'stopped'>;
}

/**
 * Serves one admitted call; returns undefined if its task no longer exists. When `leaving` is aborted, waits and
 * streams end with the run's current state.
 */
export type ServeCall = (
  call: AdmittedCall,
  request: FastifyRequest,
  reply: FastifyReply,
  leaving: AbortSignal,
) => Promise<FastifyReply | undefined>;

export function createServeCall({
  trigger,
  followUps,
  limits,
  flood,
  icons,
  recorder,
}: ServeCallsOptions): ServeCall {
  const serveWish = async (wish: CallWish, exchange: Exchange): Promise<FastifyReply | undefined> => {
    const { admission, place, query, nonce, again, toAction, path } = wish;
    const { task, name, label, address } = admission;
    const { request, reply, leaving } = exchange;
    const wanted = toWanted(request.raw, query);
    const toFollowing = (attempt: Attempt): Following | undefined =>
      'run' in attempt ? followUps.ofRun(attempt.run.run) : undefined;
    const answer = (attempt: Attempt, offer?: string): FastifyReply =>
      send(
        reply,
        toAttemptReply(
          attempt,
          { task: admission, again: offer, following: toFollowing(attempt), toAction, path },
          wanted,
        ),
      );

    const retryAfterSeconds = await limits().secondsToWait(task, label);
    if (retryAfterSeconds > 0) {
      flood.count({ address, network: toNetwork(address), why: 'limited' });
      return answer({ kind: 'limited', retryAfterSeconds });
    }
    const intent = again === undefined ? 'start' : 'again';
    const made = { intent, task, name, label, address } as const;
    const { chosenMs, fault, rest } = readChosenTime(query, followUps.thenOf(task));
    const why = fault ?? findQueryFault(rest, place, wanted);
    if (why !== undefined) {
      const refused = { kind: 'bad-query', why } as const;
      recorder.attempted(refused, made);
      return answer(refused);
    }
    const idempotencyKey = toIdempotencyKey(request);
    const result = await trigger.start(admission, { idempotencyKey, nonce, again, chosenMs });
    if (result === undefined) return undefined;
    recorder.attempted(result, made);
    if (!('run' in result)) return answer(result);
    const { kind, run } = result;
    // A repeat of the same call changes nothing.
    if (kind === 'joined' && idempotencyKey === undefined)
      await followUps.renew(run.id, chosenMs, { address, label });
    if (kind === 'busy' || kind === 'full') return answer({ kind, run: run.view() });
    if (wanted.stream !== undefined) reply.header('X-Run', kind);
    const stream = sendStreamOf(run, wanted, exchange);
    if (stream !== undefined) return stream;
    if (admission.isGuest && wanted.format === 'text/html' && admission.keys.task !== undefined)
      reply.header(
        'Set-Cookie',
        renderGuestCookie(admission.keys.task, run.id, { isSecure: request.protocol === 'https' }),
      );
    const view = await waitForEnd(run, wanted.waitMs, leaving);
    const offer = wanted.format === 'text/html' ? trigger.offerAgain(admission, run.id) : undefined;
    return answer({ kind, run: view }, offer);
  };

  const serveHome = createServeHome(icons);
  const serveOverview = createServeOverview({ trigger, followUps, icons });
  const serveRun = createServeRun({ trigger, followUps, flood, recorder, serveWish });
  return async (call, request, reply, leaving) => {
    const exchange = { request, reply, leaving };
    switch (call.kind) {
      case 'task': {
        const seen = parseSeen(request, call.query);
        if (seen !== undefined)
          return sendEvents(reply, trigger.look(Buffer.from(seen.run)), { seen, leaving });
        return await serveWish(toWish(call, request), exchange);
      }
      case 'earlier': {
        const run = (await call.feed)?.view();
        const wanted = toWanted(request.raw, call.query);
        const answer = { again: undefined, following: run && followUps.ofRun(run.run) };
        return run && send(reply, toStartReply('joined', run, wanted, answer));
      }
      case 'home':
        return await serveHome(call, request, reply);
      case 'overview':
        return await serveOverview(call, request, reply);
      default:
        return await serveRun(call, exchange);
    }
  };
}

/** What an EventSource that calls a task again has seen of its run: it wants the rest, and no other run. */
function parseSeen({ raw }: FastifyRequest, query: string): ReturnType<typeof parsePosition> {
  return toWanted(raw, query).stream === 'events' ? parsePosition(raw.headers['last-event-id']) : undefined;
}

function toWish({ admission: given, query, path }: TaskCall, { method }: FastifyRequest): CallWish {
  const parameters = new URLSearchParams(query);
  // What previews and scans a message opens the link in it, and must not spend it: only a POST starts something.
  const asksGuest = given.isGuest && (method !== 'POST' || parameters.has('nonce'));
  const admission = asksGuest ? { ...given, asksFirst: true } : given;
  const after = parameters.get('after');
  const chosen = after === null ? '' : `&after=${encodeURIComponent(after)}`;
  return {
    admission,
    place: path === undefined ? 'button' : 'task',
    query,
    nonce: method === 'POST' ? (parameters.get('nonce') ?? undefined) : undefined,
    again: undefined,
    toAction: (nonce) =>
      path === undefined ? toOverviewAction(admission.task, nonce) : `?nonce=${nonce}${chosen}`,
    path,
  };
}

function toIdempotencyKey({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  return typeof key === 'string' && key !== '' ? key : undefined;
}
