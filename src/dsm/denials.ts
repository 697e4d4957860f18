// Error 105: DSM says so where the account has no right, and some DSMs say so of a session that they no longer know.
import type { Clock } from '../clock.ts';
import type { DsmRequest } from './call.ts';
import type { Session } from './sign-in.ts';

/** An older session may have lapsed, even if nothing was asked in it so far. */
const freshMs = 60_000;
/** A call that is denied in a new session, too, is not the session's fault for so long. */
const deniedMs = 600_000;
/** A sign-in that has to wait longer than this does not serve a call that is under way. */
const patienceMs = 10_000;

export interface Denials {
  noteSignIn(session: Session): void;
  noteAnswer(session: Session, request: DsmRequest): void;
  /** Whether a 105 is worth another sign-in, which may be made after `waitMs`: a session that has worked before may have lapsed. */
  isLapse(session: Session, request: DsmRequest, waitMs: number): boolean;
}

export function createDenials({ nowMs }: Clock): Denials {
  const bornMs = new WeakMap<Session, number>();
  const worked = new WeakSet<Session>();
  /** When a call was last denied in each session that it was made in. */
  const suspectedMs = new Map<string, number>();
  const toName = ({ api, method }: DsmRequest): string => `${api} ${method}`;
  return {
    noteSignIn: (session) => void bornMs.set(session, nowMs()),
    noteAnswer(session, request) {
      worked.add(session);
      suspectedMs.delete(toName(request));
    },
    isLapse(session, request, waitMs) {
      const now = nowMs();
      const age = now - (bornMs.get(session) ?? now);
      const isDenied = now - (suspectedMs.get(toName(request)) ?? -Infinity) < deniedMs;
      if (isDenied || waitMs > patienceMs || (!worked.has(session) && age < freshMs)) return false;
      suspectedMs.set(toName(request), now);
      return true;
    },
  };
}
