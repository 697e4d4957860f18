// Our own sessions of the admin page: short, few, in memory only, identified by the digest of the cookie's value.
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { toNetwork } from '../../listener/address.ts';
import { createKeyring, toKeyDigest, type KeyDigest } from '../../keys.ts';
import { findCookie } from '../../listener/find-cookie.ts';
import { renderSessionCookie, toSessionCookieName } from './cookies.ts';
import type { Visitor } from './gate.ts';

/** A session ends after this long without use, and always at the end of its lifetime. */
const idleMs = 30 * 60_000;
const lifeMs = 12 * 3_600_000;
/** How many sessions may exist; a new one then ends the least recently used one. */
const maxSessions = 32;
/** How often expired sessions are removed. */
const sweepMs = 60_000;

export interface Session<T> {
  /** The digest of its token: identifies the session, but opens nothing. */
  readonly id: KeyDigest;
  readonly user: string;
  readonly value: T;
}

export interface Sessions<T> {
  /** Begins a session; `setCookie` is the header that passes it to the browser. */
  open(
    user: string,
    value: T,
    visitor: Visitor,
  ): { readonly session: Session<T>; readonly setCookie: string };
  /** The visitor's session, or why it is missing. Finding it counts as use, unless a page of ours sent the request by itself. */
  find(visitor: Visitor): Session<T> | 'none' | 'over' | 'elsewhere';
  end(session: Session<T>): void;
  endAll(): void;
}

interface Entry<T> extends Session<T> {
  readonly network: string;
  readonly openedMs: number;
  usedMs: number;
}

/**
 * Creates an empty set of sessions. A session belongs to the network in which it began: elsewhere its cookie opens nothing,
 * and does not end the session either, so that a thief cannot even do that. `onEnd` is called for each ended session.
 */
export function createSessions<T>({
  clock,
  onEnd,
}: {
  readonly clock: Clock;
  readonly onEnd: (session: Session<T>) => void;
}): Sessions<T> {
  const keyring = createKeyring<Entry<T>>();
  /** The sessions in the order of their last use. */
  const entries = new Map<KeyDigest, Entry<T>>();
  let timer: NodeJS.Timeout | undefined;
  const end = (session: Session<T>): void => {
    if (!entries.delete(session.id)) return;
    keyring.remove(session.id);
    onEnd(session);
  };
  const isOver = ({ openedMs, usedMs }: Entry<T>): boolean =>
    clock.nowMs() - usedMs >= idleMs || clock.nowMs() - openedMs >= lifeMs;
  const sweep = (): void => {
    for (const entry of entries.values()) if (isOver(entry)) end(entry);
    if (entries.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  return {
    open(user, value, visitor) {
      const token = randomBytes(32).toString('base64url');
      const nowMs = clock.nowMs();
      const entry = {
        id: toKeyDigest(token),
        user,
        value,
        network: toNetwork(visitor.address),
        openedMs: nowMs,
        usedMs: nowMs,
      };
      sweep();
      const [oldest] = entries.values();
      if (entries.size >= maxSessions && oldest !== undefined) end(oldest);
      entries.set(entry.id, entry);
      keyring.add(entry.id, entry);
      timer ??= setInterval(sweep, sweepMs).unref();
      return { session: entry, setCookie: renderSessionCookie(visitor, token) };
    },
    find(visitor) {
      const token = findCookie(visitor.cookieHeader, toSessionCookieName(visitor));
      if (token === undefined || token === '') return 'none';
      const entry = keyring.find(Buffer.from(token));
      if (entry === undefined) return 'over';
      if (isOver(entry)) {
        end(entry);
        return 'over';
      }
      if (entry.network !== toNetwork(visitor.address)) return 'elsewhere';
      if (!visitor.isAutomatic) {
        entry.usedMs = clock.nowMs();
        entries.delete(entry.id);
        entries.set(entry.id, entry);
      }
      return entry;
    },
    end,
    endAll() {
      for (const entry of entries.values()) end(entry);
      clearInterval(timer);
      timer = undefined;
    },
  };
}
