// How often sign-ins may be tried, by one network and by all together. Used tries come back with time.
import type { Clock } from '../../clock.ts';
import { toNetwork } from '../../listener/address.ts';

/** Allows so many tries at once, and then one per `everyMs`. */
export interface Share {
  readonly burst: number;
  readonly everyMs: number;
}

export interface Allowance {
  /** Takes one try; returns 0, or how many milliseconds to wait for a try if all are used. */
  take(address: string): number;
  /** Returns the last try, because it was not a stranger's. */
  giveBack(address: string): void;
}

interface Bucket {
  level: number;
  atMs: number;
}

/** Creates full buckets. A network whose bucket is full again is forgotten, so the limit for all networks also limits how many buckets exist. */
export function createAllowance({
  perNetwork,
  inAll,
  clock,
}: {
  readonly perNetwork: Share;
  readonly inAll: Share;
  readonly clock: Clock;
}): Allowance {
  const networks = new Map<string, Bucket>();
  const all: Bucket = { level: inAll.burst, atMs: clock.nowMs() };
  const fill = (bucket: Bucket, { burst, everyMs }: Share): Bucket => {
    const nowMs = clock.nowMs();
    bucket.level = Math.min(burst, bucket.level + (nowMs - bucket.atMs) / everyMs);
    bucket.atMs = nowMs;
    return bucket;
  };
  const waitMs = ({ level }: Bucket, { everyMs }: Share): number =>
    level >= 1 ? 0 : Math.max(1, Math.ceil((1 - level) * everyMs));
  const forgetFull = (): void => {
    for (const [network, bucket] of networks)
      if (fill(bucket, perNetwork).level >= perNetwork.burst) networks.delete(network);
  };
  return {
    take(address) {
      const network = toNetwork(address);
      const own = fill(networks.get(network) ?? { level: perNetwork.burst, atMs: clock.nowMs() }, perNetwork);
      const ms = Math.max(waitMs(own, perNetwork), waitMs(fill(all, inAll), inAll));
      if (ms > 0) return ms;
      forgetFull();
      networks.set(network, own);
      own.level--;
      all.level--;
      return 0;
    },
    giveBack(address) {
      const own = networks.get(toNetwork(address));
      if (own !== undefined) own.level = Math.min(perNetwork.burst, own.level + 1);
      all.level = Math.min(inAll.burst, all.level + 1);
    },
  };
}
