// The time by which keys end: later than what a clock shows that has not been set yet.
import { earliestMs, toIso, type Clock } from '../clock.ts';
import type { Logger } from '../log/log.ts';

/** How long after a start the clock may still have to be set. Afterwards it is believed, even if an earlier daemon recorded later times: that clock may have been ahead. */
const settingMs = 3_600_000;
/** Clocks may differ so much without a word. */
const toleratedMs = 60_000;

/**
 * A clock for the ends of keys. After a power cut a machine may show 1970, or when it was switched off, until it has the time
 * from the network; keys that have expired would be valid again. So the time of the last line in the history, `lastAtMs`, counts on
 * from the start of the daemon as long as it is later: for an hour, and while the clock shows a time that cannot be right.
 */
export function createKeyClock(
  clock: Clock,
  { lastAtMs = earliestMs, logger }: { readonly lastAtMs: number | undefined; readonly logger: Logger },
): Clock {
  const startedMs = clock.nowMs();
  const shownMs = clock.wallMs();
  if (shownMs < lastAtMs - toleratedMs)
    logger.warn(
      { event: 'clock-behind' },
      `The clock shows ${toIso(shownMs)}, which is earlier than ${toIso(lastAtMs)}: until it is set, at least for an hour, keys end by the later time`,
    );
  return {
    nowMs: clock.nowMs,
    wallMs() {
      const wallMs = clock.wallMs();
      const sinceMs = clock.nowMs() - startedMs;
      const isBelieved = wallMs >= earliestMs && sinceMs >= settingMs;
      return isBelieved ? wallMs : Math.max(wallMs, lastAtMs + sinceMs);
    },
  };
}
