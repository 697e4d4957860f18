// Decides whether a browser belongs to an administrator of this NAS, by asking DSM's programs no more often than needed.
import { hash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../log/log.ts';
import { createAllowance } from './allowance.ts';
import type { AskDsm, Answered, Browser } from '../../dsm/dsm-programs.ts';
import type { DsmSignIns } from '../../worker/asked-sign-ins.ts';
import { createSlots } from '../../slots.ts';
import { createVerdicts } from './shared-answers.ts';

/** How long DSM's answer is valid. */
const holdMs = 10_000;
/** How often DSM is asked about browsers that were not admitted lately; each question costs a few processes. */
const strangers = { perNetwork: { burst: 5, everyMs: 6000 }, inAll: { burst: 20, everyMs: 2000 } };
/** How many questions may be open at once: about strangers, and, so that strangers delay no one else, about other browsers. */
const maxOpen = 2;
/** How many browsers are remembered. */
const maxKnown = 64;

/** `unknown`: DSM gave no clear answer, or was not asked. Reasons are for the log. */
type Judgement =
  | { readonly kind: 'admin'; readonly user: string }
  | { readonly kind: 'no-admin' | 'nobody' | 'unknown'; readonly reason: string };

/** A browser that presents a session of DSM. */
export interface SignedInBrowser extends Browser {
  readonly sessionId: string;
}

/** The relevant parts of a request besides the session. */
interface JudgedRequest {
  /** DSM's token against forged requests, if the request has one. */
  readonly synoToken: string | undefined;
  /** Whether DSM may be asked for that token on the browser's behalf: not for a request that changes something. */
  readonly mayFetchToken: boolean;
  /** Whether DSM has just begun the session, so that it is not a guess. */
  readonly isNew?: boolean;
}

export interface DsmJudge {
  /** Whose session a browser presents. */
  judge(browser: SignedInBrowser, request: JudgedRequest): Promise<Judgement>;
  /** Asks DSM's programs something else, queued with the other questions. */
  ask<T>(question: (dsm: AskDsm) => Promise<Answered<T>>): Promise<Answered<T>>;
  forget(browser: SignedInBrowser): void;
}

export interface DsmJudgeOptions extends Pick<DsmSignIns, 'askPrograms'> {
  /** How long a question may wait for others. */
  readonly patienceMs?: number;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Creates a judge that has not asked anything yet. */
export function createDsmJudge({ askPrograms, logger, clock, patienceMs = 5000 }: DsmJudgeOptions): DsmJudge {
  const verdicts = createVerdicts<Judgement>({ holdMs, clock });
  const allowance = createAllowance({ ...strangers, clock });
  const takeSlot = { known: createSlots(maxOpen), stranger: createSlots(maxOpen) };
  /**
   * The tokens of browsers that were admitted when last judged, the latest at the end. The token that DSM gave for reading a page
   * also serves that page's forms, because these carry our own token against forged requests.
   */
  const known = new Map<string, { readonly synoToken: string | undefined }>();
  let trouble: string | undefined;

  const ask = async <T>(
    about: keyof typeof takeSlot,
    question: (dsm: AskDsm) => Promise<Answered<T>>,
  ): Promise<Answered<T>> => {
    const release = await takeSlot[about](AbortSignal.timeout(patienceMs));
    if (release === undefined)
      return {
        kind: 'none',
        reason: 'DSM was not asked: earlier questions are not answered yet',
        wasAsked: false,
      };
    const started: Promise<unknown>[] = [];
    const answer = await question(askPrograms((gone) => void started.push(gone))).finally(() => {
      void Promise.all(started).then(release);
    });
    const isNews = answer.kind === 'none' && answer.reason !== trouble;
    trouble = answer.kind === 'none' ? answer.reason : undefined;
    if (isNews)
      logger.warn(
        { event: 'admin-gate-trouble', reason: answer.reason },
        `Cannot ask DSM who is signed in: ${answer.reason}`,
      );
    return answer;
  };

  /** What is known about a browser, unless it now presents a different token: another site's link may have supplied it. */
  const recall = (
    browser: SignedInBrowser,
    given: string | undefined,
  ): { readonly synoToken: string | undefined } | undefined => {
    const memory = known.get(toKey(browser));
    return given === undefined || given === memory?.synoToken ? memory : undefined;
  };

  /** The user, and the token that DSM accepted. */
  const identify = async (
    dsm: AskDsm,
    browser: SignedInBrowser,
    given: string | undefined,
    mayFetchToken: boolean,
  ): Promise<Answered<{ readonly user: string | undefined; readonly synoToken: string | undefined }>> => {
    const memory = recall(browser, given);
    if (given !== undefined || memory !== undefined || !mayFetchToken) {
      const synoToken = given ?? memory?.synoToken;
      const answer = await dsm.loadUser(browser, synoToken);
      if (answer.kind === 'none') return answer;
      if (answer.value !== undefined || given !== undefined || !mayFetchToken)
        return { kind: 'answered', value: { user: answer.value, synoToken } };
    }
    const synoToken = await dsm.loadToken(browser);
    const answer = await dsm.loadUser(browser, synoToken);
    return answer.kind === 'none' ? answer : { kind: 'answered', value: { user: answer.value, synoToken } };
  };

  const decide = async (
    browser: SignedInBrowser,
    { synoToken: given, mayFetchToken, isNew }: JudgedRequest,
  ): Promise<Judgement> => {
    const key = toKey(browser);
    const wasKnown = recall(browser, given) !== undefined;
    const answer = await ask(wasKnown ? 'known' : 'stranger', async (dsm) => {
      const identified = await identify(dsm, browser, given, mayFetchToken);
      if (identified.kind === 'none') return identified;
      const { user, synoToken } = identified.value;
      const member: Answered<boolean> =
        user === undefined ? { kind: 'answered', value: false } : await dsm.isMember(user);
      return member.kind === 'none'
        ? member
        : { kind: 'answered', value: { user, synoToken, isMember: member.value } };
    });
    if (answer.kind === 'none') {
      if (answer.wasAsked === false && !wasKnown && isNew !== true) allowance.giveBack(browser.address);
      return { kind: 'unknown', reason: answer.reason };
    }
    if (wasKnown) known.delete(key);
    const { user, synoToken, isMember } = answer.value;
    if (user === undefined) return { kind: 'nobody', reason: 'DSM knows no such session from this address' };
    if (!isMember) return { kind: 'no-admin', reason: 'the user is not in the group that may enter' };
    if (!wasKnown && isNew !== true) allowance.giveBack(browser.address);
    if (!known.has(key) && !wasKnown)
      logger.info(
        { event: 'admin-entered', user, address: browser.address },
        `${user} entered the admin page from ${browser.address}`,
      );
    const [oldest] = known.keys();
    if (known.size >= maxKnown && oldest !== undefined) known.delete(oldest);
    known.set(key, { synoToken });
    return { kind: 'admin', user };
  };

  return {
    async judge(browser, request) {
      const { synoToken, mayFetchToken, isNew } = request;
      const key = hash(
        'sha256',
        JSON.stringify([browser.sessionId, browser.address, synoToken ?? null, mayFetchToken]),
      );
      const shared = verdicts.find(key);
      if (shared !== undefined) return await shared;
      const isFree = isNew === true || recall(browser, synoToken) !== undefined;
      if (!isFree && allowance.take(browser.address) > 0)
        return { kind: 'unknown', reason: 'DSM was not asked: too many invalid sessions' };
      return await verdicts.ask(key, async () => await decide(browser, request));
    },
    ask: async (question) => await ask('stranger', question),
    forget: (browser) => void known.delete(toKey(browser)),
  };
}

function toKey({ sessionId, address }: SignedInBrowser): string {
  return hash('sha256', JSON.stringify([sessionId, address]));
}
