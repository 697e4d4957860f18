// The overview: all tasks that the caller may start, as large buttons with their last outcome.
import type { Admitted } from '../../entry/gate.ts';
import { plainDrawing } from '../../icons/tile.ts';
import type { Following } from '../../follow-ups/follow-ups.ts';
import type { RunView } from '../../runs/run-view.ts';
import { renderFollowing } from './following.ts';
import { renderHomeLinks } from './home-page.ts';
import { overviewPlaces } from './home-parts.ts';
import type { Language } from '../../languages/language.ts';
import { createPageKind, escapeHtml } from '../../listener/page.ts';
import { capitalize, phoneStyle, renderNote, signs, themeColors } from './phone-page.ts';

const overviewPages = createPageKind(`${phoneStyle}
main{padding:1.75rem 1.25rem 1.25rem}
h1{margin-bottom:1.25rem}
.task{display:grid;grid-template-columns:3.25rem 1fr;gap:0 1rem;align-items:center;margin-top:.75rem;padding:.875rem 1rem;background:var(--bg);color:var(--ink);text-align:left}
.task>:first-child{grid-row:span 2;width:3.25rem;height:3.25rem;font-size:2.25rem;line-height:3.25rem;text-align:center;border-radius:.75rem;stroke:none}
.task>:last-child{display:flex;flex-wrap:wrap;column-gap:.625rem;font-size:.9375rem;font-weight:400;color:var(--soft)}
.task i{font-style:normal;font-weight:600;color:var(--hue)}
.task time{white-space:nowrap;font-variant-numeric:tabular-nums}
`);

/** The headers that the page needs besides the usual ones. */
export const overviewHeaders = overviewPages.headersWithPictures;

/** A task in the overview: its last run, and the nonce that its button sends; undefined if the button only leads to the question. */
export interface Listed {
  readonly admission: Admitted;
  readonly last: RunView | undefined;
  readonly nonce: string | undefined;
  /** What follows its last run, and the nonce that decides about it. */
  readonly next?: { readonly following: Following; readonly nonce: string } | undefined;
}

/** The address that a button of the overview posts to. */
export function toOverviewAction(task: string, nonce: string | undefined): string {
  return `?task=${encodeURIComponent(task)}${nonce === undefined ? '' : `&nonce=${nonce}`}`;
}

/** The complete page. */
export function renderOverviewPage(tasks: readonly Listed[], language: Language): string {
  const { tag, overview } = language;
  return overviewPages.render({
    title: overview.title,
    lang: tag,
    head: `${themeColors}<link rel="icon" href="${favicon}">${renderHomeLinks(overview.title, overviewPlaces)}`,
    main: `<h1>${escapeHtml(overview.title)}</h1>
${tasks.length === 0 ? renderNote(overview.none) : tasks.map((listed) => renderTask(listed, language)).join('\n')}`,
  });
}

function renderTask({ admission, last, nonce, next }: Listed, language: Language): string {
  const { task, name } = admission;
  return `<form method="post" action="${escapeHtml(toOverviewAction(task, nonce))}"><button class="task">${renderIcon(admission)}<span>${escapeHtml(name)}</span><span>${renderLast(last, language)}</span></button></form>${next === undefined ? '' : renderFollowing(next.following, next.nonce, language)}`;
}

function renderIcon({ task, icon }: Admitted): string {
  if (icon?.kind === 'emoji') return `<span aria-hidden="true">${icon.emoji}</span>`;
  if (icon?.kind === 'picture') return `<img src="?icon-192&amp;task=${encodeURIComponent(task)}" alt="">`;
  return plainIcon;
}

function renderLast(last: RunView | undefined, { states, time, overview }: Language): string {
  if (last === undefined) return escapeHtml(overview.never);
  const standing = last.outcome?.kind ?? (last.state === 'queued' ? 'queued' : 'running');
  return `<i class="${signs[standing].hue}">${escapeHtml(capitalize(states[standing]))}</i><time datetime="${escapeHtml(last.startedAt ?? last.acceptedAt)}">${escapeHtml(time(new Date(last.startedAt ?? last.acceptedAt)))}</time>`;
}

const plainIcon = `<svg viewBox="-4 -4 40 40" aria-hidden="true">${plainDrawing.body}</svg>`;
const favicon = `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${plainDrawing.body}</svg>`)}`;
