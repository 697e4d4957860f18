// The rate limit of calls with the right keys, per task and label, counted by @fastify/rate-limit.
import type { FastifyInstance } from 'fastify';
import type { ServerOptions } from './options.ts';

export interface Limits {
  /** Counts a call with the right keys; returns in how many seconds to call again if there were too many, else 0. */
  secondsToWait(task: string, label: string | undefined): Promise<number>;
}

/** A limiter of the library: it takes a Fastify request, but reads only these two of its properties. */
interface Limiter {
  count(call: { readonly ip: string; readonly routeOptions: object }): Promise<{
    readonly key: string;
    readonly isExceeded?: boolean;
    readonly ttlInSeconds?: number;
  }>;
}

/**
 * A counter on an app that has @fastify/rate-limit registered. It refuses no call itself: its caller decides.
 * (`isAllowed` of the library is true for its allow list only; the relevant value is `isExceeded`.)
 */
export function createLimits(
  app: FastifyInstance,
  { runs, per }: Pick<ServerOptions['rateLimit'], 'runs' | 'per'>,
): Limits {
  const perTask: Limiter = {
    count: app.createRateLimit({ max: runs, timeWindow: per, keyGenerator: ({ ip }) => ip }),
  };
  return {
    async secondsToWait(task, label) {
      const counted = await perTask.count({ ip: `${task}\n${label ?? ''}`, routeOptions: {} });
      return counted.isExceeded === true ? Math.max(1, counted.ttlInSeconds ?? 1) : 0;
    },
  };
}
