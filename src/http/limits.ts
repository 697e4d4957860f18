// How much is borne of whom: counted by @fastify/rate-limit.
import type { FastifyInstance } from 'fastify';
import { systemClock, type Clock } from '../clock.ts';
import type { ServerOptions } from './options.ts';

/** How many times the share of one network all of them together may fill the log with. */
const networksInAll = 10;
/** Wall and monotonic time drift apart by less than this between two calls, unless somebody sets the clock. */
const driftMs = 1000;

export interface Limits {
  /** Counts a refused call; says whether its network, or all together, had more than their share in this window. */
  isFlood(network: string): Promise<boolean> | true;
  /** Counts a call with the right keys; says in how many seconds to call again if there were too many, else 0. */
  secondsToWait(task: string, label: string | undefined): Promise<number>;
}

/** A limiter of the library: it wants a Fastify request, and reads of it only these two. */
interface Limiter {
  count(call: {
    readonly ip: string;
    readonly routeOptions: object;
  }): Promise<{ readonly key: string; readonly isExceeded?: boolean; readonly ttl?: number; readonly ttlInSeconds?: number }>;
}

/**
 * Counters on an app that @fastify/rate-limit is registered with. They refuse nobody: that is decided where they
 * are asked. (`isAllowed` of the library is true for its allow list only; what counts is `isExceeded`.)
 */
export function createLimits(
  app: FastifyInstance,
  { runs, per, failures, window }: ServerOptions['rateLimit'],
  clock: Clock = systemClock,
): Limits {
  const createLimiter = (max: number, timeWindow: number): Limiter => {
    const create = (): Limiter['count'] => app.createRateLimit({ max, timeWindow, keyGenerator: ({ ip }) => ip });
    let count = create();
    let offsetMs = clock.wallMs() - clock.nowMs();
    // The library counts by wall time: of a clock that was set back by a day it would make a window of a day.
    const renew = (): void => {
      const nowOffsetMs = clock.wallMs() - clock.nowMs();
      if (Math.abs(nowOffsetMs - offsetMs) > driftMs) count = create();
      offsetMs = nowOffsetMs;
    };
    let last: Promise<unknown> = Promise.resolve();
    return {
      // One by one: the library reads its counter after an await, when calls of the same moment have moved it on.
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
      // What is exceeded stays so until its window ends: in a flood there is nothing to ask the library.
      return performance.now() < isFloodUntilMs || countFlood(network);
    },
    async secondsToWait(task, label) {
      const counted = await perTask.count({ ip: `${task}\n${label ?? ''}`, routeOptions: {} });
      return counted.isExceeded === true ? Math.max(1, counted.ttlInSeconds ?? 1) : 0;
    },
  };
}
