// Finds the remembered runs that match a query, newest first, a page at a time.
import { createJsonPartTest, createPartTest } from '../../fold-text.ts';
import { createNetworkTest } from '../../values/network.ts';
import { isWithin, type Period } from '../../values/period.ts';
import type { RunRecord } from '../../history/records.ts';
import type { RememberedRuns } from '../../history/remembered.ts';
import type { HistoryQuery } from './history-query.ts';

/** What a search asks of a run. */
export type RunSearch = Partial<
  Pick<HistoryQuery, 'outcome' | 'task' | 'network' | 'label' | 'text' | 'period' | 'before'>
>;

/** The matching runs, newest first, and the id after which the search for older ones continues. */
export function findRuns(
  remembered: Pick<RememberedRuns, 'newestFirst'>,
  search: RunSearch,
  limit: number,
): { readonly runs: readonly RunRecord[]; readonly older: string | undefined } {
  const runs: RunRecord[] = [];
  for (const record of searchRuns(remembered, search)) {
    if (runs.length === limit) return { runs, older: runs.at(-1)?.start.run };
    runs.push(record);
  }
  return { runs, older: undefined };
}

/** The matching runs, newest first, one at a time. */
export function* searchRuns(
  remembered: Pick<RememberedRuns, 'newestFirst'>,
  { outcome, task, network, label, text, period, before }: RunSearch,
): Generator<RunRecord> {
  const isNear = network === undefined ? () => true : createNetworkTest([network]);
  const known = new Map<string, boolean>();
  const isNearKnown = (address: string): boolean => {
    const isIn = known.get(address) ?? isNear(address);
    known.set(address, isIn);
    return isIn;
  };
  const exact = [outcome, task].flatMap((value) => (value === undefined ? [] : [JSON.stringify(value)]));
  const mayHaveParts = [label, text]
    .filter((part) => part !== undefined)
    .map((part) => createJsonPartTest(part));
  const [hasLabel, hasText] = [createPartTest(label), createPartTest(text)];
  const mayFit = (json: string): boolean =>
    exact.every((value) => json.includes(value)) &&
    (period === undefined || mayHoldTime(json, period)) &&
    (network === undefined || mayHoldAddress(json, isNearKnown)) &&
    mayHaveParts.every((mayHave) => mayHave(json));
  for (const record of remembered.newestFirst({ before, mayFit })) {
    const { start, end } = record;
    if (
      (outcome === undefined || end?.outcome.kind === outcome) &&
      (task === undefined || start.task === task) &&
      (period === undefined || isWithin(period, Date.parse(start.at))) &&
      (network === undefined || isNearKnown(start.address)) &&
      hasLabel(start.label) &&
      [start.name, start.task, start.address, start.label, start.run, end?.outcome.reason].some(hasText)
    )
      yield record;
  }
}

/** Whether a value is a time of the period, in milliseconds as `packRun` writes it. */
function mayHoldTime(json: string, period: Period): boolean {
  for (const [, ms] of json.matchAll(/,(\d+)/g)) if (isWithin(period, Number(ms))) return true;
  return false;
}

/** Whether a value is an address that matches. */
function mayHoldAddress(json: string, isNear: (address: string) => boolean): boolean {
  for (const [, address = ''] of json.matchAll(/"([0-9a-f.:]+)"/gi)) if (isNear(address)) return true;
  return false;
}
