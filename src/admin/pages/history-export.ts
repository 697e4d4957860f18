// The history as a file: everything that a query finds, newest first.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AttemptLine } from '../../attempts/attempt.ts';
import { toRunTimes } from '../../history/run-times.ts';
import type { RunRecord } from '../../history/records.ts';
import type { AdminDeps } from './admin-deps.ts';
import { toAttemptFilter, type HistoryQuery } from './history-query.ts';
import { searchRuns } from './run-filter.ts';
import { renderCsv, renderJsonRows, type Cell } from './table-text.ts';

export const exportTypes = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
} as const;
export type ExportFormat = keyof typeof exportTypes;

/** After so many runs, others get their turn. */
const runsPerTurn = 200;

const runColumns = [
  'run',
  'task',
  'name',
  'label',
  'address',
  'acceptedAt',
  'startedAt',
  'endedAt',
  'waitedMs',
  'durationMs',
  'outcome',
  'exitCode',
  'signal',
  'reason',
] as const;
const attemptColumns = ['at', 'result', 'task', 'run', 'label', 'address', 'calls', 'networks'] as const;

/** The text of the file, a piece at a time; the names of columns are the same in every language. */
export function renderExport(
  query: HistoryQuery,
  format: ExportFormat,
  { history, attempts, tasks }: Pick<AdminDeps, 'history' | 'attempts' | 'tasks'>,
): AsyncGenerator<string> {
  const render = format === 'csv' ? renderCsv : renderJsonRows;
  return query.kind === 'runs'
    ? render(runColumns, listRuns(searchRuns(history.runs, query)))
    : render(attemptColumns, listAttempts(attempts.stream(toAttemptFilter(query, tasks()))));
}

async function* listRuns(records: Iterable<RunRecord>): AsyncGenerator<readonly Cell[]> {
  let count = 0;
  for (const record of records) {
    if (++count % runsPerTurn === 0) await nextTurn();
    const { start, end } = record;
    const { acceptedAt, startedAt, endedAt, waitedMs, durationMs } = toRunTimes(record);
    yield [
      start.run,
      start.task,
      start.name,
      start.label,
      start.address,
      acceptedAt,
      startedAt,
      endedAt,
      waitedMs,
      durationMs,
      end?.outcome.kind,
      end?.outcome.exitCode,
      end?.outcome.signal,
      end?.outcome.reason,
    ];
  }
}

async function* listAttempts(attempts: AsyncIterable<AttemptLine>): AsyncGenerator<readonly Cell[]> {
  for await (const { at, result, task, run, label, address, calls, networks } of attempts)
    yield [at, result, task, run, label, address, calls, networks && renderNetworks(networks)];
}

function renderNetworks(networks: Readonly<Record<string, number>>): string {
  return Object.entries(networks)
    .map(([network, calls]) => `${network} ${calls}`)
    .join(' ');
}
