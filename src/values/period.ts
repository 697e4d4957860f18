// A period of whole days, by the clock of this machine.

/** Moments in milliseconds of wall time: from the first on, up to but not including the second. */
export interface Period {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The days from one to another, both included; undefined stands for no bound on that side. Undefined if one is not a day. */
export function parsePeriod(from: string | undefined, to: string | undefined): Period | undefined {
  const fromMs = from === undefined ? -Infinity : toMidnight(from, 0);
  const untilMs = to === undefined ? Infinity : toMidnight(to, 1);
  return fromMs === undefined || untilMs === undefined ? undefined : { fromMs, untilMs };
}

/** Whether a moment is in a period. */
export function isWithin({ fromMs, untilMs }: Period, ms: number): boolean {
  return ms >= fromMs && ms < untilMs;
}

/** The midnight with which a day such as `2026-11-30` begins, or a later one; undefined if there is no such day. */
function toMidnight(day: string, daysLater: number): number | undefined {
  const [year = 0, month = 0, date = 0] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? []).slice(1).map(Number);
  const midnight = new Date(year, month - 1, date);
  const isDay = year > 99 && midnight.getMonth() === month - 1 && midnight.getDate() === date;
  return isDay ? new Date(year, month - 1, date + daysLater).getTime() : undefined;
}
