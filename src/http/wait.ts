// How long a caller wants to wait for the end of a run, and the wait itself.
import type { RunFeed, RunView } from '../runs/run-view.ts';
import { parseDurationMs } from '../values/duration.ts';

/** The longest wait that is allowed. */
const longestMs = 3_600_000;

/**
 * Milliseconds of `?wait=`, or of `Prefer: wait=SECONDS` (RFC 7240, 4.3); 0 if the caller does not wait. A preference that is not
 * a number of seconds is ignored, as that RFC requires; a query that is not understood is refused elsewhere.
 */
export function toWaitMs(query: string, prefer: string | readonly string[] | undefined): number {
  const asked =
    new URLSearchParams(query).get('wait') ??
    /(?:^|[,;\s])wait=(\d+)(?=\s*(?:[,;]|$))/i.exec(String(prefer ?? ''))?.[1];
  return asked === undefined ? 0 : (parseWaitMs(asked) ?? 0);
}

/** Milliseconds of `60`, which are seconds, or of a duration such as `90s`, up to the longest wait; undefined for anything else. */
export function parseWaitMs(text: string): number | undefined {
  const ms = parseDurationMs(/^\d+$/.test(text) ? `${text}s` : text);
  return ms === undefined ? undefined : Math.min(ms, longestMs);
}

/** The run's state once it has ended, or after `ms`, or when `signal` is aborted. */
export async function waitForEnd(feed: RunFeed, ms: number, signal: AbortSignal): Promise<RunView> {
  const untilMs = performance.now() + ms;
  while (feed.state() !== 'ended' && performance.now() < untilMs && !signal.aborted) {
    await feed.change(Infinity, untilMs - performance.now(), signal);
  }
  return feed.view();
}
