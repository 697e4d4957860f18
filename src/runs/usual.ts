// How long the runs of a task usually take: the median of those that succeeded last.
import type { RunRecord } from '../history/records.ts';

/** How many runs count. */
const mostRuns = 20;
/** Of fewer runs nothing is usual. */
const leastRuns = 3;

export interface Usual {
  /** A run has succeeded, and did not have to wait for its turn. */
  note(task: string, durationMs: number): void;
  /** The usual duration in milliseconds, if enough runs are known. */
  toMs(task: string): number | undefined;
}

/** Learns from the runs of the history, oldest first, and from those that follow. */
export function createUsual(past: readonly RunRecord[]): Usual {
  const durationsOf = new Map<string, number[]>();
  const note = (task: string, durationMs: number): void => {
    durationsOf.set(task, [...(durationsOf.get(task) ?? []), durationMs].slice(-mostRuns));
  };
  for (const { start, end } of past) {
    if (end?.outcome.kind === 'succeeded' && end.durationMs !== undefined && start.isQueued === undefined) note(start.task, end.durationMs);
  }
  return {
    note,
    toMs(task) {
      const durations = (durationsOf.get(task) ?? []).toSorted((a, b) => a - b);
      if (durations.length < leastRuns) return undefined;
      const [below = 0, above = 0] = [durations[Math.ceil(durations.length / 2) - 1], durations[Math.floor(durations.length / 2)]];
      return Math.round((below + above) / 2);
    },
  };
}
