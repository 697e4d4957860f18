// The callers without the right keys, by network.
import { refusals } from '../../attempts/attempt.ts';
import { toIso } from '../../clock.ts';
import type { AdminDeps } from './admin-deps.ts';
import { html } from './html.ts';
import { renderMoment } from './marks.ts';
import type { AdminPage, Reader } from './page.ts';

/** How many networks the page lists. */
const shownNetworks = 100;

export function toStrangersPage(
  { tally, clock }: Pick<AdminDeps, 'tally' | 'clock'>,
  { language }: Reader,
): AdminPage {
  const { admin, tag } = language;
  const networks = tally.networks();
  const nowMs = clock.wallMs();
  const kinds = refusals.flatMap((kind) => {
    const calls = kind === 'limited' ? undefined : tally.results.get(kind);
    return calls === undefined ? [] : [`${admin.results[kind]} ${calls.toLocaleString(tag)}`];
  });
  const rows = networks.slice(0, shownNetworks).map(({ network, calls, lastSeenMs, kinds: seen }) => {
    const what = [...seen]
      .sort(([, a], [, b]) => b - a)
      .map(([kind, count]) => `${admin.results[kind]} ${count.toLocaleString(tag)}`);
    const search = new URLSearchParams({ kind: 'attempts', network });
    return html`<li>
      <div><a href="history?${search.toString()}">${network}</a></div>
      <div class="what soft">${what.join(', ')}</div>
      <div class="end">${admin.counts.calls(calls)} ${renderMoment(toIso(lastSeenMs), nowMs, language)}</div>
    </li>`;
  });
  return {
    title: admin.sections.strangers,
    section: '/strangers',
    main: html`<h1>${admin.sections.strangers}</h1>
      <p class="soft">${admin.strangers.intro}</p>
      ${kinds.length === 0 ? undefined : html`<p>${kinds.join(' · ')}</p>`}
      ${
        rows.length === 0
          ? html`<p class="note">${admin.strangers.empty}</p>`
          : html`<ul class="rows">
              ${rows}
            </ul>`
      }
      ${networks.length > shownNetworks ? html`<p class="soft">${admin.counts.moreNetworks(networks.length - shownNetworks)}</p>` : undefined}`,
  };
}
