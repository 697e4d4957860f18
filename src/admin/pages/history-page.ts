// The history page: runs and attempts, newest first, filtered, a page at a time.
import type { AttemptLine } from '../../attempts/attempt.ts';
import type { RunRecord } from '../../history/records.ts';
import type { Task } from '../../tasks.ts';
import type { Language } from '../../languages/language.ts';
import type { AdminDeps } from './admin-deps.ts';
import { html, type Html } from './html.ts';
import { renderFilter } from './history-filter.ts';
import {
  countCalls,
  countRuns,
  maxCounted,
  showCallTotals,
  showRunTotals,
  type ShownTotals,
} from './history-totals.ts';
import { renderClock, toDay } from './marks.ts';
import type { AdminPage, Reader } from './page.ts';
import { renderAttemptRow } from './attempt-rows.ts';
import { renderRunRow } from './run-rows.ts';
import { findRuns } from './run-filter.ts';
import { toAttemptFilter, toExportQuery, toQuery, type HistoryQuery } from './history-query.ts';

/** How many rows a page has. */
const pageRows = 50;

export async function toHistoryPage(
  query: HistoryQuery,
  {
    tasks,
    history,
    attempts,
  }: Pick<AdminDeps, 'tasks' | 'history'> & { readonly attempts: Pick<AdminDeps['attempts'], 'find'> },
  { language }: Reader,
): Promise<AdminPage> {
  const { sections, history: words } = language.admin;
  const loadRuns = (): Found => ({
    ...toRunRows(findRuns(history.runs, query, pageRows), language),
    totals: showRunTotals(countRuns(history.runs, query), query, language),
  });
  const loadAttempts = async (): Promise<Found> => {
    const filter = toAttemptFilter(query, tasks());
    const page = await attempts.find({ filter, limit: pageRows, before: query.before });
    const isAll = query.before === undefined && page.older === undefined;
    const counted = isAll ? page : await attempts.find({ filter, limit: maxCounted });
    const totals = countCalls(counted.attempts, counted.older !== undefined);
    return {
      ...toAttemptRows(page, tasks(), language),
      totals: showCallTotals(totals, query, language),
    };
  };
  const load = async (): Promise<Found> => (query.kind === 'runs' ? loadRuns() : await loadAttempts());
  const found =
    query.problem === undefined ? await load() : { rows: [], older: undefined, totals: undefined };
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
      ${found.totals?.all}
      ${found.rows.length === 0 ? html`<p class="soft">${nothing}</p>` : renderDays(found, language)}
      <p class="acts more">
        ${query.before === undefined ? undefined : html`<a class="button quiet" href="${toQuery({ ...query, before: undefined })}">${words.newest}</a>`}${
          found.older === undefined
            ? undefined
            : html`<a class="button quiet" href="${toQuery({ ...query, before: found.older })}"
                >${words.older}</a
              >`
        }
      </p>
      ${found.rows.length === 0 ? undefined : renderExports(query, language)}`,
  };
}

interface Row {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly row: Html;
}

interface Rows {
  readonly rows: readonly Row[];
  readonly older: string | undefined;
}

/** What a query finds: the rows of a page, and the totals of all pages. */
interface Found extends Rows {
  readonly totals: ShownTotals | undefined;
}

/** The rows by days, each with its totals if they are known. */
function renderDays({ rows, totals }: Found, language: Language): readonly Html[] {
  const days = Map.groupBy(rows, ({ at }) => toDay(at));
  return [...days].map(
    ([day, ofDay]) =>
      html`<h2>${language.admin.day(new Date(`${day}T12:00`))} ${totals?.ofDay(day)}</h2>
        <ul class="rows">
          ${ofDay.map(({ row }) => row)}
        </ul>`,
  );
}

function renderExports(query: HistoryQuery, { admin: { history: words } }: Language): Html {
  const link = (format: 'csv' | 'json', name: string): Html =>
    html`<a class="button quiet" download href="${toExportQuery(query, format)}">${name}</a>`;
  return html`<p class="acts more">
    <span class="soft">${words.exportAll}</span> ${link('csv', 'CSV')} ${link('json', 'JSON')}
  </p>`;
}

function toRunRows(
  { runs, older }: { readonly runs: readonly RunRecord[]; readonly older: string | undefined },
  language: Language,
): Rows {
  return {
    rows: runs.map((record) => ({
      at: record.start.at,
      row: renderRunRow(record, renderClock(record.start.at), { language, root: './' }),
    })),
    older,
  };
}

function toAttemptRows(
  { attempts, older }: { readonly attempts: readonly AttemptLine[]; readonly older: string | undefined },
  tasks: readonly Task[],
  language: Language,
): Rows {
  const names = new Map(tasks.map(({ id, name }) => [id, name]));
  return {
    rows: attempts.map((attempt) => ({ at: attempt.at, row: renderAttemptRow(attempt, names, language) })),
    older,
  };
}
