// Checks a task by several calls of DSM in turn: one call may show a run sooner than another, or may be the only one that works.
import type { DsmHistory, DsmLook, DsmRun } from './dsm-task.ts';

/** A call that may show the runs of a task. */
export interface Source {
  /** As in `SYNO.Core.TaskScheduler view`. */
  readonly name: string;
  readonly load: (stop: AbortSignal) => Promise<DsmLook>;
}

export interface Looks {
  /** One check by one call: a different one than last time, unless the last one stays. */
  look(stop: AbortSignal, stays: boolean): Promise<DsmLook>;
  /** Stops using a call. */
  leaveOut(source: Source): void;
}

/** Checks by these calls, beginning with the first. A call that shows nothing at all is dropped, while another remains. */
export function createLooks(sources: readonly Source[]): Looks {
  let left = sources;
  let at = -1;
  const leaveOut = (source: Source): void => {
    const place = left.indexOf(source);
    if (place === -1 || left.length === 1) return;
    left = left.filter((other) => other !== source);
    if (place <= at) at--;
  };
  return {
    leaveOut,
    async look(stop, stays) {
      if (!stays || at === -1) at = (at + 1) % left.length;
      const source = left[at];
      if (source === undefined) return { kind: 'none' };
      const seen = await source.load(stop);
      if (seen.kind !== 'none' || left.length === 1) return seen;
      leaveOut(source);
      return { kind: 'rows', rows: [] };
    },
  };
}

/** Merges two histories: each run of either, with the details from both. */
export function uniteHistories(a: DsmHistory, b: DsmHistory): DsmHistory {
  if (a.kind !== 'rows') return b;
  if (b.kind !== 'rows') return a;
  const runs = new Map<string, DsmRun>(a.rows.map((run) => [run.key, run]));
  for (const run of b.rows) {
    const other = runs.get(run.key);
    runs.set(run.key, other === undefined || Number.isFinite(run.order) ? run : other);
  }
  return { kind: 'rows', rows: [...runs.values()] };
}
