// The gate "dsm": admits administrators who are signed in to DSM on this NAS, in the same browser and under the same host name.
import { isIP } from 'node:net';
import type { Browser } from '../../dsm/dsm-programs.ts';
import { toPlainAddress } from '../../listener/address.ts';
import { findCookie } from '../../listener/find-cookie.ts';
import { isOpaqueValue } from '../../opaque-value.ts';
import { createCsrfTokens } from './csrf.ts';
import type { DsmJudge, SignedInBrowser } from './dsm-judge.ts';
import type { Entry, AdminGate, Visitor } from './gate.ts';

/** DSM's own session is the only one, so this gate has no sign-in and no sign-out. */
export function createDsmGate({ judge }: Pick<DsmJudge, 'judge'>): AdminGate {
  const toCsrfToken = createCsrfTokens();
  const admit = async (visitor: Visitor): Promise<Entry> => {
    const browser = toSignedInBrowser(visitor);
    if (browser === undefined)
      return { kind: 'stranger', reason: 'the browser shows no session of DSM', setCookies: [] };
    const { synoToken } = visitor;
    if (synoToken !== undefined && !isOpaqueValue(synoToken))
      return { kind: 'stranger', reason: 'the SynoToken is malformed', setCookies: [] };
    // For a request that changes something, DSM's token is never fetched on the browser's behalf, because it protects against forged requests.
    const judgement = await judge(browser, { synoToken, mayFetchToken: !visitor.isPost });
    if (judgement.kind !== 'admin') return { kind: 'stranger', reason: judgement.reason, setCookies: [] };
    const { user } = judgement;
    return { kind: 'admin', user, csrfToken: toCsrfToken(`${browser.sessionId}\n${user}`), setCookies: [] };
  };
  return {
    fields: [],
    admit,
    signIn: () => Promise.resolve({ kind: 'unavailable', problem: 'not-in-dsm' }),
    signOut: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
}

/** What DSM may learn about a browser; undefined for an invalid address. */
export function toBrowser({ address, host }: Visitor): Omit<Browser, 'sessionId'> | undefined {
  // DSM's own web server passes addresses without a zone, and IPv4 addresses in their own form.
  const plain = toPlainAddress(address.split('%')[0] ?? '');
  if (isIP(plain) === 0) return undefined;
  return { address: plain, host: host !== undefined && /^[\w.:[\]-]{1,255}$/.test(host) ? host : undefined };
}

/** The browser, if it presents something that can be a session of DSM. */
export function toSignedInBrowser(visitor: Visitor): SignedInBrowser | undefined {
  const sessionId = findCookie(visitor.cookieHeader, 'id');
  const browser = toBrowser(visitor);
  return browser === undefined || sessionId === undefined || !isOpaqueValue(sessionId)
    ? undefined
    : { ...browser, sessionId };
}
