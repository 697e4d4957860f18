// The gate's answers for visitors with a session of our own.
import { renderSessionCookie } from './cookies.ts';
import type { Entry, Visitor } from './gate.ts';
import type { Session, Sessions } from './sessions.ts';

const reasons = {
  none: 'the browser shows no session',
  over: 'the session is over',
  elsewhere: 'the session was begun in another network',
} as const;

/** Admits a visitor with a session. */
export function toAdmin<T>({ id, user }: Session<T>, toCsrfToken: (identity: string) => string): Entry {
  return { kind: 'admin', user, csrfToken: toCsrfToken(id), setCookies: [] };
}

/** Refuses a visitor without a session; an invalid cookie is removed from the browser. */
export function toStranger<T>(
  found: Exclude<ReturnType<Sessions<T>['find']>, Session<T>>,
  visitor: Visitor,
): Entry {
  return {
    kind: 'stranger',
    reason: reasons[found],
    setCookies: found === 'over' ? [renderSessionCookie(visitor, undefined)] : [],
  };
}
