// What follows a run, as a sentence with its time.
import type { Following } from '../follow-ups/follow-ups.ts';
import type { Language } from './language.ts';

/** Until so long before it, a time is shown without its day. */
const soonMs = 20 * 3_600_000;

/** Which task is started, and when; without a full stop. */
export function renderNext(
  { name, atMs, inMs }: Pick<Following, 'name' | 'atMs' | 'inMs'>,
  { then, time, clock }: Pick<Language, 'then' | 'time' | 'clock'>,
): string {
  const at = new Date(atMs);
  return then.again(name, inMs < soonMs ? clock(at) : time(at));
}
