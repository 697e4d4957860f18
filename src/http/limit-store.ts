// Where @fastify/rate-limit counts: by monotonic time, so that a clock that is set back locks no caller out.
import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import type { Clock } from '../clock.ts';

/** How many keys a limiter counts; the one that has not called for the longest time is forgotten first. */
const maxKeys = 5000;

/** The library's option `store`, which takes a class. Each call gets a result of its own, so that simultaneous calls see their own counts. */
export function toLimitStore(clock: Pick<Clock, 'nowMs'>): FastifyRateLimitStoreCtor {
  return class implements FastifyRateLimitStore {
    readonly #counts = new Map<string, { readonly current: number; readonly sinceMs: number }>();

    incr(...[key, done, windowMs]: Parameters<FastifyRateLimitStore['incr']>): void {
      const nowMs = clock.nowMs();
      const before = this.#counts.get(key);
      const isOver = before === undefined || nowMs - before.sinceMs >= windowMs;
      const { current, sinceMs } = isOver ? { current: 0, sinceMs: nowMs } : before;
      this.#counts.delete(key);
      this.#counts.set(key, { current: current + 1, sinceMs });
      const [oldest] = this.#counts.keys();
      if (this.#counts.size > maxKeys && oldest !== undefined) this.#counts.delete(oldest);
      done(null, { current: current + 1, ttl: sinceMs + windowMs - nowMs });
    }

    child(): FastifyRateLimitStore {
      return new (toLimitStore(clock))({});
    }
  };
}
