// Rate limits per network and per task, counted by @fastify/rate-limit.
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';
import type { ServerOptions } from './options.ts';

/** How many log lines all networks together may cause, as a multiple of one network's share. */
const networksInAll = 10;

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
 * Counters on an app that has @fastify/rate-limit registered, with a store by the same clock. They refuse no call themselves: their caller decides.
 * (`isAllowed` of the library is true for its allow list only; the relevant value is `isExceeded`.)
 */
export function createLimits(
  app: FastifyInstance,
  { runs, per, failures, window }: ServerOptions['rateLimit'],
  clock: Pick<Clock, 'nowMs'>,
): Limits {
  const createLimiter = (max: number, timeWindow: number): Limiter => ({
    count: app.createRateLimit({ max, timeWindow, keyGenerator: ({ ip }) => ip }),
  });
  const perNetwork = createLimiter(failures, window);
  const inAll = createLimiter(failures * networksInAll, window);
  const perTask = createLimiter(runs, per);
  let isFloodUntilMs = 0;
  const countFlood = async (network: string): Promise<boolean> => {
    const all = await inAll.count({ ip: 'all', routeOptions: {} });
    if (all.isExceeded === true) {
      isFloodUntilMs = clock.nowMs() + (all.ttl ?? 0);
      return true;
    }
    return (await perNetwork.count({ ip: network, routeOptions: {} })).isExceeded === true;
  };
  return {
    isFlood(network) {
      // An exceeded limit stays exceeded until its window ends, so the library need not be asked during a flood.
      return clock.nowMs() < isFloodUntilMs || countFlood(network);
    },
    async secondsToWait(task, label) {
      const counted = await perTask.count({ ip: `${task}\n${label ?? ''}`, routeOptions: {} });
      return counted.isExceeded === true ? Math.max(1, counted.ttlInSeconds ?? 1) : 0;
    },
  };
}
