// Icons that could not be drawn, in any size, and when they may be tried again.
import type { Clock } from '../clock.ts';
import type { Problem } from './drawing.ts';

/** How long to wait before drawing an icon again after the program failed twice at it, and after the program failed before any icon. */
const pauseMs = { icon: 600_000, program: 60_000 };

export interface Failures {
  /** Notes a failure, and pauses from the second in a row on, because the first may have another cause, such as a lack of memory. */
  note(iconKey: string, of: Problem['of']): void;
  forget(iconKey: string): void;
  mustWait(iconKey: string): boolean;
}

export function createFailures(clock: Clock): Failures {
  const untilMs = new Map<string, number>();
  return {
    note(iconKey, of) {
      const nowMs = clock.nowMs();
      for (const [other, ms] of untilMs) if (ms + pauseMs.icon <= nowMs) untilMs.delete(other);
      const isAgain = untilMs.has(iconKey);
      untilMs.set(iconKey, isAgain ? nowMs + pauseMs[of] : nowMs);
    },
    forget: (iconKey) => void untilMs.delete(iconKey),
    mustWait: (iconKey) => (untilMs.get(iconKey) ?? -Infinity) > clock.nowMs(),
  };
}
