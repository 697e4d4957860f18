// How often DSM is shown the password: seldom enough that it never takes us for somebody who guesses.
import type { Clock } from '../clock.ts';

/** The least time between two sign-ins. */
const spacingMs = 3000;
/** After a refusal of account, password or code: DSM blocks an address by default after ten of them in five minutes. */
const hopelessMs = 3_600_000;
/** The longest time between tries that failed for other reasons, or whose sessions did not last. */
const longestMs = 300_000;
/** A session that ends sooner counts as one that did not last. */
const lastingMs = 60_000;

export interface SignInPace {
  /** Milliseconds until the next sign-in may be tried. */
  waitMs(): number;
  noteSuccess(): void;
  /** After a refusal that would be repeated. */
  noteHopeless(): void;
  /** After anything else that went wrong. */
  noteFailure(): void;
  /** After a session was found to be over. */
  noteLapse(): void;
}

/** A pace that begins at once and slows down as things go wrong. */
export function createSignInPace({ nowMs }: Clock): SignInPace {
  let nextMs = -Infinity;
  let succeededMs = -Infinity;
  let inARow = 0;
  const slowDown = (): void => {
    nextMs = nowMs() + Math.min(spacingMs * 2 ** inARow, longestMs);
    inARow = Math.min(inARow + 1, 10);
  };
  return {
    waitMs: () => Math.max(0, nextMs - nowMs()),
    noteSuccess() {
      succeededMs = nowMs();
      nextMs = Math.max(nextMs, succeededMs + spacingMs);
    },
    noteHopeless() {
      nextMs = nowMs() + hopelessMs;
    },
    noteFailure: slowDown,
    noteLapse() {
      if (nowMs() - succeededMs < lastingMs) slowDown();
      else inARow = 0;
    },
  };
}
