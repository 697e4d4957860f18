// Calls as numbers, since the start: what metrics and the admin page show of them.
import type { Clock } from '../clock.ts';
import type { AttemptResult, Refusal } from './attempt.ts';

/** How many networks are told apart; when there are more by a quarter, those seen longest ago give way. */
const maxNetworks = 1000;

/** Strangers of one network. */
interface NetworkTally {
  readonly network: string;
  readonly calls: number;
  /** Wall time in milliseconds. */
  readonly lastSeenMs: number;
  /** How often what was wrong. */
  readonly kinds: ReadonlyMap<Refusal, number>;
}

export interface Tally {
  /** Counts a call that was let in, by what it came to, or a stop. */
  admitted(result: AttemptResult): void;
  /** Counts a refused call. Never throws. */
  refused(network: string, why: Refusal): void;
  /** Calls so far by what they came to, refused ones by what was wrong. */
  readonly results: ReadonlyMap<AttemptResult, number>;
  /** Strangers by network, the one seen last first. */
  networks(): readonly NetworkTally[];
}

export function createTally(clock: Clock): Tally {
  const results = new Map<AttemptResult, number>();
  const networks = new Map<string, { calls: number; lastSeenMs: number; readonly kinds: Map<Refusal, number> }>();
  const count = (result: AttemptResult): void => void results.set(result, (results.get(result) ?? 0) + 1);
  const list = (): readonly NetworkTally[] =>
    [...networks].map(([network, seen]) => ({ network, ...seen })).toSorted((a, b) => b.lastSeenMs - a.lastSeenMs);
  return {
    results,
    admitted: count,
    refused(network, why) {
      count(why);
      // Somebody with the right keys who calls too often is no stranger.
      if (why === 'limited') return;
      let seen = networks.get(network);
      if (seen === undefined) {
        // All at once: a map that is changed at each call costs a flood a fifth of its rate.
        if (networks.size >= maxNetworks * 1.25) for (const { network: old } of list().slice(maxNetworks)) networks.delete(old);
        seen = { calls: 0, lastSeenMs: 0, kinds: new Map() };
        networks.set(network, seen);
      }
      seen.calls++;
      seen.lastSeenMs = clock.wallMs();
      seen.kinds.set(why, (seen.kinds.get(why) ?? 0) + 1);
    },
    networks: list,
  };
}
