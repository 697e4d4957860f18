// What a guest's browser remembers: the run that it has started by a link, so that a spent link leads there, and not to the page for strangers.
import { stringifySetCookie } from 'cookie';
import type { Trigger } from '../entry/trigger.ts';
import { toKeyDigest, type KeyDigest } from '../keys.ts';
import { findCookie } from '../listener/find-cookie.ts';
import type { RunFeed } from '../runs/run-view.ts';

/** A further call of a guest whose link is spent: by the browser that has started a run with it. */
export interface EarlierCall {
  readonly kind: 'earlier';
  /** The run; undefined if its start came to nothing. */
  readonly feed: Promise<RunFeed | undefined>;
  readonly query: string;
}

const rememberedSeconds = 86_400;

/** A name for each link, because a proxy may serve us below a path that we do not know: the cookie has the path of the browser's choice. */
function toName(key: KeyDigest): string {
  return `run-${key.slice(0, 16)}`;
}

/** Has the browser remember the run. A run's id shows the run to anyone who has it, and starts nothing. */
export function renderGuestCookie(
  key: KeyDigest,
  run: string,
  { isSecure }: { readonly isSecure: boolean },
): string {
  return stringifySetCookie({
    name: toName(key),
    value: run,
    maxAge: rememberedSeconds,
    httpOnly: true,
    secure: isSecure,
    sameSite: 'lax',
  });
}

/** The run that a browser remembers for a link; undefined if it remembers none. */
export function findGuestRun(cookieHeader: string | undefined, key: Uint8Array | string): string | undefined {
  return cookieHeader === undefined ? undefined : findCookie(cookieHeader, toName(toKeyDigest(key)));
}

/**
 * The run that a guest's browser has started by its link: by the button that is pressed twice, or by the cookie. Both are
 * looked at for any key, so that a spent link and a wrong one are alike without them.
 */
export function findEarlier(
  trigger: Pick<Trigger, 'findPressed' | 'look'>,
  {
    guest,
    query,
  }: { readonly guest?: { readonly run: string | undefined } | undefined; readonly query: string },
): EarlierCall | undefined {
  if (guest === undefined) return undefined;
  const nonce = query === '' ? null : new URLSearchParams(query).get('nonce');
  const pressed = nonce === null ? undefined : trigger.findPressed(nonce);
  const remembered = guest.run === undefined ? undefined : trigger.look(Buffer.from(guest.run));
  const feed = pressed ?? (remembered && Promise.resolve(remembered));
  return feed === undefined ? undefined : { kind: 'earlier', feed, query };
}
