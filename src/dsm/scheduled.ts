// Scheduled tasks of DSM, known by number: SYNO.Core.TaskScheduler.
import * as z from 'zod';
import { toUnclear, type CallDsm, type DsmAnswer, type DsmRequest, type Refused, type Unanswered } from './call.ts';
import { isOver, Numberish, parseLocalMs, readHistory, type DsmRun, type DsmTask } from './dsm-task.ts';
import type { WebApiOptions } from './options.ts';

const api = 'SYNO.Core.TaskScheduler';
/** How many tasks are asked for at once, and how often at most. */
const pageSize = 100;
const maxPages = 50;
/** From this version of the API on, which came with DSM 7, version 2 knows `run` and version 3 lists. */
const sinceDsm7 = 3;

const Row = z.object({
  id: z.int().positive(),
  name: z.string().optional(),
  real_owner: z.string().optional(),
  can_run: z.boolean().optional(),
});
type Row = z.infer<typeof Row>;
const Page = z.object({ tasks: z.array(z.unknown()), total: z.int().optional() });

const HistoryRow = z.object({
  timestamp: Numberish.optional(),
  start_time: z.string().nullish(),
  stop_time: z.string().nullish(),
  exit_code: Numberish.optional(),
  exit_type: z.string().optional(),
});

/** The scheduled task of a number. `versions` are those that the config forces. */
export function createScheduledTask(call: CallDsm, id: number, versions: WebApiOptions['versions']): DsmTask {
  return {
    key: `scheduled ${id}`,
    async find(stop) {
      const found = await findRow(call, id, versions.list, stop);
      if (found === undefined) return { kind: 'missing', reason: 'DSM has no such scheduled task.' };
      if ('kind' in found) return found;
      if (found.can_run === false) return { kind: 'missing', reason: 'DSM does not let the account run this task.' };
      return { kind: 'found', start: async (stop) => await run(call, id, found.real_owner ?? 'root', versions.run, stop) };
    },
    async loadHistory(stop) {
      const answer = await call({ api, method: 'get_history_status_list', forms: [{ version: 1, params: { id } }] }, stop);
      return readHistory(answer, 'get_history_status_list', (data) => HistoryRow.array().safeParse(data).data?.map(toRun));
    },
    // `get_history_log` was never seen to work; what a run printed lies in a file on the NAS.
    loadOutput: () => Promise.resolve(undefined),
  };
}

async function run(call: CallDsm, id: number, owner: string, forced: number | undefined, stop: AbortSignal): Promise<DsmAnswer> {
  const list = { tasks: [{ id, real_owner: owner }] };
  const single = { task: id };
  const forms =
    forced === undefined
      ? [
          { version: 2, from: sinceDsm7, params: list },
          { version: 1, params: single },
        ]
      : [{ version: forced, from: 0, params: forced === 1 ? single : list }];
  return await call({ api, method: 'run', forms }, stop);
}

function toList(params: Readonly<Record<string, unknown>>, forced: number | undefined): DsmRequest {
  const forms =
    forced === undefined
      ? [
          { version: 3, from: sinceDsm7, params },
          { version: 1, params },
        ]
      : [{ version: forced, from: 0, params }];
  return { api, method: 'list', forms };
}

/** A look at the list, which DSM answers administrators only: who is none gets error 105. */
export async function proveAdministrator(call: CallDsm, versions: WebApiOptions['versions'], stop: AbortSignal): Promise<DsmAnswer> {
  const params = { sort_by: 'name', sort_direction: 'ASC', offset: 0, limit: 1 };
  const answer = await call(toList(params, versions.list), stop);
  return answer.kind !== 'answered' || Page.safeParse(answer.data).success ? answer : toUnclear('list');
}

/** The task's row in the list; undefined where there is none. Rows without a number are triggered tasks. */
async function findRow(
  call: CallDsm,
  id: number,
  forced: number | undefined,
  stop: AbortSignal,
): Promise<Row | Refused | Unanswered | undefined> {
  const seen = new Set<string>();
  for (let page = 0, offset = 0; page < maxPages; page++) {
    const params = { sort_by: 'name', sort_direction: 'ASC', offset, limit: pageSize };
    const answer = await call(toList(params, forced), stop);
    if (answer.kind !== 'answered') return answer;
    const { data } = Page.safeParse(answer.data);
    if (data === undefined) return toUnclear('list');
    for (const row of data.tasks) {
      const parsed = Row.safeParse(row);
      if (parsed.success && parsed.data.id === id) return parsed.data;
    }
    // Some DSM may not know of pages and tell the same again and again.
    const before = seen.size;
    for (const row of data.tasks) seen.add(JSON.stringify(row));
    offset += data.tasks.length;
    if (seen.size === before || offset >= (data.total ?? 0)) return undefined;
  }
  return undefined;
}

function toRun({ timestamp, start_time, stop_time, exit_code, exit_type }: z.infer<typeof HistoryRow>): DsmRun {
  const order = timestamp ?? parseLocalMs(start_time) / 1000;
  return {
    key: `${timestamp ?? ''} ${start_time ?? ''}`,
    order,
    startedMs: order * 1000,
    end: isOver(stop_time) ? { exitCode: exit_code, exitType: exit_type ?? 'normal' } : undefined,
  };
}
