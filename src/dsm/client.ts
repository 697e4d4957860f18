// A client of DSM's Web API: signs in when necessary, keeps the session, renews it when it has expired, and makes calls.
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { renderDuration } from '../values/duration.ts';
import type { Logger } from '../log/log.ts';
import { explain } from '../outcome.ts';
import type { Trouble } from '../reasons/reason.ts';
import { ofNas, type CallDsm, type Unanswered } from './call.ts';
import { isSessionOver, isSignInHopeless } from './errors.ts';
import { createDsmHttp, type SendToDsm } from './http.ts';
import { renderNas, type WebApiAccess } from './options.ts';
import { createDenials } from './denials.ts';
import { callInSession } from './session-call.ts';
import { createSignInPace } from './sign-in-pace.ts';
import { signIn, signOut, type Session } from './sign-in.ts';

/** How long a call waits for the next sign-in; if it would take longer, the call fails and may be tried later. */
const patienceMs = 10_000;

/** The state of the connection to DSM. `retryInMs` is the earliest time until the next sign-in. */
type DsmHealth =
  | { readonly kind: 'unused' | 'signed-in' | 'signed-out' }
  | { readonly kind: 'failing'; readonly reason: string; readonly retryInMs: number };

export interface DsmClient {
  readonly call: CallDsm;
  readonly health: () => DsmHealth;
  /** Signs out. */
  readonly close: () => Promise<void>;
}

export interface DsmClientOptions {
  /** The name of the NAS; '' if the config gives it no name. */
  readonly name: string;
  readonly access: WebApiAccess;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Sends requests; the default uses the network. */
  readonly send?: SendToDsm;
  /** Called when the session is over; `code` is DSM's error, or undefined if DSM no longer answers. */
  readonly onSessionOver?: ((code: number | undefined) => void) | undefined;
  /** Called when `health` may have changed. */
  readonly onChange?: () => void;
}

/** Creates a client that does nothing until the first call. It has one session, and never more than one sign-in at a time. */
export function createDsmClient({
  name,
  access,
  logger,
  clock,
  send = createDsmHttp(access),
  onSessionOver = () => {},
  onChange = () => {},
}: DsmClientOptions): DsmClient {
  const pace = createSignInPace(clock);
  const closing = new AbortController();
  let session: Session | undefined;
  let signingIn: Promise<Session | Unanswered> | undefined;
  let failure: { readonly reason: string; readonly why: Trouble; readonly isLasting: boolean } | undefined;
  let wasUsed = false;
  const denials = createDenials(clock);
  const nas = name === '' ? {} : { nas: name };

  const tryAgainLater = (): Unanswered => {
    const { why, isLasting } = failure ?? { why: { code: 'dsm-ends-sessions' } as const, isLasting: false };
    const later = explain({ ...why, retryInMs: pace.waitMs() });
    return { kind: 'unanswered', ...later, mayHaveActed: false, isLasting };
  };

  const trySignIn = async (): Promise<Session | Unanswered> => {
    const waitMs = pace.waitMs();
    if (waitMs > patienceMs) return tryAgainLater();
    await pause(waitMs, undefined, { signal: closing.signal }).catch(() => {});
    const result = await signIn(send, access, closing.signal);
    if (result.kind === 'signed-in') {
      pace.noteSuccess();
      failure = undefined;
      session = result.session;
      denials.noteSignIn(session);
      logger.info(
        { event: 'dsm-signed-in', ...nas, version: result.version },
        `Signed in to ${renderNas(name)}`,
      );
      return result.session;
    }
    const isHopeless = result.kind === 'refused' && isSignInHopeless(result.code);
    const isLasting = isHopeless || (result.kind === 'unanswered' && result.isLasting);
    const { reason, why } = ofNas(name, result);
    const isNews = failure?.reason !== reason;
    failure = { reason, why, isLasting };
    if (isHopeless) pace.noteHopeless();
    else if (result.isAttempt) pace.noteFailure();
    const pauseMs = pace.waitMs();
    const isLong = pauseMs > patienceMs;
    const until = isLong
      ? ` It is not tried again within ${renderDuration(pauseMs)}, unless the config is changed.`
      : '';
    if (isNews)
      logger[isLasting ? 'error' : 'warn'](
        {
          event: 'dsm-sign-in-failed',
          ...nas,
          ...(result.kind === 'refused' ? { code: result.code } : {}),
          pauseMs: Math.round(pauseMs),
        },
        `Cannot sign in to ${renderNas(name)}. ${reason}${until}`,
      );
    return isLong ? tryAgainLater() : { kind: 'unanswered', reason, why, mayHaveActed: false, isLasting };
  };

  /** The current session, or a new one; all calls that wait meanwhile share one sign-in, which no call's stop ends. */
  const open = async (stop: AbortSignal): Promise<Session | Unanswered> => {
    if (session !== undefined) return session;
    signingIn ??= trySignIn().finally(() => {
      signingIn = undefined;
      onChange();
    });
    const { promise: stopped, resolve } = Promise.withResolvers<Unanswered>();
    const giveUp = (): void =>
      resolve({
        kind: 'unanswered',
        ...explain({ code: 'dsm-late' }),
        mayHaveActed: false,
        isLasting: false,
      });
    stop.addEventListener('abort', giveUp, { once: true });
    if (stop.aborted) giveUp();
    try {
      return await Promise.race([signingIn, stopped]);
    } finally {
      stop.removeEventListener('abort', giveUp);
    }
  };

  return {
    async call(request, stop) {
      if (!wasUsed) {
        wasUsed = true;
        onChange();
      }
      for (let isRenewed = false; ; isRenewed = true) {
        const opened = await open(stop);
        if ('kind' in opened) return opened;
        const found = await callInSession(send, opened, request, stop);
        const answer = found.kind === 'answered' ? found : ofNas(name, found);
        if (answer.kind === 'answered') denials.noteAnswer(opened, request);
        const isLapse =
          answer.kind === 'refused' &&
          (isSessionOver(answer.code) ||
            (answer.code === 105 && (session !== opened || denials.isLapse(opened, request, pace.waitMs()))));
        // The address may be gone, while the name leads to another one.
        const isAway =
          answer.kind === 'unanswered' &&
          !answer.mayHaveActed &&
          !stop.aborted &&
          opened.address !== undefined;
        if (!isLapse && !isAway) return answer;
        if (session === opened) {
          session = undefined;
          onChange();
          if (isLapse) pace.noteLapse();
          // The session may still exist, and DSM limits the number of sessions.
          if (answer.kind === 'refused' && answer.code === 105) void signOut(send, opened, access);
          onSessionOver(answer.kind === 'refused' ? answer.code : undefined);
          logger.info(
            {
              event: 'dsm-session-over',
              ...nas,
              ...(answer.kind === 'refused' ? { code: answer.code } : {}),
            },
            `${name === '' ? 'DSM' : `The NAS ${name}`} ${answer.kind === 'refused' ? `has ended the session (error ${answer.code})` : 'no longer answers at the address of the session'}`,
          );
        }
        if (isRenewed) return answer;
      }
    },
    health() {
      if (failure !== undefined) return { kind: 'failing', reason: failure.reason, retryInMs: pace.waitMs() };
      return { kind: session !== undefined ? 'signed-in' : wasUsed ? 'signed-out' : 'unused' };
    },
    async close() {
      closing.abort();
      const last = session;
      session = undefined;
      if (last !== undefined) await signOut(send, last, access);
    },
  };
}
