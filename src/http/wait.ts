// How long a caller wants to wait for the end of a run, and the waiting.
import type { RunFeed, RunView } from '../runs/run.ts';

/** The longest that anybody may wait. */
const longestSeconds = 3600;

/**
 * Milliseconds of `?wait=SECONDS`, or of `Prefer: wait=SECONDS` (RFC 7240, 4.3); 0 for who does not wait. What
 * is no number of seconds is passed over, as that RFC wants it.
 */
export function toWaitMs(query: string, prefer: string | readonly string[] | undefined): number {
  const asked = new URLSearchParams(query).get('wait') ?? /(?:^|[,;\s])wait=(\d+)/i.exec(String(prefer ?? ''))?.[1];
  return asked !== undefined && /^\d{1,9}$/.test(asked) ? Math.min(Number(asked), longestSeconds) * 1000 : 0;
}

/** The run as it is once it has ended, or after `ms`, or when `signal` is aborted. */
export async function waitForEnd(feed: RunFeed, ms: number, signal: AbortSignal): Promise<RunView> {
  const untilMs = performance.now() + ms;
  while (feed.state() !== 'ended' && performance.now() < untilMs && !signal.aborted) {
    await feed.change(Infinity, untilMs - performance.now(), signal);
  }
  return feed.view();
}
