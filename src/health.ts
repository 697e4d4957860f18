// How the daemon is: what is wrong with it, for who watches it.

/** Something that keeps the daemon from doing all that it is there for. */
export interface Ailment {
  readonly what: 'config' | 'log' | 'history' | 'dsm';
  /** One line, which names no key. */
  readonly message: string;
}

/** Nothing wrong: the daemon is well. */
export type Health = readonly Ailment[];

/** As one line of JSON. */
export function renderHealthJson(health: Health): string {
  return `${JSON.stringify({ ok: health.length === 0, problems: health })}\n`;
}
