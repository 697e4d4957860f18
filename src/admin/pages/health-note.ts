// The health problems, at the top of the first page.
import type { Language } from '../../languages/language.ts';
import type { AdminDeps } from './admin-deps.ts';
import { html, type Html } from './html.ts';

/** A note for each problem, with a link to details; empty if the daemon is healthy. */
export function renderHealth({ health }: Pick<AdminDeps, 'health'>, { admin }: Language): readonly Html[] {
  return health().map(
    ({ message }) =>
      html`<p class="note poor" role="status">${message} <a href="system">${admin.tasks.more}</a></p>`,
  );
}
