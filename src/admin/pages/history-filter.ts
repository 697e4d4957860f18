// The form that filters the history.
import { attemptResults } from '../../attempts/attempt.ts';
import type { Language } from '../../languages/language.ts';
import { Outcome } from '../../outcome.ts';
import type { Task } from '../../tasks.ts';
import type { HistoryQuery } from './history-query.ts';
import { html, type Html } from './html.ts';

export function renderFilter(query: HistoryQuery, tasks: readonly Task[], { admin, states }: Language): Html {
  const words = admin.history;
  const options = (
    values: readonly (readonly [value: string, words: string])[],
    chosen: string | undefined,
  ): Html =>
    html`<option value="">${words.all}</option>
      ${values.map(([value, words]) => html`<option value="${value}" ${value === chosen ? html` selected` : undefined}>${words}</option>`)}`;
  const results: readonly (readonly [string, string])[] =
    query.kind === 'runs'
      ? Outcome.shape.kind.options.map((kind) => [kind, states[kind]])
      : attemptResults.map((result) => [result, admin.results[result]]);
  return html`<form class="filter" method="get" action="history">
    ${query.kind === 'runs' ? undefined : html`<input type="hidden" name="kind" value="attempts" />`}
    <label
      >${query.kind === 'runs' ? words.outcome : words.result}<select name="result">
        ${options(results, query.kind === 'runs' ? query.outcome : query.result)}
      </select></label
    >
    <label
      >${words.task}<select name="task">
        ${options(
          tasks.map(({ id, name }) => [id, name]),
          query.task,
        )}
      </select></label
    >
    <label
      >${words.network}<input
        name="network"
        value="${query.network ?? ''}"
        inputmode="url"
        autocomplete="off"
    /></label>
    <label>${words.label}<input name="label" value="${query.label ?? ''}" autocomplete="off" /></label>
    <label>${words.from}<input name="from" type="date" value="${query.from ?? ''}" /></label>
    <label>${words.to}<input name="to" type="date" value="${query.to ?? ''}" /></label>
    <label
      >${words.text}<input name="text" type="search" value="${query.text ?? ''}" autocomplete="off" /></label
    ><button class="quiet">${words.filter}</button>
  </form>`;
}
