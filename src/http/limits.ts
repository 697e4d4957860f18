// Rate limits per network and per task, counted by @fastify/rate-limit.
import type { FastifyInstance } from 'fastify';
import { systemClock, type Clock } from '../clock.ts';
import type { ServerOptions } from './options.ts';

/** How many log lines all networks together may cause, as a multiple of one network's share. */
const networksInAll = 10;
/** Wall time and monotonic time drift apart by less than this between two calls, unless the clock is set. */
const driftMs = 1000;

export interface Limits {
  /** Counts a refused call; returns whether its network, or all together, exceeded their share in this window. */
  isFlood(network: string): Promise<boolean> | true;
  /** Counts a call with the right keys; returns in how many seconds to call again if there were too many, else 0. */
  secondsToWait(task: string, label: string | undefined): Promise<number>;
}

/** A limiter of the library: it takes a Fastify request, but reads only these two of its properties. */
interface Limiter {
  count(call: { readonly ip: string; readonly routeOptions: object }): Promise<{
    readonly key: string;
    readonly isExceeded?: boolean;
    readonly ttl?: number;
    readonly ttlInSeconds?: number;
  }>;
}

/**
 * Counters on an app that has @fastify/rate-limit registered. They refuse no call themselves: their caller decides.
 * (`isAllowed` of the library is true for its allow list only; the relevant value is `isExceeded`.)
 */
export function createLimits(
  app: FastifyInstance,
  { runs, per, failures, window }: ServerOptions['rateLimit'],
  clock: Clock = systemClock,
): Limits {
  const createLimiter = (max: number, timeWindow: number): Limiter => {
    const create = (): Limiter['count'] =>
      app.createRateLimit({ max, timeWindow, keyGenerator: ({ ip }) => ip });
    let count = create();
    let offsetMs = clock.wallMs() - clock.nowMs();
    // The library counts by wall time: if the clock were set back by a day, its window would last a day.
    const renew = (): void => {
      const nowOffsetMs = clock.wallMs() - clock.nowMs();
      if (Math.abs(nowOffsetMs - offsetMs) > driftMs) count = create();
      offsetMs = nowOffsetMs;
    };
    let last: Promise<unknown> = Promise.resolve();
    return {
      // One by one: the library reads its counter after an await, when simultaneous calls have already changed it.
      count: (call) => {
        const counted = last.then(async () => {
          renew();
          return await count(call);
        });
        last = counted.catch(() => {});
        return counted;
      },
    };
  };
  const perNetwork = createLimiter(failures, window);
  const inAll = createLimiter(failures * networksInAll, window);
  const perTask = createLimiter(runs, per);
  let isFloodUntilMs = 0;
  const countFlood = async (network: string): Promise<boolean> => {
    const all = await inAll.count({ ip: 'all', routeOptions: {} });
    if (all.isExceeded === true) {
      isFloodUntilMs = performance.now() + (all.ttl ?? 0);
      return true;
    }
    return (await perNetwork.count({ ip: network, routeOptions: {} })).isExceeded === true;
  };
  return {
    isFlood(network) {
      // An exceeded limit stays exceeded until its window ends, so the library need not be asked during a flood.
      return performance.now() < isFloodUntilMs || countFlood(network);
    },
    async secondsToWait(task, label) {
      const counted = await perTask.count({ ip: `${task}\n${label ?? ''}`, routeOptions: {} });
      return counted.isExceeded === true ? Math.max(1, counted.ttlInSeconds ?? 1) : 0;
    },
  };
}
