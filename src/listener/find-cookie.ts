// Finds a cookie in a request's header.
import { parseCookie } from 'cookie';

/** The value of a cookie in the header; undefined if the cookie is missing, or if several have that name. */
export function findCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  const isAmbiguous = header.split(';').filter((part) => part.split('=')[0]?.trim() === name).length > 1;
  return isAmbiguous ? undefined : parseCookie(header, { decode: (value) => value })[name];
}
