// Error 105: DSM returns it if the account lacks the right, and some DSMs also return it for a session that they no longer know.
import type { Clock } from '../clock.ts';
import type { DsmRequest } from './call.ts';
import type { Session } from './sign-in.ts';

/** An older session may have expired, even if it was not used so far. */
const freshMs = 60_000;
/** How long the session is not blamed for the denial of a call that was also denied in a new session. */
const deniedMs = 600_000;
/** A sign-in that has to wait longer than this does not help a pending call. */
const patienceMs = 10_000;

export interface Denials {
  noteSignIn(session: Session): void;
  noteAnswer(session: Session, request: DsmRequest): void;
  /** Whether to sign in again after a 105, which is possible after `waitMs`: a session that has worked before may have expired. */
  isLapse(session: Session, request: DsmRequest, waitMs: number): boolean;
}

export function createDenials({ nowMs }: Clock): Denials {
  const bornMs = new WeakMap<Session, number>();
  const worked = new WeakSet<Session>();
  /** When a call was last denied, for each session in which it was made. */
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
