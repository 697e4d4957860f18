// Keys as rows of a list: for whom, until when, and when they were last used. Nothing here knows a key itself.
import { dayMs, toIso } from '../../clock.ts';
import type { GivenKey } from '../../entry/gate.ts';
import { html, renderName, type Html } from './html.ts';
import { findUse, type KeyUses } from './key-uses.ts';
import { renderDateAndTime, renderMark, renderMoment } from './marks.ts';
import { renderToken, type Reader } from './page.ts';

/** How many days before its end a key is marked. */
const oddDays = 14;

export function renderKeys(
  keys: readonly GivenKey[],
  {
    uses,
    partners,
    isMagic,
    isBlocked,
    back,
    nowMs,
  }: {
    readonly uses: KeyUses;
    /** The keys that these open a task together with. */
    readonly partners: readonly Pick<GivenKey, 'label'>[];
    readonly isMagic: boolean;
    readonly isBlocked: (key: GivenKey['digest']) => boolean;
    /** The page that shows them, as seen from the root. */
    readonly back: string;
    readonly nowMs: number;
  },
  reader: Reader,
): Html {
  const { keys: words } = reader.language.admin;
  const rows = keys.map((key) => {
    const use = findUse(uses, key, partners, isMagic);
    const facts = [
      ...(key.asksFirst ? [html`${words.asksFirst}; `] : []),
      use === undefined
        ? html`${words.unused}`
        : html`${words.lastUse}
          ${renderMoment(use.at, nowMs, reader.language)}${use.address === undefined ? undefined : html`, ${use.address}`}`,
    ];
    return html`<li>
      <div>${isBlocked(key.digest) ? renderMark('poor', words.blocked) : renderEnd(key, nowMs, reader)}</div>
      <div class="what">
        ${key.label === undefined ? html`${words.noLabel}` : renderName(key.label)}
        <span class="soft">${facts}</span>
      </div>
      ${key.label === undefined ? undefined : renderBlock(key.label, isBlocked(key.digest), back, reader)}
    </li>`;
  });
  return html`<ul class="rows">
    ${rows}
  </ul>`;
}

/** The button that takes all keys with a label out of use, or back into it. */
function renderBlock(label: string, isBlocked: boolean, back: string, reader: Reader): Html {
  const { keys: words } = reader.language.admin;
  const word = isBlocked ? words.unblock : words.block;
  return html`<form class="end" method="post" action="${reader.root}keys/${isBlocked ? 'unblock' : 'block'}">
    ${renderToken(reader)}<input type="hidden" name="label" value="${label}" /><input
      type="hidden"
      name="back"
      value="${back}"
    /><button class="${isBlocked ? 'quiet' : 'stop'}" aria-label="${word} ${label}">${word}</button>
  </form>`;
}

function renderEnd(
  { notBeforeMs = -Infinity, expiresAtMs }: GivenKey,
  nowMs: number,
  { language: { admin } }: Reader,
): Html {
  if (notBeforeMs > nowMs) return renderMark('still', admin.keys.early);
  if (expiresAtMs === undefined) return renderMark('still', admin.keys.noEnd);
  if (expiresAtMs <= nowMs) return renderMark('poor', admin.keys.expired);
  const days = Math.floor((expiresAtMs - nowMs) / dayMs);
  return renderMark(
    days < oddDays ? 'odd' : 'good',
    admin.until(renderDateAndTime(toIso(expiresAtMs)).slice(0, 16).replace(' 00:00', '')),
  );
}
