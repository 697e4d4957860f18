// What is wrong, at the head of the first page.
import type { Language } from '../../languages/language.ts';
import type { House } from './house.ts';
import { html, type Html } from './html.ts';

/** A note for each ailment, and where more is to be read; nothing where all is well. */
export function renderHealth({ health }: Pick<House, 'health'>, { admin }: Language): readonly Html[] {
  return health().map(({ message }) => html`<p class="note poor" role="status">${message} <a href="/system">${admin.tasks.more}</a></p>`);
}
