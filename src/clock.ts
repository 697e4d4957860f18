// Two kinds of time: one that only goes forward, for measuring, and one for people.

export interface Clock {
  /** Monotonic milliseconds, for measuring durations, limits and expiries. */
  nowMs(): number;
  /** Milliseconds since 1970, which may be set back or forth: for people, the hours of a day, and the expiry of keys. */
  wallMs(): number;
}

/** A day in milliseconds. */
export const dayMs = 24 * 3_600_000;

/** A clock that shows an earlier time is wrong. */
export const earliestMs = Date.UTC(2026, 0);

/** The clock of this machine. */
export const systemClock: Clock = { nowMs: () => performance.now(), wallMs: () => Date.now() };

/** Wall time as ISO 8601 in UTC. */
export function toIso(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
