// What stands in place of output that is not shown.
import type { Language } from './language.ts';

/** The line that reports what is not shown of an output; empty if all is. */
export function renderNotShown(
  notShown: number | 'all' = 0,
  { notShown: words }: Pick<Language, 'notShown'>,
): string {
  if (notShown === 0) return '';
  return `[${notShown === 'all' ? words.all : words.before(notShown)}]\n`;
}
