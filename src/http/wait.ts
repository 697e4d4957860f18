// How long a caller wants to wait for the end of a run, and the wait itself.
import type { RunFeed, RunView } from '../runs/run-view.ts';

/** The longest wait that is allowed. */
const longestSeconds = 3600;

/**
 * Milliseconds of `?wait=SECONDS`, or of `Prefer: wait=SECONDS` (RFC 7240, 4.3); 0 if the caller does not wait. A
 * value that is not a number of seconds is ignored, as that RFC requires.
 */
export function toWaitMs(query: string, prefer: string | readonly string[] | undefined): number {
  const asked =
    new URLSearchParams(query).get('wait') ?? /(?:^|[,;\s])wait=(\d+)/i.exec(String(prefer ?? ''))?.[1];
  return asked !== undefined && /^\d{1,9}$/.test(asked) ? Math.min(Number(asked), longestSeconds) * 1000 : 0;
}

/** The run's state once it has ended, or after `ms`, or when `signal` is aborted. */
export async function waitForEnd(feed: RunFeed, ms: number, signal: AbortSignal): Promise<RunView> {
  const untilMs = performance.now() + ms;
  while (feed.state() !== 'ended' && performance.now() < untilMs && !signal.aborted) {
    await feed.change(Infinity, untilMs - performance.now(), signal);
  }
  return feed.view();
}
