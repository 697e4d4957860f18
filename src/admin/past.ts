// What past runs tell of a task: the last one, and how long it usually takes.
import type { RunRecord } from '../history/records.ts';

/** How many of the last successes say what is usual. */
const maxDurations = 20;

export interface TaskPast {
  readonly last: RunRecord;
  /** The median of the last successes in milliseconds; undefined where there was none. */
  readonly usualMs: number | undefined;
}

/** The past of each task that has one, by its id. */
export function summarizePast(records: ReadonlyMap<string, RunRecord>): ReadonlyMap<string, TaskPast> {
  const found = new Map<string, { readonly last: RunRecord; readonly durations: number[] }>();
  for (const record of [...records.values()].toReversed()) {
    const { start, end } = record;
    const past = found.get(start.task) ?? { last: record, durations: [] };
    found.set(start.task, past);
    if (end?.outcome.kind === 'succeeded' && end.durationMs !== undefined && past.durations.length < maxDurations)
      past.durations.push(end.durationMs);
  }
  return new Map([...found].map(([task, { last, durations }]) => [task, { last, usualMs: toMedian(durations) }]));
}

function toMedian(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
