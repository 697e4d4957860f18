// Looking at a task by several calls of DSM in turn: one of them may show a run sooner than another, or may be the only one.
import type { DsmHistory, DsmLook, DsmRun } from './dsm-task.ts';

/** A call that may show the runs of a task. */
export interface Source {
  /** As in `SYNO.Core.TaskScheduler view`. */
  readonly name: string;
  readonly load: (stop: AbortSignal) => Promise<DsmLook>;
}

export interface Looks {
  /** One look by one call: another one than last time, unless that is to stay. */
  look(stop: AbortSignal, stays: boolean): Promise<DsmLook>;
  /** Leaves a call out from now on. */
  leaveOut(source: Source): void;
}

/** Looks by these calls, from the first on. One that shows nothing at all is left out, as long as another is left. */
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

/** Two histories as one: each run as either has it, with what both tell of it. */
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
