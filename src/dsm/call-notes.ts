// What a NAS was found to know of the calls that not every DSM has: asked for once in a while, and told once.
import type { Unanswered } from './call.ts';

/** How long a call counts as missing: DSM may not know its own APIs while it starts up, and may be updated. */
const missingMs = 3_600_000;

/** Calls are named as in `SYNO.Core.TaskScheduler view`. */
export interface CallNotes {
  isMissing(call: string): boolean;
  noteMissing(call: string): void;
  /** To be called with each use. */
  noteUsed(call: string): void;
  /** To be called with an answer that is not understood, where something else is asked instead. */
  noteUnclear(answer: Unanswered): void;
}

/** Notes about one NAS. `tellUsed` is called once for each call, `tellUnclear` for each answer. */
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
