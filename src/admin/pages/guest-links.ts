// The guest links of a task on its page: those that there are, and a form that makes another one.
import { toIso } from '../../clock.ts';
import type { Link } from '../../entry/links.ts';
import type { Task } from '../../tasks.ts';
import type { AdminDeps } from './admin-deps.ts';
import { renderCopy } from './copy.ts';
import { html, renderName, type Html } from './html.ts';
import { renderDateAndTime, renderMark } from './marks.ts';
import { renderToken, type Reader } from './page.ts';
import { toTaskPath } from './task-parts.ts';

/** A link that was just made, or why none was. */
export type MadeLink =
  | { readonly url: string }
  | { readonly problem: 'label-taken' | 'full' | 'unwritten' | 'badForm' };

export function renderLinks(
  { id }: Pick<Task, 'id'>,
  { links }: Pick<AdminDeps, 'links'>,
  made: MadeLink | undefined,
  reader: Reader,
): Html {
  const { language, root } = reader;
  const words = language.admin.links;
  const own = links.list().filter((link) => link.task === id);
  const rows = own.toReversed().map((link) => renderRow(link, links.isOpen(link.key, false), reader));
  return html`${made === undefined ? undefined : renderMade(made, reader)}${
      rows.length === 0
        ? undefined
        : html`<ul class="rows">
            ${rows}
          </ul>`
    }
    <div class="card">
      <p>${words.about}</p>
      <form class="line" method="post" action="${root}${toTaskPath(id)}/links#links">
        ${renderToken(reader)}<label>${words.label} <input name="label" required maxlength="60" /></label
        ><label>${words.time} <input name="for" value="6h" required size="5" /></label
        ><label
          >${words.uses} <input name="uses" type="number" value="1" min="1" max="10000" required /></label
        ><button class="quiet">${words.make}</button>
      </form>
    </div>`;
}

function renderMade(made: MadeLink, { language }: Reader): Html {
  const words = language.admin.links;
  if ('problem' in made) return html`<p class="note odd">${words[made.problem]}</p>`;
  return html`<div class="card">
    <p>${words.shownOnce}</p>
    <p class="code"><code>${made.url}</code> ${renderCopy(made.url, words.title, language)}</p>
  </div>`;
}

function renderRow(
  { task, label, used, uses, endsAtMs, endedAt }: Link,
  isOpen: boolean,
  reader: Reader,
): Html {
  const { admin } = reader.language;
  const { links: words } = admin;
  const state = isOpen ? 'open' : endedAt === undefined && used >= uses ? 'spent' : 'ended';
  const end = renderDateAndTime(endedAt ?? toIso(endsAtMs)).slice(0, 16);
  return html`<li>
    <div>${renderMark(isOpen ? 'good' : 'still', words[state])}</div>
    <div class="what">
      ${renderName(label)} <span class="soft">${words.used} ${used}/${uses}; ${admin.until(end)}</span>
    </div>
    ${
      isOpen
        ? html`<form class="end" method="post" action="${reader.root}${toTaskPath(task)}/links/end">
            ${renderToken(reader)}<input type="hidden" name="label" value="${label}" /><button
              class="stop"
              aria-label="${words.end} ${label}"
            >
              ${words.end}
            </button>
          </form>`
        : undefined
    }
  </li>`;
}
