// The gate "dsm-login": the gate "dsm" with its own sign-in form, which passes account and password to DSM's login.cgi.
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../log/log.ts';
import { renderDsmCookie } from './cookies.ts';
import { createDsmGate, toBrowser, toSignedInBrowser } from './dsm-gate.ts';
import type { DsmJudge } from './dsm-judge.ts';
import type { AdminGate, SignIn, SignInForm, Visitor } from './gate.ts';
import {
  createDsmSignInAllowance,
  dsmSilent,
  findTypingMistake,
  notAdministrator,
  refuseTooMany,
  tooManyAtOnce,
  wrongCredentials,
} from './sign-in-form.ts';

/** Passes the session that DSM begins on to the browser, which is then signed in to DSM as well. */
export function createDsmLoginGate({
  judge,
  logger,
  clock,
}: {
  readonly judge: DsmJudge;
  readonly logger: Logger;
  readonly clock: Clock;
}): AdminGate {
  const gate = createDsmGate(judge);
  const allowance = createDsmSignInAllowance(clock);
  const refuse = (address: string, reason: string): void =>
    logger.warn(
      { event: 'admin-sign-in-refused', address, reason },
      `Refused a sign-in from ${address}: ${reason}`,
    );

  const signIn = async (form: SignInForm, visitor: Visitor): Promise<SignIn> => {
    const browser = toBrowser(visitor);
    const mistake = findTypingMistake(form);
    if (mistake !== undefined || browser === undefined) return mistake ?? dsmSilent;
    const waitMs = allowance.take(visitor.address);
    if (waitMs > 0) return refuseTooMany(waitMs);
    const answer = await judge.ask(async (dsm) => await dsm.signIn(browser, form.account, form.password));
    if (answer.kind === 'none') {
      if (answer.wasAsked !== false) return dsmSilent;
      allowance.giveBack(visitor.address);
      return tooManyAtOnce;
    }
    const { isSignedIn, sessionId } = answer.value;
    if (!isSignedIn) {
      refuse(visitor.address, 'DSM does not take account and password');
      return wrongCredentials;
    }
    if (sessionId === undefined) {
      refuse(visitor.address, 'login.cgi gave no session that can be handed on');
      return dsmSilent;
    }
    // The session has just begun here, so no request in it can be forged: its token may be requested.
    const judgement = await judge.judge(
      { ...browser, sessionId },
      { synoToken: undefined, mayFetchToken: true, isNew: true },
    );
    if (judgement.kind !== 'admin') {
      refuse(visitor.address, judgement.reason);
      // The password was right, and DSM's missing answer afterwards is not the visitor's fault.
      if (judgement.kind === 'unknown') allowance.giveBack(visitor.address);
      return judgement.kind === 'no-admin' ? notAdministrator : dsmSilent;
    }
    allowance.giveBack(visitor.address);
    return { kind: 'signed-in', setCookies: [renderDsmCookie(sessionId)] };
  };
  return {
    ...gate,
    fields: ['account', 'password'],
    signIn,
    signOut(visitor) {
      const browser = toSignedInBrowser(visitor);
      if (browser !== undefined) judge.forget(browser);
      return Promise.resolve([renderDsmCookie(undefined)]);
    },
  };
}
