// How the daemon is: what is wrong with it, for who watches it.
import * as z from 'zod';

/** Something that keeps the daemon from doing all that it is there for. */
const Ailment = z.object({
  what: z.enum(['config', 'log', 'history', 'dsm']),
  /** One line, which names no key. */
  message: z.string(),
});
export type Ailment = z.infer<typeof Ailment>;

/** Nothing wrong: the daemon is well. */
export type Health = readonly Ailment[];

/** As one line of JSON. */
export function renderHealthJson(health: Health): string {
  return `${JSON.stringify({ ok: health.length === 0, problems: health })}\n`;
}

const HealthJson = z.object({ problems: z.array(Ailment) });

/** Reads what `renderHealthJson` has written. Throws for anything else. */
export function parseHealthJson(json: string): Health {
  return HealthJson.parse(JSON.parse(json)).problems;
}
