// Remembers which of the calls that not every DSM has a NAS supports: each is tried now and then, and reported once.
import type { Unanswered } from './call.ts';

/** How long a call counts as missing, because DSM may not know its own APIs while it starts up, and may be updated. */
const missingMs = 3_600_000;

/** Calls are named as in `SYNO.Core.TaskScheduler view`. */
export interface CallNotes {
  isMissing(call: string): boolean;
  noteMissing(call: string): void;
  /** To be called with each use. */
  noteUsed(call: string): void;
  /** To be called with an answer that is not understood, if another call is made instead. */
  noteUnclear(answer: Unanswered): void;
}

/** Creates the notes about one NAS. `tellUsed` is called once for each call, `tellUnclear` for each answer. */
export function createCallNotes(
  tellUsed: (call: string) => void = () => {},
  tellUnclear: (reason: string, lines: readonly string[]) => void = () => {},
): CallNotes {
  const missingSinceMs = new Map<string, number>();
  const used = new Set<string>();
  return {
    isMissing: (call) => performance.now() - (missingSinceMs.get(call) ?? -Infinity) < missingMs,
    noteMissing: (call) => void missingSinceMs.set(call, performance.now()),
    noteUsed(call) {
      if (used.has(call)) return;
      used.add(call);
      tellUsed(call);
    },
    noteUnclear: ({ reason, lines = [] }) => tellUnclear(reason, lines),
  };
}
