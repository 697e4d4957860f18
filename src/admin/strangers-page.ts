// Who called without the right keys, by network.
import { refusals } from '../history/attempt.ts';
import { toIso } from '../clock.ts';
import type { House } from './house.ts';
import { html } from './html.ts';
import { renderCount, renderMoment, resultWords } from './marks.ts';
import type { AdminPage } from './page.ts';

/** How many networks the page names. */
const shownNetworks = 100;

export function toStrangersPage({ tally, clock }: Pick<House, 'tally' | 'clock'>): AdminPage {
  const networks = tally.networks();
  const nowMs = clock.wallMs();
  const kinds = refusals.flatMap((kind) => {
    const calls = kind === 'limited' ? undefined : tally.results.get(kind);
    return calls === undefined ? [] : [`${resultWords[kind]} ${calls.toLocaleString('en')}`];
  });
  const rows = networks.slice(0, shownNetworks).map(({ network, calls, lastSeenMs, kinds: seen }) => {
    const what = [...seen].sort(([, a], [, b]) => b - a).map(([kind, count]) => `${resultWords[kind]} ${count.toLocaleString('en')}`);
    const search = new URLSearchParams({ kind: 'attempts', network });
    return html`<li>
      <div><a href="/history?${search.toString()}">${network}</a></div>
      <div class="what soft">${what.join(', ')}</div>
      <div class="end">${renderCount(calls, 'call')} ${renderMoment(toIso(lastSeenMs), nowMs)}</div>
    </li>`;
  });
  return {
    title: 'Strangers',
    section: '/strangers',
    main: html`<h1>Strangers</h1>
      <p class="soft">Who called without both keys since the daemon was started, the last one first. All of them saw "Not found".</p>
      ${kinds.length === 0 ? undefined : html`<p>${kinds.join(' · ')}</p>`}
      ${
        rows.length === 0
          ? html`<p class="note">Nobody.</p>`
          : html`<ul class="rows">
              ${rows}
            </ul>`
      }
      ${networks.length > shownNetworks ? html`<p class="soft">and ${renderCount(networks.length - shownNetworks, 'more network')}</p>` : undefined}`,
  };
}
