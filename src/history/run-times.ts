// When a remembered run was accepted, began and ended: waiting is not running.
import type { RunRecord } from './records.ts';

export interface RunTimes {
  readonly acceptedAt: string;
  /** Undefined if its work has not begun. */
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
  /** How long it waited for its turn; undefined if unknown. */
  readonly waitedMs: number | undefined;
  /** How long its work took; undefined if unknown. */
  readonly durationMs: number | undefined;
}

/** The times of a run. In old lines, the duration of a run that waited contains its waiting. */
export function toRunTimes({ start, begin, end }: RunRecord): RunTimes {
  const times = { acceptedAt: start.at, endedAt: end?.at };
  if (end?.waitedMs !== undefined) {
    const { waitedMs, durationMs } = end;
    return { ...times, startedAt: durationMs === undefined ? undefined : begin?.at, waitedMs, durationMs };
  }
  if (start.isQueued === undefined)
    return { ...times, startedAt: begin?.at ?? start.at, waitedMs: 0, durationMs: end?.durationMs };
  if (begin === undefined)
    return { ...times, startedAt: undefined, waitedMs: end?.durationMs, durationMs: undefined };
  const waitedMs = Math.max(0, Date.parse(begin.at) - Date.parse(start.at));
  const durationMs = end?.durationMs === undefined ? undefined : Math.max(0, end.durationMs - waitedMs);
  return { ...times, startedAt: begin.at, waitedMs, durationMs };
}
