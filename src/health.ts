// The daemon's health: its problems, for monitoring.
import * as z from 'zod';

/** A problem that keeps the daemon from doing all of its work. */
const Ailment = z.object({
  what: z.enum(['config', 'log', 'history', 'worker', 'dsm', 'listen']),
  /** One line, without any key. */
  message: z.string(),
});
export type Ailment = z.infer<typeof Ailment>;

/** The daemon's problems; empty if it is healthy. */
export type Health = readonly Ailment[];

/** As one line of JSON. */
export function renderHealthJson(health: Health): string {
  return `${JSON.stringify({ ok: health.length === 0, problems: health })}\n`;
}

/** What monitoring gets. */
export const HealthJson = z.object({ ok: z.boolean(), problems: z.array(Ailment) });

/** Reads what `renderHealthJson` has written. Throws for anything else. */
export function parseHealthJson(json: string): Health {
  return HealthJson.parse(JSON.parse(json)).problems;
}
