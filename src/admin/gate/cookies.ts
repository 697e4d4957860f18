// Cookies as the gate writes them.
import { stringifySetCookie } from 'cookie';
import type { Visitor } from './gate.ts';

/** The name of our own session's cookie: with the prefix, which only works over HTTPS, no other host and no plain-HTTP page can set it. */
export function toSessionCookieName({ isSecure }: Pick<Visitor, 'isSecure'>): string {
  return isSecure ? '__Host-remotetask' : 'remotetask-admin';
}

/** Sets the cookie of our own session, or removes it from the browser. */
export function renderSessionCookie(visitor: Pick<Visitor, 'isSecure'>, token: string | undefined): string {
  return stringifySetCookie({
    name: toSessionCookieName(visitor),
    value: token ?? '',
    path: '/',
    httpOnly: true,
    secure: visitor.isSecure,
    sameSite: 'strict',
    ...(token === undefined ? { maxAge: 0 } : {}),
  });
}

/**
 * Sets DSM's own session cookie, or removes it from the browser. Like DSM's own, it has no `Secure`: with it, the
 * browser would not let DSM's plain-HTTP pages on the same host set theirs.
 */
export function renderDsmCookie(id: string | undefined): string {
  return stringifySetCookie(
    { name: 'id', value: id ?? '', path: '/', httpOnly: true, ...(id === undefined ? { maxAge: 0 } : {}) },
    { encode: (value) => value },
  );
}
