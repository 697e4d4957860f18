// What follows runs: the sentence with its time, and the buttons that decide about it.
import type { Following } from '../../follow-ups/follow-ups.ts';
import { renderNext } from '../../languages/following.ts';
import { html, renderName, type Html } from './html.ts';
import { renderToken, type Reader } from './page.ts';
import { toTaskPath } from './task-parts.ts';

/** All that follows, as cards of the first page; nothing if nothing does. */
export function renderAllNext(all: readonly Following[], reader: Reader): Html | undefined {
  if (all.length === 0) return undefined;
  const { language, root } = reader;
  const cards = all.map(
    (following) =>
      html`<li class="card">
        <h3>
          <a href="${root}${toTaskPath(following.task)}">${renderName(renderNext(following, language))}</a>
        </h3>
        ${renderChoices({ ...following, choicesMs: [] }, '', reader)}
      </li>`,
  );
  return html`<h2>${language.admin.tasks.planned}</h2>
    <ul class="grid">
      ${cards}
    </ul>`;
}

/** What follows one run, as a card of the page at the path `back`. */
export function renderCardOfNext(
  following: Following | undefined,
  back: string,
  reader: Reader,
): Html | undefined {
  if (following === undefined) return undefined;
  return html`<div class="card more">
    <p class="question">${renderName(renderNext(following, reader.language))}</p>
    ${renderChoices(following, back, reader)}
  </div>`;
}

function renderChoices({ run, name, choicesMs }: Following, back: string, reader: Reader): Html {
  const { then, duration } = reader.language;
  const toButton = (field: string, value: string, text: string): Html =>
    html`<button class="quiet" name="${field}" value="${value}" aria-label="${name}: ${text}">
      ${text}
    </button>`;
  return html`<form class="acts" method="post" action="${reader.root}runs/${run}/then">
    ${renderToken(reader)}<input type="hidden" name="back" value="${back}" />
    ${toButton('do', 'now', then.now)}${toButton('do', 'leave', then.leave)}
    ${choicesMs.map((ms) => toButton('after', `${ms}ms`, then.after(duration(ms))))}
  </form>`;
}
