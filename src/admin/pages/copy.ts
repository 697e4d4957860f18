// Buttons that copy a text: shown by the script of the page, because without a script they could do nothing.
import type { Language } from '../../languages/language.ts';
import { html, type Html } from './html.ts';

/** The button that copies a text; `what` names the text for screen readers. */
export function renderCopy(text: string, what: string, { admin: { copy } }: Language): Html {
  return html`<button
    class="quiet copy"
    type="button"
    hidden
    data-copy="${text}"
    data-done="${copy.done}"
    aria-label="${copy.button}: ${what}"
  >
    ${copy.button}
  </button>`;
}
