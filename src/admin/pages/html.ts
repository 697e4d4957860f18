// HTML that is always escaped: a value in a template is text, unless it came from a template itself.
import { escapeHtml } from '../../listener/page.ts';

/** A piece of HTML. */
export interface Html {
  readonly html: string;
}

type Value = string | number | undefined | Html | readonly Html[];

/** A template for HTML: texts and numbers are escaped, undefined becomes nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { html: strings.map((string, i) => (i === 0 ? '' : renderValue(values[i - 1])) + string).join('') };
}

/** A name given by people, whose direction of writing changes nothing around it. */
export function renderName(name: string): Html {
  return { html: `<bdi>${escapeHtml(name)}</bdi>` };
}

/** Marks a text as HTML without escaping: only for HTML that this program rendered itself. */
export function trustHtml(text: string): Html {
  return { html: text };
}

function renderValue(value: Value): string {
  if (value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return 'html' in value ? value.html : value.map((part) => part.html).join('');
}
