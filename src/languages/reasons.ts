// Coded reasons as sentences of a language.
import type { Refusal } from '../reasons/refusal.ts';
import { renderCoded } from '../reasons/texts.ts';
import type { Language } from './language.ts';

/** Why nothing was started, and when to try again. */
export function renderRefusalIn({ refusals, comeBack, duration }: Language, refusal: Refusal): string {
  const sentence = renderCoded(refusals, refusal);
  return 'retryAfterSeconds' in refusal
    ? `${sentence} ${comeBack(duration(refusal.retryAfterSeconds * 1000))}`
    : sentence;
}
