// The hours of a day in which something is allowed, by the clock of this machine.
import * as z from 'zod';

/** A span of a day in minutes since midnight; a span that ends before it begins continues past midnight. */
export interface HourSpan {
  readonly from: number;
  readonly until: number;
}

const minutesOfDay = 24 * 60;

const Span = z.string().transform((text, context): HourSpan => {
  const match = /^([01]?\d|2[0-3]):([0-5]\d) ?[-–] ?([01]?\d|2[0-4]):([0-5]\d)$/.exec(text);
  const [fromHour = 0, fromMinute = 0, untilHour = 0, untilMinute = 0] = match?.slice(1).map(Number) ?? [];
  const span = { from: fromHour * 60 + fromMinute, until: untilHour * 60 + untilMinute };
  if (match !== null && span.until <= minutesOfDay && span.from !== span.until) return span;
  context.addIssue({
    code: 'custom',
    message: 'Write hours such as "07:00-22:00"; "22:00-06:00" goes past midnight',
  });
  return z.NEVER;
});

/** `hours` in a config: one span or several. */
export const Hours = z.union([Span.transform((span) => [span]), z.array(Span).min(1)], {
  error: 'Write hours such as "07:00-22:00" ("22:00-06:00" goes past midnight), or a list of them',
});

/** In how many seconds one of the spans begins; 0 within one of them. `at` is read in this machine's time zone. */
export function secondsUntilOpen(spans: readonly HourSpan[], at: Date): number {
  const now = at.getHours() * 60 + at.getMinutes();
  const isOpen = spans.some(({ from, until }) =>
    from < until ? now >= from && now < until : now >= from || now < until,
  );
  if (isOpen) return 0;
  const minutes = Math.min(...spans.map(({ from }) => (from - now + minutesOfDay) % minutesOfDay));
  return minutes * 60 - at.getSeconds();
}

/** Spans for people: `07:00–22:00, 23:00–01:00`. */
export function renderHours(spans: readonly HourSpan[]): string {
  return spans.map(({ from, until }) => `${renderMinutes(from)}–${renderMinutes(until)}`).join(', ');
}

function renderMinutes(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
