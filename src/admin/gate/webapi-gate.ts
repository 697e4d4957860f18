// The gate "webapi": an administrator of a NAS signs in here with account, password and, if DSM requires it, one-time code.
import type { Clock } from '../../clock.ts';
import type { VisitorProof, Visitors } from '../../dsm/visitors.ts';
import type { Logger } from '../../log/log.ts';
import { renderSessionCookie } from './cookies.ts';
import { createCsrfTokens } from './csrf.ts';
import { explainRefusal, toRefusal, type NoProof } from './dsm-refusals.ts';
import type { Entry, AdminGate, NotSignedIn, SignIn, SignInForm, Visitor } from './gate.ts';
import { toAdmin, toStranger } from './own-entries.ts';
import { createSessions, type Session } from './sessions.ts';
import { createDsmSignInAllowance, findTypingMistake, refuseTooMany, tooManyAtOnce } from './sign-in-form.ts';
import { createSlots } from '../../slots.ts';
import { createVerdicts } from './shared-answers.ts';

/** How long DSM's confirmation that a session is an administrator's stays valid. */
const holdMs = 10_000;
/** How many sign-ins may run at once, and how long others wait for them. */
const maxSignIns = 2;
const usualPatienceMs = 10_000;

/** Tests pass another patience. */
export function createWebApiGate({
  visitors,
  logger,
  clock,
  patienceMs = usualPatienceMs,
}: {
  readonly visitors: Visitors;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly patienceMs?: number;
}): AdminGate {
  const toCsrfToken = createCsrfTokens();
  const allowance = createDsmSignInAllowance(clock);
  const takeSlot = createSlots(maxSignIns);
  const proofs = createVerdicts<VisitorProof>({ holdMs, clock });
  const signingOut = new Set<Promise<void>>();
  const signOut = (session: number): void => {
    const signedOut = visitors.signOut(session).finally(() => signingOut.delete(signedOut));
    signingOut.add(signedOut);
  };
  const sessions = createSessions<number>({ clock, onEnd: ({ value }) => signOut(value) });

  const admit = async (visitor: Visitor): Promise<Entry> => {
    const session = sessions.find(visitor);
    if (typeof session === 'string') return toStranger(session, visitor);
    const proof = await (proofs.find(session.id) ??
      proofs.ask(session.id, async () => await visitors.prove(session.value)));
    if (proof.kind === 'administrator') return toAdmin(session, toCsrfToken);
    if (
      proof.kind === 'ordinary' ||
      (proof.kind === 'refused' && (proof.code === 105 || proof.isSessionOver))
    ) {
      const reason = explainRefusal(proof);
      end(session, reason);
      return { kind: 'stranger', reason, setCookies: [renderSessionCookie(visitor, undefined)] };
    }
    // Not confirmed now, but perhaps later: DSM may be starting up.
    return { kind: 'stranger', reason: proof.reason, setCookies: [] };
  };
  const end = (session: Session<number>, reason: string): void => {
    sessions.end(session);
    logger.info(
      { event: 'admin-session-over', user: session.user, reason },
      `The session of ${session.user} on the admin page is over. ${reason}`,
    );
  };

  const refuse = (address: string, result: NoProof): NotSignedIn => {
    const reason = explainRefusal(result);
    logger.warn(
      { event: 'admin-sign-in-refused', address, reason },
      `Refused a sign-in from ${address}: ${reason}`,
    );
    return toRefusal(result);
  };

  const trySignIn = async ({ account, password, code }: SignInForm, visitor: Visitor): Promise<SignIn> => {
    const { address } = visitor;
    const otpCode = code.replaceAll(/\s/g, '');
    const result = await visitors.signIn(account, password, otpCode === '' ? undefined : otpCode);
    if (result.kind !== 'signed-in') {
      // Not a guess: DSM was not asked, or the password was right.
      if (!result.isAttempt || (result.kind === 'refused' && result.code === 403))
        allowance.giveBack(address);
      return refuse(address, result);
    }
    const proof = await visitors.prove(result.session);
    if (proof.kind !== 'administrator') {
      signOut(result.session);
      // The password was right, and DSM's current trouble is not the visitor's fault.
      if (proof.kind === 'unanswered' || (proof.kind === 'refused' && proof.isPassing))
        allowance.giveBack(address);
      return refuse(address, proof);
    }
    allowance.giveBack(address);
    const { session, setCookie } = sessions.open(account, result.session, visitor);
    void proofs.ask(session.id, () => Promise.resolve(proof));
    logger.info(
      { event: 'admin-entered', user: account, address },
      `${account} entered the admin page from ${address}`,
    );
    return { kind: 'signed-in', setCookies: [setCookie] };
  };

  return {
    fields: ['account', 'password', 'code'],
    admit,
    async signIn(form, visitor) {
      const mistake = findTypingMistake(form);
      if (mistake !== undefined) return mistake;
      const waitMs = allowance.take(visitor.address);
      if (waitMs > 0) return refuseTooMany(waitMs);
      const release = await takeSlot(AbortSignal.timeout(patienceMs));
      if (release === undefined) {
        // DSM was not asked.
        allowance.giveBack(visitor.address);
        return tooManyAtOnce;
      }
      return await trySignIn(form, visitor).finally(release);
    },
    signOut(visitor) {
      const session = sessions.find(visitor);
      if (typeof session !== 'string') sessions.end(session);
      return Promise.resolve([renderSessionCookie(visitor, undefined)]);
    },
    async close() {
      sessions.endAll();
      await Promise.all(signingOut);
    },
  };
}
