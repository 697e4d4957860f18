// The callers without the right keys, by network.
import { refusals } from '../../attempts/attempt.ts';
import { toIso } from '../../clock.ts';
import type { AdminDeps } from './admin-deps.ts';
import { html } from './html.ts';
import { renderMoment } from './marks.ts';
import type { AdminPage, Reader } from './page.ts';

/** How many networks the page lists. */
const shownNetworks = 100;

export async function toStrangersPage(
  { tally, earlierStrangers, clock }: Pick<AdminDeps, 'tally' | 'earlierStrangers' | 'clock'>,
  { language }: Reader,
): Promise<AdminPage> {
  const { admin, tag } = language;
  const earlier = await earlierStrangers();
  const networks = addEarlier(tally.networks(), earlier);
  const nowMs = clock.wallMs();
  const kinds = refusals.flatMap((kind) => {
    const before = [...earlier.values()].reduce((sum, { kinds: seen }) => sum + (seen.get(kind) ?? 0), 0);
    const calls = kind === 'limited' ? 0 : (tally.results.get(kind) ?? 0) + before;
    return calls === 0 ? [] : [`${admin.results[kind]} ${calls.toLocaleString(tag)}`];
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

type Networks = ReturnType<AdminDeps['tally']['networks']>;

/** The strangers of this daemon and of earlier ones, the last ones first. */
function addEarlier(
  networks: Networks,
  earlier: Awaited<ReturnType<AdminDeps['earlierStrangers']>>,
): Networks {
  const known = new Set(networks.map(({ network }) => network));
  return [
    ...networks.map((one) => {
      const before = earlier.get(one.network);
      if (before === undefined) return one;
      const kinds = new Map(one.kinds);
      for (const [kind, calls] of before.kinds) kinds.set(kind, (kinds.get(kind) ?? 0) + calls);
      return { ...one, calls: one.calls + before.calls, kinds };
    }),
    ...[...earlier]
      .filter(([network]) => !known.has(network))
      .map(([network, before]) => ({ network, ...before })),
  ].toSorted((a, b) => b.lastSeenMs - a.lastSeenMs);
}
