// Starts are used once: a start that is late or comes again starts nothing.
import type { Clock } from '../clock.ts';

/** How long a start may be under way. A tap must not start something when its caller has long gone. */
export const startExpiresMs = 60_000;
/** By how much the clocks of server and worker may differ. */
const slackMs = 60_000;

/** Whether a start may be used: it is not expired, and was not used before. If it may, it is used from now on. */
export type SpendStart = (start: { readonly run: string; readonly expiresAt: number }) => boolean;

export function createSpentStarts(clock: Pick<Clock, 'nowMs' | 'wallMs'>): SpendStart {
  /** Until when each start has to be remembered, oldest first. */
  const spent = new Map<string, number>();
  return ({ run, expiresAt }) => {
    const leftMs = expiresAt - clock.wallMs();
    for (const [old, untilMs] of spent) {
      if (untilMs > clock.nowMs()) break;
      spent.delete(old);
    }
    if (leftMs < 0 || leftMs > startExpiresMs + slackMs || spent.has(run)) return false;
    spent.set(run, clock.nowMs() + startExpiresMs + slackMs);
    return true;
  };
}
