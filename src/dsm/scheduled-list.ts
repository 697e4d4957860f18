// The list of scheduled tasks, page by page: SYNO.Core.TaskScheduler `list`.
import * as z from 'zod';
import { toUnclear, type CallDsm, type DsmRequest, type Refused, type Unanswered } from './call.ts';
import { maybe, Numberish } from './dsm-values.ts';
import type { WebApiOptions } from './options.ts';

export const schedulerApi = 'SYNO.Core.TaskScheduler';
/** From this version of the API on, which came with DSM 7, version 2 knows `run` and version 3 lists. */
export const sinceDsm7 = 3;
/** How many tasks one call asks for, and how many calls are made at most. */
const pageSize = 100;
const maxPages = 100;

const Page = z.object({ tasks: z.array(z.unknown()), total: maybe(Numberish) });

/** The rows as DSM returns them, each once; they may include triggered tasks. */
export type ScheduledRows =
  | { readonly kind: 'rows'; readonly rows: readonly unknown[] }
  | Refused
  | Unanswered;

/** Reads the rows until `isEnough` returns true for one, or there are no more. `versions` are the API versions that the config forces. */
export async function loadScheduledRows(
  call: CallDsm,
  versions: WebApiOptions['versions'],
  stop: AbortSignal,
  isEnough: (row: unknown) => boolean = () => false,
): Promise<ScheduledRows> {
  const rows = new Map<string, unknown>();
  for (let page = 0, offset = 0; page < maxPages; page++) {
    const answer = await call(toList({ offset, limit: pageSize }, versions), stop);
    if (answer.kind !== 'answered') return answer;
    const { data } = Page.safeParse(answer.data);
    if (data === undefined) return toUnclear('list', answer);
    // Some DSMs may not support pages and return the same rows again and again.
    const before = rows.size;
    for (const row of data.tasks) rows.set(JSON.stringify(row), row);
    offset += data.tasks.length;
    if (rows.size === before || offset >= (data.total ?? Infinity) || data.tasks.some(isEnough)) break;
  }
  return { kind: 'rows', rows: [...rows.values()] };
}

function toList(
  part: { readonly offset: number; readonly limit: number },
  versions: WebApiOptions['versions'],
): DsmRequest {
  const params = { sort_by: 'name', sort_direction: 'ASC', ...part };
  const forms =
    versions.list === undefined
      ? [
          { version: 3, from: sinceDsm7, params },
          { version: 1, params },
        ]
      : [{ version: versions.list, from: 0, params }];
  return { api: schedulerApi, method: 'list', forms };
}
