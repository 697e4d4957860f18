// What visitors with a session of our own are told.
import { renderSessionCookie } from './cookies.ts';
import type { Entry, Visitor } from './gate.ts';
import type { Session, Sessions } from './sessions.ts';

const reasons = {
  none: 'the browser shows no session',
  over: 'the session is over',
  elsewhere: 'the session was begun in another network',
} as const;

/** Lets in who has a session. */
export function toAdmin<T>({ id, user }: Session<T>, toCsrfToken: (identity: string) => string): Entry {
  return { kind: 'admin', user, csrfToken: toCsrfToken(id), setCookies: [] };
}

/** Refuses who has none; a cookie that opens nothing any more is taken out of the browser. */
export function toStranger<T>(found: Exclude<ReturnType<Sessions<T>['find']>, Session<T>>, visitor: Visitor): Entry {
  return { kind: 'stranger', reason: reasons[found], setCookies: found === 'over' ? [renderSessionCookie(visitor, undefined)] : [] };
}
