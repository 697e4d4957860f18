// Finds the remembered runs that match a query, newest first, a page at a time.
import { createNetworkTest } from '../../values/network.ts';
import type { RunRecord } from '../../history/records.ts';
import type { RememberedRuns } from '../../history/remembered.ts';
import type { HistoryQuery } from './history-query.ts';

/** The matching runs, newest first, and the id after which the search for older ones continues. */
export function findRuns(
  remembered: Pick<RememberedRuns, 'newestFirst'>,
  { outcome, task, network, label, text, before }: Partial<Omit<HistoryQuery, 'kind' | 'result' | 'problem'>>,
  limit: number,
): { readonly runs: readonly RunRecord[]; readonly older: string | undefined } {
  const isNear = network === undefined ? () => true : createNetworkTest([network]);
  const known = new Map<string, boolean>();
  const isNearKnown = (address: string): boolean => {
    const isIn = known.get(address) ?? isNear(address);
    known.set(address, isIn);
    return isIn;
  };
  const exact = [outcome, task].flatMap((value) => (value === undefined ? [] : [JSON.stringify(value)]));
  const parts = [label, text].flatMap((value) =>
    value === undefined ? [] : [JSON.stringify(value).slice(1, -1).toLowerCase()],
  );
  const mayFit = (json: string): boolean => {
    if (
      !exact.every((value) => json.includes(value)) ||
      (network !== undefined && !mayHoldAddress(json, isNearKnown))
    )
      return false;
    if (parts.length === 0) return true;
    const lower = json.toLowerCase();
    return parts.every((part) => lower.includes(part));
  };
  const runs: RunRecord[] = [];
  for (const record of remembered.newestFirst({ before, mayFit })) {
    const { start, end } = record;
    const fits =
      (outcome === undefined || end?.outcome.kind === outcome) &&
      (task === undefined || start.task === task) &&
      (network === undefined || isNearKnown(start.address)) &&
      (label === undefined || hasPart(start.label, label)) &&
      (text === undefined ||
        [start.name, start.task, start.address, start.label, start.run, end?.outcome.reason].some((part) =>
          hasPart(part, text),
        ));
    if (!fits) continue;
    if (runs.length === limit) return { runs, older: runs.at(-1)?.start.run };
    runs.push(record);
  }
  return { runs, older: undefined };
}

/** Whether a value is an address that matches. */
function mayHoldAddress(json: string, isNear: (address: string) => boolean): boolean {
  for (const [, address = ''] of json.matchAll(/"([0-9a-f.:]+)"/gi)) if (isNear(address)) return true;
  return false;
}

function hasPart(whole: string | undefined, part: string): boolean {
  return whole?.toLowerCase().includes(part.toLowerCase()) === true;
}
