// The history: runs and attempts, newest first, filtered, a page at a time.
import { attemptResults, type AttemptLine } from '../history/attempt.ts';
import type { RunRecord } from '../history/records.ts';
import { Outcome } from '../outcome.ts';
import type { Task } from '../tasks.ts';
import type { House } from './house.ts';
import { html, type Html } from './html.ts';
import { renderCount, renderMoment, renderResultMark, resultWords } from './marks.ts';
import type { AdminPage } from './page.ts';
import { renderRunRow } from './run-rows.ts';
import { findRuns } from './run-filter.ts';
import { toQuery, type HistoryQuery } from './history-query.ts';

/** How many rows a page has. */
const pageRows = 50;

export async function toHistoryPage(
  query: HistoryQuery,
  { tasks, history, attempts, clock }: Pick<House, 'tasks' | 'history' | 'attempts' | 'clock'>,
): Promise<AdminPage> {
  const nowMs = clock.wallMs();
  const load = async (): Promise<Rows> =>
    query.kind === 'runs'
      ? toRunRows(findRuns(history.records, query, pageRows), nowMs)
      : toAttemptRows(await attempts.find({ filter: query, limit: pageRows, before: query.before }), tasks(), nowMs);
  const found = query.problem === undefined ? await load() : { rows: [], older: undefined };
  const nothing = found.older === undefined ? 'Nothing fits.' : 'Nothing fits so far. There is more to look through.';
  const tab = (kind: HistoryQuery['kind'], name: string): Html =>
    html`<a href="/history${kind === 'runs' ? '' : '?kind=attempts'}" ${kind === query.kind ? html` aria-current="page"` : undefined}
      >${name}</a
    >`;
  return {
    title: query.kind === 'runs' ? 'History' : 'Attempts',
    section: '/history',
    main: html`<h1>History</h1>
      <nav class="tabs" aria-label="What is shown">${tab('runs', 'Runs')}${tab('attempts', 'Attempts')}</nav>
      ${renderFilter(query, tasks())}${query.problem === undefined ? undefined : html`<p class="note odd" role="status">${query.problem}</p>`}
      ${
        found.rows.length === 0
          ? html`<p class="soft">${nothing}</p>`
          : html`<ul class="rows">
              ${found.rows}
            </ul>`
      }
      <p class="acts more">
        ${query.before === undefined ? undefined : html`<a class="button quiet" href="${toQuery({ ...query, before: undefined })}">Newest</a>`}${
          found.older === undefined
            ? undefined
            : html`<a class="button quiet" href="${toQuery({ ...query, before: found.older })}">Older</a>`
        }
      </p>`,
  };
}

interface Rows {
  readonly rows: readonly Html[];
  readonly older: string | undefined;
}

function toRunRows({ runs, older }: { readonly runs: readonly RunRecord[]; readonly older: string | undefined }, nowMs: number): Rows {
  return { rows: runs.map((record) => renderRunRow(record, nowMs)), older };
}

function toAttemptRows(
  { attempts, older }: { readonly attempts: readonly AttemptLine[]; readonly older: string | undefined },
  tasks: readonly Task[],
  nowMs: number,
): Rows {
  const names = new Map(tasks.map(({ id, name }) => [id, name]));
  return { rows: attempts.map((attempt) => renderAttempt(attempt, names, nowMs)), older };
}

function renderAttempt(attempt: AttemptLine, names: ReadonlyMap<string, string>, nowMs: number): Html {
  const { result, task, run, label, address, calls, networks, at } = attempt;
  const name = task === undefined ? 'a run' : (names.get(task) ?? task);
  const what = run === undefined ? (task === undefined ? undefined : html`${name}`) : html`<a href="/runs/${run}">${name}</a>`;
  const where = Object.entries(networks ?? {}).map(([network, count]) => `${count} from ${network}`);
  const who = [label, address, ...where].filter((part) => part !== undefined).join(', ');
  return html`<li>
    <div>${renderResultMark(result)}</div>
    <div class="what">${what} ${calls === undefined ? undefined : renderCount(calls, 'call')} <span class="soft">${who}</span></div>
    <div class="end">${renderMoment(at, nowMs)}</div>
  </li>`;
}

function renderFilter(query: HistoryQuery, tasks: readonly Task[]): Html {
  const options = (values: readonly (readonly [value: string, words: string])[], chosen: string | undefined): Html =>
    html`<option value="">All</option>
      ${values.map(([value, words]) => html`<option value="${value}" ${value === chosen ? html` selected` : undefined}>${words}</option>`)}`;
  const results: readonly (readonly [string, string])[] =
    query.kind === 'runs'
      ? Outcome.shape.kind.options.map((kind) => [kind, kind])
      : attemptResults.map((result) => [result, resultWords[result]]);
  return html`<form class="filter" method="get" action="/history">
    ${query.kind === 'runs' ? undefined : html`<input type="hidden" name="kind" value="attempts" />`}
    <label
      >${query.kind === 'runs' ? 'Outcome' : 'Result'}<select name="result">
        ${options(results, query.kind === 'runs' ? query.outcome : query.result)}
      </select></label
    >
    <label
      >Task<select name="task">
        ${options(
          tasks.map(({ id, name }) => [id, name]),
          query.task,
        )}
      </select></label
    >
    <label>Address or network<input name="network" value="${query.network ?? ''}" inputmode="url" autocomplete="off" /></label>
    <label>Label<input name="label" value="${query.label ?? ''}" autocomplete="off" /></label>
    <label>Text<input name="text" type="search" value="${query.text ?? ''}" autocomplete="off" /></label
    ><button class="quiet">Filter</button>
  </form>`;
}
