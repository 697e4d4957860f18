// The query of the history page: read from an address, and written into one.
import { attemptResults, type AttemptResult } from '../../attempts/attempt.ts';
import type { AttemptFilter } from '../../attempts/filter.ts';
import { createPartTest } from '../../fold-text.ts';
import type { Task } from '../../tasks.ts';
import { Network } from '../../values/network.ts';
import { parsePeriod, type Period } from '../../values/period.ts';
import { Outcome } from '../../outcome.ts';

/** Longer search texts are not useful. */
const maxLength = 100;

export interface HistoryQuery {
  readonly kind: 'runs' | 'attempts';
  /** For runs. */
  readonly outcome: Outcome['kind'] | undefined;
  /** For attempts. */
  readonly result: AttemptResult | undefined;
  readonly task: string | undefined;
  /** As typed; an address or a network unless there is a problem. */
  readonly network: string | undefined;
  readonly label: string | undefined;
  readonly text: string | undefined;
  /** The first and the last day, as typed. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The days from the first to the last; undefined for all, and if there is a problem with them. */
  readonly period: Period | undefined;
  /** Where the previous page ended. */
  readonly before: string | undefined;
  /** What could not be understood. Nothing matches then, because ignoring the filter would show everything. */
  readonly problem: 'noNetwork' | 'noResult' | 'noDay' | undefined;
}

/** Reads a query; empty values are left out. */
export function parseHistoryQuery(search: URLSearchParams): HistoryQuery {
  const read = (name: string): string | undefined => {
    const text = search.get(name)?.trim().slice(0, maxLength);
    return text === '' ? undefined : text;
  };
  const kind = search.get('kind') === 'attempts' ? 'attempts' : 'runs';
  const asked = read('result');
  const network = read('network');
  const [from, to] = [read('from'), read('to')];
  const period = parsePeriod(from, to);
  const query = {
    kind,
    outcome: kind === 'runs' ? Outcome.shape.kind.options.find((one) => one === asked) : undefined,
    result: kind === 'attempts' ? attemptResults.find((one) => one === asked) : undefined,
    task: read('task'),
    network,
    label: read('label'),
    text: read('text'),
    from,
    to,
    period: from === undefined && to === undefined ? undefined : period,
    before: read('before'),
  } as const;
  const isNetwork = network === undefined || Network.safeParse(network).success;
  const isResult = asked === (query.outcome ?? query.result);
  return {
    ...query,
    problem: !isNetwork ? 'noNetwork' : !isResult ? 'noResult' : period === undefined ? 'noDay' : undefined,
  };
}

/** The address of a query. */
export function toQuery(query: HistoryQuery): string {
  return `history?${toSearch(query)}`;
}

/** The address of a file with everything that a query finds. */
export function toExportQuery(query: HistoryQuery, format: 'csv' | 'json'): string {
  return `history/export?${toSearch({ ...query, before: undefined })}&format=${format}`;
}

function toSearch(query: HistoryQuery): string {
  const { kind, outcome, result, task, network, label, text, from, to, before } = query;
  const parts = {
    kind: kind === 'runs' ? undefined : kind,
    result: kind === 'runs' ? outcome : result,
    task,
    network,
    label,
    text,
    from,
    to,
    before,
  };
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parts)) if (value !== undefined) search.set(name, value);
  return search.toString();
}

/** The search for attempts: a text also finds the attempts on tasks with this text in their names. */
export function toAttemptFilter(
  { result, task, network, label, text, period }: HistoryQuery,
  tasks: readonly Task[],
): AttemptFilter {
  const hasText = createPartTest(text);
  const textTasks = text === undefined ? [] : tasks.filter(({ name }) => hasText(name)).map(({ id }) => id);
  return { result, task, network, label, text, period, textTasks };
}
