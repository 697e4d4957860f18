// Counts of calls since the start, for metrics and the admin page.
import type { Clock } from '../clock.ts';
import type { AttemptResult, Refusal } from './attempt.ts';

/** How many networks are counted separately; when there are a quarter more, those seen longest ago give way. */
const maxNetworks = 1000;

/** The strangers from one network. */
interface NetworkTally {
  readonly network: string;
  readonly calls: number;
  /** Wall time in milliseconds. */
  readonly lastSeenMs: number;
  /** How often each thing was wrong. */
  readonly kinds: ReadonlyMap<Refusal, number>;
}

export interface Tally {
  /** Counts an admitted call by its result, or a stop. */
  admitted(result: AttemptResult): void;
  /** Counts a refused call. Never throws. */
  refused(network: string, why: Refusal): void;
  /** Calls so far by result; refused calls by what was wrong. */
  readonly results: ReadonlyMap<AttemptResult, number>;
  /** Strangers by network, most recent first. */
  networks(): readonly NetworkTally[];
}

export function createTally(clock: Clock): Tally {
  const results = new Map<AttemptResult, number>();
  const networks = new Map<
    string,
    { calls: number; lastSeenMs: number; readonly kinds: Map<Refusal, number> }
  >();
  const count = (result: AttemptResult): void => void results.set(result, (results.get(result) ?? 0) + 1);
  const list = (): readonly NetworkTally[] =>
    [...networks]
      .map(([network, seen]) => ({ network, ...seen }))
      .toSorted((a, b) => b.lastSeenMs - a.lastSeenMs);
  return {
    results,
    admitted: count,
    refused(network, why) {
      count(why);
      // A caller with the right keys that calls too often is not a stranger.
      if (why === 'limited') return;
      let seen = networks.get(network);
      if (seen === undefined) {
        // Drops many at once: changing the map at each call would slow a flood's handling by a fifth.
        if (networks.size >= maxNetworks * 1.25)
          for (const { network: old } of list().slice(maxNetworks)) networks.delete(old);
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
