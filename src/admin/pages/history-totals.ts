// How many runs ended how, and how many calls had which result: in all, and by day.
import type { AttemptLine, AttemptResult } from '../../attempts/attempt.ts';
import type { RememberedRuns } from '../../history/remembered.ts';
import type { Language, Standing } from '../../languages/language.ts';
import { html, type Html } from './html.ts';
import { outcomeTones, renderMark, renderResultMark, toDay } from './marks.ts';
import { toQuery, type HistoryQuery } from './history-query.ts';
import { searchRuns } from './run-filter.ts';

/** How many runs or lines with calls are counted: more would take longer than a page may. */
export const maxCounted = 5000;

/** What is counted: the states of runs, or the results of calls. */
type Kind = Standing | AttemptResult;
type Counts<K extends Kind> = ReadonlyMap<K, number>;

interface Totals<K extends Kind> {
  readonly all: Counts<K>;
  readonly byDay: ReadonlyMap<string, Counts<K>>;
  /** How many were counted, and whether there may be more. */
  readonly counted: number;
  readonly isCut: boolean;
}

/** Totals as parts of the page. */
export interface ShownTotals {
  readonly all: Html | undefined;
  /** Undefined if not all of the day was counted. */
  ofDay(day: string): Html | undefined;
}

/** How totals are shown. */
interface Words<K extends Kind> {
  /** A kind, without a capital letter. */
  word(kind: K): string;
  /** A kind with its count, as a link to what it counts. */
  render(kind: K, text: string): Html;
  /** All that there are, and the last ones of them. */
  all(count: number): string;
  last(count: number): string;
}

/** Counts the runs that a query finds, on all of its pages. */
export function countRuns(
  remembered: Pick<RememberedRuns, 'newestFirst'>,
  query: HistoryQuery,
  max = maxCounted,
): Totals<Standing> {
  const { count, toTotals } = createCounter<Standing>();
  let runs = 0;
  for (const { start, begin, end } of searchRuns(remembered, { ...query, before: undefined })) {
    if (runs++ === max) return toTotals(true);
    const waits = start.isQueued === true && begin === undefined;
    count(start.at, end?.outcome.kind ?? (waits ? 'queued' : 'running'));
  }
  return toTotals(false);
}

/** Counts the calls in some lines; a flood is as many as it had. `isCut` means that there may be more. */
export function countCalls(attempts: readonly AttemptLine[], isCut: boolean): Totals<AttemptResult> {
  const { count, toTotals } = createCounter<AttemptResult>();
  for (const { at, result, calls } of attempts) count(at, result, calls);
  return toTotals(isCut);
}

function createCounter<K extends Kind>(): {
  readonly count: (at: string, kind: K, more?: number) => void;
  readonly toTotals: (isCut: boolean) => Totals<K>;
} {
  const all = new Map<K, number>();
  const byDay = new Map<string, Map<K, number>>();
  let counted = 0;
  return {
    count(at, kind, more = 1) {
      const day = toDay(at);
      const ofDay = byDay.get(day) ?? new Map<K, number>();
      byDay.set(day, ofDay);
      for (const counts of [all, ofDay]) counts.set(kind, (counts.get(kind) ?? 0) + more);
      counted += more;
    },
    toTotals: (isCut) => ({ all, byDay, counted, isCut }),
  };
}

/** The totals of runs, each with a link to the runs that it counts. */
export function showRunTotals(
  totals: Totals<Standing>,
  query: HistoryQuery,
  language: Language,
): ShownTotals {
  const { states, admin } = language;
  const words: Words<Standing> = {
    word: (state) => states[state],
    render(state, text) {
      if (state === 'queued' || state === 'running')
        return renderMark(state === 'queued' ? 'odd' : 'live', text);
      const href = toQuery({ ...query, outcome: state, before: undefined });
      return html`<a href="${href}">${renderMark(outcomeTones[state], text)}</a>`;
    },
    all: admin.counts.runs,
    last: admin.lastRuns,
  };
  return show(totals, words, language);
}

/** The totals of calls, each with a link to the calls that it counts. */
export function showCallTotals(
  totals: Totals<AttemptResult>,
  query: HistoryQuery,
  language: Language,
): ShownTotals {
  const { admin } = language;
  const words: Words<AttemptResult> = {
    word: (result) => admin.results[result],
    render: (result, text) =>
      html`<a href="${toQuery({ ...query, result, before: undefined })}"
        >${renderResultMark(result, language, text)}</a
      >`,
    all: admin.counts.calls,
    last: admin.lastCalls,
  };
  return show(totals, words, language);
}

function show<K extends Kind>(totals: Totals<K>, words: Words<K>, language: Language): ShownTotals {
  return {
    all: renderTotals(totals, words, language),
    ofDay: (day) => renderDayTotals(totals, day, words, language),
  };
}

function renderTotals<K extends Kind>(
  { all, counted, isCut }: Totals<K>,
  words: Words<K>,
  { tag }: Language,
): Html | undefined {
  if (counted === 0) return undefined;
  const parts = sort(all).map(([kind, count]) =>
    words.render(kind, `${words.word(kind)} ${count.toLocaleString(tag)}`),
  );
  return html`<p class="totals">
    <span>${isCut ? words.last(counted) : words.all(counted)}</span> ${parts}
  </p>`;
}

function renderDayTotals<K extends Kind>(
  { byDay, isCut }: Totals<K>,
  day: string,
  words: Words<K>,
  { admin, tag }: Language,
): Html | undefined {
  const counts = byDay.get(day);
  const isWhole = !isCut || [...byDay.keys()].at(-1) !== day;
  if (counts === undefined || !isWhole) return undefined;
  const sum = [...counts.values()].reduce((a, b) => a + b);
  const parts = sort(counts).map(([kind, count]) => `${words.word(kind)} ${count.toLocaleString(tag)}`);
  return html`<span class="soft">${admin.sumOf(words.all(sum), parts.join(', '))}</span>`;
}

/** The most frequent ones first. */
function sort<K extends Kind>(counts: Counts<K>): readonly (readonly [K, number])[] {
  return [...counts].toSorted(([, a], [, b]) => b - a);
}
