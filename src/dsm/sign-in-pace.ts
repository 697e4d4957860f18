// Limits how often the password is sent to DSM, so that DSM never takes us for an attacker who guesses.
import type { Clock } from '../clock.ts';

/** The least time between two sign-ins. */
const spacingMs = 3000;
/** The pause after a refusal of account, password or code: DSM by default blocks an address after ten of them in five minutes. */
const hopelessMs = 3_600_000;
/** The longest pause after tries that failed for other reasons, or whose sessions did not last. */
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

/** Creates a pace that allows the first sign-in at once and slows down after failures. */
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
