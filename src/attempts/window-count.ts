// Counts refused calls in a window of time, by network and all together.
import { createLargest } from './largest.ts';

/** How many all networks together may have, as a multiple of one network's share. */
const networksInAll = 10;

/** The share of a network in a window of `window` milliseconds. */
export interface Share {
  readonly failures: number;
  readonly window: number;
}

export interface WindowCount {
  /** Counts a call at a monotonic time; returns whether its network, or all together, had more than their share in this window. */
  isTooMany(network: string, nowMs: number): boolean;
}

/** The share is asked for at each call, because a reload may change it. */
export function createWindowCount(readShare: () => Share): WindowCount {
  const perNetwork = createLargest();
  let inAll = 0;
  let sinceMs = -Infinity;
  return {
    isTooMany(network, nowMs) {
      const { failures, window } = readShare();
      if (nowMs - sinceMs >= window) {
        perNetwork.clear();
        inAll = 0;
        sinceMs = nowMs;
      }
      inAll++;
      const fromThere = perNetwork.count(network);
      return fromThere > failures || inAll > failures * networksInAll;
    },
  };
}
