// How long the runs of a task usually take: the median of those that succeeded last.
import type { RunRecord } from '../history/records.ts';

/** How many runs count. */
const mostRuns = 20;
/** Of fewer runs nothing is usual. */
const leastRuns = 3;

export interface Usual {
  /** Takes in a run that an earlier daemon has left; the oldest first. */
  noteEarlier(run: RunRecord): void;
  /** A run has succeeded, and did not have to wait for its turn. */
  note(task: string, durationMs: number): void;
  /** The usual duration in milliseconds, if enough runs are known. */
  toMs(task: string): number | undefined;
}

/** Nothing is usual yet. */
export function createUsual(): Usual {
  const durationsOf = new Map<string, number[]>();
  const note = (task: string, durationMs: number): void => {
    durationsOf.set(task, [...(durationsOf.get(task) ?? []), durationMs].slice(-mostRuns));
  };
  return {
    noteEarlier({ start, end }) {
      if (end?.outcome.kind === 'succeeded' && end.durationMs !== undefined && start.isQueued === undefined)
        note(start.task, end.durationMs);
    },
    note,
    toMs(task) {
      const durations = (durationsOf.get(task) ?? []).toSorted((a, b) => a - b);
      if (durations.length < leastRuns) return undefined;
      const [below = 0, above = 0] = [durations[Math.ceil(durations.length / 2) - 1], durations[Math.floor(durations.length / 2)]];
      return Math.round((below + above) / 2);
    },
  };
}
