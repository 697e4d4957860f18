// How many runs ended how: in all, and by day.
import type { RememberedRuns } from '../../history/remembered.ts';
import type { Language, Standing } from '../../languages/language.ts';
import { html, type Html } from './html.ts';
import { outcomeTones, renderMark, toDay } from './marks.ts';
import { toQuery, type HistoryQuery } from './history-query.ts';
import { searchRuns } from './run-filter.ts';

/** How many runs are counted: more would take longer than a page may. */
const maxCounted = 5000;

/** Counts of runs by their state. */
type Counts = ReadonlyMap<Standing, number>;

export interface Totals {
  readonly all: Counts;
  readonly byDay: ReadonlyMap<string, Counts>;
  /** How many runs were counted, and whether there are more. */
  readonly counted: number;
  readonly isCut: boolean;
}

/** Counts the runs that a query finds, on all of its pages. */
export function countRuns(
  remembered: Pick<RememberedRuns, 'newestFirst'>,
  query: HistoryQuery,
  max = maxCounted,
): Totals {
  const all = new Map<Standing, number>();
  const byDay = new Map<string, Map<Standing, number>>();
  let counted = 0;
  let isCut = false;
  for (const { start, begin, end } of searchRuns(remembered, { ...query, before: undefined })) {
    isCut = counted === max;
    if (isCut) break;
    counted++;
    const waits = start.isQueued === true && begin === undefined;
    const state = end?.outcome.kind ?? (waits ? 'queued' : 'running');
    const day = toDay(start.at);
    const ofDay = byDay.get(day) ?? new Map<Standing, number>();
    byDay.set(day, ofDay);
    for (const counts of [all, ofDay]) counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return { all, byDay, counted, isCut };
}

/** The totals, each with a link to the runs that it counts. */
export function renderTotals(
  { all, counted, isCut }: Totals,
  query: HistoryQuery,
  { states, admin, tag }: Language,
): Html | undefined {
  if (counted === 0) return undefined;
  const links = sort(all).map(([state, count]) => {
    const text = `${states[state]} ${count.toLocaleString(tag)}`;
    return state === 'queued' || state === 'running'
      ? renderMark(state === 'queued' ? 'odd' : 'live', text)
      : html`<a href="${toQuery({ ...query, outcome: state, before: undefined })}"
          >${renderMark(outcomeTones[state], text)}</a
        >`;
  });
  return html`<p class="totals">
    <span>${isCut ? admin.lastRuns(counted) : admin.counts.runs(counted)}</span> ${links}
  </p>`;
}

/** The totals of a day; nothing if not all of its runs were counted. */
export function renderDayTotals(
  totals: Totals | undefined,
  day: string,
  { states, admin, tag }: Language,
): Html | undefined {
  const counts = totals?.byDay.get(day);
  const isWhole = totals?.isCut !== true || [...totals.byDay.keys()].at(-1) !== day;
  if (counts === undefined || !isWhole) return undefined;
  const sum = [...counts.values()].reduce((a, b) => a + b);
  const parts = sort(counts).map(([state, count]) => `${states[state]} ${count.toLocaleString(tag)}`);
  return html`<span class="soft">${admin.counts.runs(sum)}: ${parts.join(', ')}</span>`;
}

/** The most frequent ones first. */
function sort(counts: Counts): readonly (readonly [Standing, number])[] {
  return [...counts].toSorted(([, a], [, b]) => b - a);
}
