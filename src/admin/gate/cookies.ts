// Cookies as the gate reads and writes them.
import { parseCookie, stringifySetCookie } from 'cookie';
import type { Visitor } from './gate.ts';

/** The value of a cookie in the header; undefined if the cookie is missing, or if several have that name. */
export function findCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  const isAmbiguous = header.split(';').filter((part) => part.split('=')[0]?.trim() === name).length > 1;
  return isAmbiguous ? undefined : parseCookie(header, { decode: (value) => value })[name];
}

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
