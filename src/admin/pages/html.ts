// HTML that cannot be forgotten to be escaped: what is put into a template is text, unless it came out of one.
import { escapeHtml } from '../../listener/page.ts';

/** A piece of HTML. */
export interface Html {
  readonly html: string;
}

type Value = string | number | undefined | Html | readonly Html[];

/** A template for HTML: texts and numbers are escaped, undefined is nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { html: strings.map((string, i) => (i === 0 ? '' : renderValue(values[i - 1])) + string).join('') };
}

/** Text that is HTML by its maker's word: only for what this program made itself. */
export function trustHtml(text: string): Html {
  return { html: text };
}

function renderValue(value: Value): string {
  if (value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return 'html' in value ? value.html : value.map((part) => part.html).join('');
}
