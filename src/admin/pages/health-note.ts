// The health problems, and what waits for a restart, at the top of the first page.
import type { Language } from '../../languages/language.ts';
import type { AdminDeps, ConfigState } from './admin-deps.ts';
import { html, type Html } from './html.ts';

/** A note for each problem, with a link to details; empty if the daemon is healthy. */
export function renderHealth({ health }: Pick<AdminDeps, 'health'>, { admin }: Language): readonly Html[] {
  return health().map(
    ({ message }) =>
      html`<p class="note poor" role="status">${message} <a href="system">${admin.tasks.more}</a></p>`,
  );
}

/** A note for each warning about a certificate. */
export function renderCertificateWarnings(
  { certificates }: Pick<AdminDeps, 'certificates'>,
  { admin }: Language,
): readonly Html[] {
  return certificates()
    .flatMap(({ warnings }) => warnings)
    .map((text) => html`<p class="note odd">${text}. <a href="system">${admin.tasks.more}</a></p>`);
}

/** A note on the options of the config that were changed and not applied, because they need a restart. */
export function renderRestartNeeds(
  { restartNeeds }: Pick<ConfigState, 'restartNeeds'>,
  { admin }: Language,
): Html | undefined {
  return restartNeeds.length === 0
    ? undefined
    : html`<p class="note odd" role="status">${admin.restartFor(restartNeeds.join(', '))}</p>`;
}
