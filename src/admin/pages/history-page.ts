// The history page: runs and attempts, newest first, filtered, a page at a time.
import { attemptResults, type AttemptLine } from '../../attempts/attempt.ts';
import type { RunRecord } from '../../history/records.ts';
import { Outcome } from '../../outcome.ts';
import type { Task } from '../../tasks.ts';
import type { Language } from '../../languages/language.ts';
import type { AdminDeps } from './admin-deps.ts';
import { html, type Html } from './html.ts';
import { renderMoment, renderResultMark } from './marks.ts';
import type { AdminPage, Reader } from './page.ts';
import { renderRunRow } from './run-rows.ts';
import { findRuns } from './run-filter.ts';
import { toAttemptFilter, toQuery, type HistoryQuery } from './history-query.ts';

/** How many rows a page has. */
const pageRows = 50;

export async function toHistoryPage(
  query: HistoryQuery,
  { tasks, history, attempts, clock }: Pick<AdminDeps, 'tasks' | 'history' | 'attempts' | 'clock'>,
  { language }: Reader,
): Promise<AdminPage> {
  const { sections, history: words } = language.admin;
  const nowMs = clock.wallMs();
  const load = async (): Promise<Rows> =>
    query.kind === 'runs'
      ? toRunRows(findRuns(history.runs, query, pageRows), nowMs, language)
      : toAttemptRows(
          await attempts.find({
            filter: toAttemptFilter(query, tasks()),
            limit: pageRows,
            before: query.before,
          }),
          {
            tasks: tasks(),
            nowMs,
            language,
          },
        );
  const found = query.problem === undefined ? await load() : { rows: [], older: undefined };
  const nothing = found.older === undefined ? words.nothing : words.nothingYet;
  const tab = (kind: HistoryQuery['kind'], name: string): Html =>
    html`<a
      href="history${kind === 'runs' ? '' : '?kind=attempts'}"
      ${kind === query.kind ? html` aria-current="page"` : undefined}
      >${name}</a
    >`;
  return {
    title: query.kind === 'runs' ? sections.history : words.attempts,
    section: '/history',
    main: html`<h1>${sections.history}</h1>
      <nav class="tabs" aria-label="${words.what}">
        ${tab('runs', words.runs)}${tab('attempts', words.attempts)}
      </nav>
      ${renderFilter(query, tasks(), language)}${query.problem === undefined ? undefined : html`<p class="note odd" role="status">${words[query.problem]}</p>`}
      ${
        found.rows.length === 0
          ? html`<p class="soft">${nothing}</p>`
          : html`<ul class="rows">
              ${found.rows}
            </ul>`
      }
      <p class="acts more">
        ${query.before === undefined ? undefined : html`<a class="button quiet" href="${toQuery({ ...query, before: undefined })}">${words.newest}</a>`}${
          found.older === undefined
            ? undefined
            : html`<a class="button quiet" href="${toQuery({ ...query, before: found.older })}"
                >${words.older}</a
              >`
        }
      </p>`,
  };
}

interface Rows {
  readonly rows: readonly Html[];
  readonly older: string | undefined;
}

function toRunRows(
  { runs, older }: { readonly runs: readonly RunRecord[]; readonly older: string | undefined },
  nowMs: number,
  language: Language,
): Rows {
  return { rows: runs.map((record) => renderRunRow(record, nowMs, { language, root: './' })), older };
}

function toAttemptRows(
  { attempts, older }: { readonly attempts: readonly AttemptLine[]; readonly older: string | undefined },
  {
    tasks,
    nowMs,
    language,
  }: { readonly tasks: readonly Task[]; readonly nowMs: number; readonly language: Language },
): Rows {
  const names = new Map(tasks.map(({ id, name }) => [id, name]));
  return { rows: attempts.map((attempt) => renderAttempt(attempt, { names, nowMs, language })), older };
}

function renderAttempt(
  attempt: AttemptLine,
  {
    names,
    nowMs,
    language,
  }: { readonly names: ReadonlyMap<string, string>; readonly nowMs: number; readonly language: Language },
): Html {
  const { admin } = language;
  const { result, task, run, label, address, calls, networks, at } = attempt;
  const name = task === undefined ? admin.history.aRun : (names.get(task) ?? task);
  const what =
    run === undefined
      ? task === undefined
        ? undefined
        : html`${name}`
      : html`<a href="runs/${run}">${name}</a>`;
  const where = Object.entries(networks ?? {}).map(([network, count]) => admin.callsFrom(count, network));
  const who = [label, address, ...where].filter((part) => part !== undefined).join(', ');
  return html`<li>
    <div>${renderResultMark(result, language)}</div>
    <div class="what">
      ${what} ${calls === undefined ? undefined : admin.counts.calls(calls)} <span class="soft">${who}</span>
    </div>
    <div class="end">${renderMoment(at, nowMs, language)}</div>
  </li>`;
}

function renderFilter(query: HistoryQuery, tasks: readonly Task[], { admin, states }: Language): Html {
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
    <label
      >${words.text}<input name="text" type="search" value="${query.text ?? ''}" autocomplete="off" /></label
    ><button class="quiet">${words.filter}</button>
  </form>`;
}
