// Time: one kind that only goes forward, for everything that counts, and one for people.

export interface Clock {
  /** Monotonic milliseconds: what durations, limits and expiries are measured by. */
  nowMs(): number;
  /** Milliseconds since 1970, which somebody may set back or forth: for people, the hours of a day, and the expiry of keys. */
  wallMs(): number;
}

/** A day in milliseconds. */
export const dayMs = 24 * 3_600_000;

/** The clock of this machine. */
export const systemClock: Clock = { nowMs: () => performance.now(), wallMs: () => Date.now() };

/** Wall time as ISO 8601 in UTC. */
export function toIso(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
