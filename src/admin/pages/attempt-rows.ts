// The rows of attempts.
import type { AttemptLine } from '../../attempts/attempt.ts';
import type { Language } from '../../languages/language.ts';
import { html, renderName, type Html } from './html.ts';
import { renderClock, renderResultMark } from './marks.ts';

/** A row for an attempt; `names` are those of the tasks, by id. */
export function renderAttemptRow(
  attempt: AttemptLine,
  names: ReadonlyMap<string, string>,
  language: Language,
): Html {
  const { admin } = language;
  const { result, task, run, label, address, calls, networks, at } = attempt;
  const name = renderName(task === undefined ? admin.history.aRun : (names.get(task) ?? task));
  const what =
    run === undefined ? (task === undefined ? undefined : name) : html`<a href="runs/${run}">${name}</a>`;
  const where = Object.entries(networks ?? {}).map(([network, count]) => admin.callsFrom(count, network));
  const who = [label, address, ...where].filter((part) => part !== undefined).join(', ');
  return html`<li>
    <div>${renderResultMark(result, language)}</div>
    <div class="what">
      ${what} ${calls === undefined ? undefined : admin.counts.calls(calls)}
      <span class="soft">${renderName(who)}</span>
    </div>
    <div class="end">${renderClock(at)}</div>
  </li>`;
}
