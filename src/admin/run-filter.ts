// Which remembered runs are wanted: the newest that fit, a page at a time.
import { createNetworkTest } from '../network.ts';
import type { RunRecord } from '../history/records.ts';
import type { HistoryQuery } from './history-query.ts';

/** The runs that fit, newest first, and the id behind which older ones are to be looked for. */
export function findRuns(
  records: ReadonlyMap<string, RunRecord>,
  { outcome, task, network, label, text, before }: Omit<HistoryQuery, 'kind' | 'result' | 'problem'>,
  limit: number,
): { readonly runs: readonly RunRecord[]; readonly older: string | undefined } {
  const isNear = network === undefined ? () => true : createNetworkTest([network]);
  const all = [...records.values()].toReversed();
  const from = before === undefined ? 0 : all.findIndex(({ start }) => start.run === before) + 1;
  const runs: RunRecord[] = [];
  for (const record of all.slice(from)) {
    const { start, end } = record;
    const fits =
      (outcome === undefined || end?.outcome.kind === outcome) &&
      (task === undefined || start.task === task) &&
      (network === undefined || isNear(start.address)) &&
      (label === undefined || hasPart(start.label, label)) &&
      (text === undefined ||
        [start.name, start.task, start.address, start.label, start.run, end?.outcome.reason].some((part) => hasPart(part, text)));
    if (!fits) continue;
    if (runs.length === limit) return { runs, older: runs.at(-1)?.start.run };
    runs.push(record);
  }
  return { runs, older: undefined };
}

function hasPart(whole: string | undefined, part: string): boolean {
  return whole?.toLowerCase().includes(part.toLowerCase()) === true;
}
