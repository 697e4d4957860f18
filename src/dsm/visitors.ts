// Accounts of DSM that visitors of the admin page sign in with, by the Web API. Their sessions stay here; others know only their numbers.
import { proveAdministrator } from './administrator.ts';
import { isOfTheMoment, isSessionOver } from './errors.ts';
import { createDsmHttp, type SendToDsm } from './http.ts';
import type { NasAddress } from './options.ts';
import { callInSession } from './session-call.ts';
import { signIn, signOut, type Session } from './sign-in.ts';

/** How long DSM may take to confirm that an account is an administrator's. */
const proofMs = 5000;
/** How long a sign-in may take. */
const signInMs = 15_000;
/** How many sessions may exist: more than the admin page has. A new one then ends the oldest. */
const maxSessions = 64;

/** DSM refused, with its error number. */
interface VisitorRefused {
  readonly kind: 'refused';
  readonly code: number;
  readonly reason: string;
  /** Whether the session is over. */
  readonly isSessionOver: boolean;
  /** Whether the same may work later. */
  readonly isPassing: boolean;
}
interface VisitorUnanswered {
  readonly kind: 'unanswered';
  readonly reason: string;
}

/** Whether a visitor is an administrator. Reasons are for the log. */
export type VisitorProof =
  | { readonly kind: 'administrator' }
  | { readonly kind: 'ordinary' | 'unclear'; readonly reason: string }
  | VisitorRefused
  | VisitorUnanswered;

/** The result of a sign-in; `isAttempt` is whether the password was sent to DSM. */
type VisitorSignIn =
  | { readonly kind: 'signed-in'; readonly session: number }
  | ((VisitorRefused | VisitorUnanswered) & { readonly isAttempt: boolean });

export interface Visitors {
  signIn(account: string, password: string, code: string | undefined): Promise<VisitorSignIn>;
  prove(session: number): Promise<VisitorProof>;
  /** Resolves once DSM has been asked to end the session; without effect if there is no such session. */
  signOut(session: number): Promise<void>;
}

interface VisitorSession {
  readonly session: Session;
  readonly nas: NasAddress;
  readonly send: SendToDsm;
}

/** Creates the keeper of these sessions; `findNas` finds the NAS whose accounts may enter now. */
export function createVisitors(
  findNas: () => NasAddress | undefined,
): Visitors & { readonly signOutAll: () => Promise<void> } {
  const sessions = new Map<number, VisitorSession>();
  let opened = 0;
  const end = async (number: number): Promise<void> => {
    const one = sessions.get(number);
    sessions.delete(number);
    if (one !== undefined) await signOut(one.send, one.session, one.nas);
  };
  return {
    async signIn(account, password, code) {
      const nas = findNas();
      if (nas === undefined)
        return { kind: 'unanswered', reason: 'The config names no NAS to sign in to.', isAttempt: false };
      const send = createDsmHttp(nas);
      const access = { ...nas, account, password, deviceToken: undefined };
      const result = await signIn(send, access, AbortSignal.timeout(signInMs), code, false);
      if (result.kind !== 'signed-in') return { ...toPlain(result), isAttempt: result.isAttempt };
      const [oldest] = sessions.keys();
      if (sessions.size >= maxSessions && oldest !== undefined) void end(oldest);
      const session = ++opened;
      sessions.set(session, { session: result.session, nas, send });
      return { kind: 'signed-in', session };
    },
    async prove(number) {
      const one = sessions.get(number);
      if (one === undefined)
        return {
          kind: 'refused',
          code: 119,
          reason: 'The session is over.',
          isSessionOver: true,
          isPassing: true,
        };
      const proof = await proveAdministrator(
        async (request, stop) => await callInSession(one.send, one.session, request, stop),
        AbortSignal.timeout(proofMs),
      );
      return proof.kind === 'refused' || proof.kind === 'unanswered' ? toPlain(proof) : proof;
    },
    signOut: end,
    async signOutAll() {
      await Promise.all([...sessions.keys()].map(end));
    },
  };
}

/** What others learn of a refusal or a missing answer. */
function toPlain(
  result:
    | { readonly kind: 'refused'; readonly code: number; readonly reason: string }
    | { readonly kind: 'unanswered'; readonly reason: string },
): VisitorRefused | VisitorUnanswered {
  const { kind, reason } = result;
  if (kind === 'unanswered') return { kind, reason };
  const { code } = result;
  return { kind, code, reason, isSessionOver: isSessionOver(code), isPassing: isOfTheMoment(code) };
}
