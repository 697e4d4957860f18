// Wrong keys, counted by network in a window of time: who tries keys, and who only lost the way.
import { createLargest } from './largest.ts';

/** How many tries all networks together may make, as a multiple of one network's share. */
const networksInAll = 10;

export interface Tries {
  /** Counts a wrong key; returns whether its network, or all together, tried more than their share in this window. */
  isTooMany(network: string): boolean;
}

export function createTries({
  windowMs,
  maxTries,
}: {
  readonly windowMs: () => number;
  readonly maxTries: () => number;
}): Tries {
  const perNetwork = createLargest();
  let inAll = 0;
  let endMs = 0;
  return {
    isTooMany(network) {
      const nowMs = performance.now();
      if (nowMs >= endMs) {
        perNetwork.clear();
        inAll = 0;
        endMs = nowMs + windowMs();
      }
      inAll++;
      const fromThere = perNetwork.count(network);
      return fromThere > maxTries() || inAll > maxTries() * networksInAll;
    },
  };
}
