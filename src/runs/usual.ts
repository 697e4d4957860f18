// How long the runs of a task usually take: the median of the last successful ones.
import type { RunRecord } from '../history/records.ts';
import { toRunTimes } from '../history/run-times.ts';

/** How many runs count. */
const mostRuns = 20;
/** With fewer runs than this, no duration counts as usual. */
const leastRuns = 3;

export interface Usual {
  /** Adds a run that an earlier daemon left; the oldest first. */
  noteEarlier(run: RunRecord): void;
  /** A run has succeeded. */
  note(task: string, durationMs: number): void;
  /** The usual duration in milliseconds, if enough runs are known. */
  toMs(task: string): number | undefined;
}

/** Creates an empty record of durations. */
export function createUsual(): Usual {
  const durationsOf = new Map<string, number[]>();
  const note = (task: string, durationMs: number): void => {
    durationsOf.set(task, [...(durationsOf.get(task) ?? []), durationMs].slice(-mostRuns));
  };
  return {
    noteEarlier(record) {
      const { start, end } = record;
      const { durationMs } = toRunTimes(record);
      if (end?.outcome.kind === 'succeeded' && durationMs !== undefined) note(start.task, durationMs);
    },
    note,
    toMs(task) {
      const durations = (durationsOf.get(task) ?? []).toSorted((a, b) => a - b);
      if (durations.length < leastRuns) return undefined;
      const [below = 0, above = 0] = [
        durations[Math.ceil(durations.length / 2) - 1],
        durations[Math.floor(durations.length / 2)],
      ];
      return Math.round((below + above) / 2);
    },
  };
}
