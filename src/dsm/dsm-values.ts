// Values as DSM writes them: numbers also as text, booleans also as 0 and 1, missing values also as null, and times with or without a zone.
import * as z from 'zod';

/** A number, or one written as text. */
export const Numberish = z.union([
  z.number(),
  z
    .string()
    .regex(/^\s*-?\d{1,15}\s*$/)
    .transform(Number),
]);

/** The number of a task. */
export const TaskId = Numberish.pipe(z.int().positive());

const truths: Readonly<Record<string, boolean>> = { true: true, false: false, '1': true, '0': false };

/** A boolean in any of the forms that DSM's APIs use. */
export const Truth = z
  .union([z.boolean(), z.literal([0, 1, '0', '1', 'true', 'false'])])
  .transform((value) => truths[String(value)]);

/** An optional value: undefined if it is missing, null, or of another type. */
export function maybe<T>(schema: z.ZodType<T>): z.ZodType<T | undefined> {
  return schema.optional().catch(undefined);
}

/** A time in milliseconds; at least one of the two is NaN. */
export interface DsmTime {
  /** For a time without a zone: by DSM's clock, as if that were UTC. It may only be compared with another such time. */
  readonly localMs: number;
  /** For a time with a zone: since 1970. */
  readonly utcMs: number;
}

/** Reads `2024-09-11 00:00:01`, with or without a zone such as `+02:00` after it. */
export function parseDsmTime(text: string | null | undefined): DsmTime {
  const match = /^(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)? ?(Z|[+-]\d\d:?\d\d)?$/i.exec(
    (text ?? '').trim(),
  );
  if (match === null) return { localMs: Number.NaN, utcMs: Number.NaN };
  const [, year, month, day, time, zone] = match;
  const ms = Date.parse(`${year}-${month}-${day}T${time}${zone === undefined ? 'Z' : toIsoZone(zone)}`);
  return zone === undefined ? { localMs: ms, utcMs: Number.NaN } : { localMs: Number.NaN, utcMs: ms };
}

function toIsoZone(zone: string): string {
  return zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
}
