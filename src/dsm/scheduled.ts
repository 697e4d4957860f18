// Scheduled tasks of DSM, known by number: SYNO.Core.TaskScheduler.
import * as z from 'zod';
import type { CallDsm, DsmAnswer, Refused, Unanswered } from './call.ts';
import { isOver, Numberish, parseLocalMs, readHistory, type DsmRun, type DsmTask } from './dsm-task.ts';
import type { WebApiOptions } from './options.ts';
import { loadScheduledRows, schedulerApi as api, sinceDsm7 } from './scheduled-list.ts';

const Row = z.object({
  id: z.int().positive(),
  name: z.string().optional(),
  real_owner: z.string().optional(),
  can_run: z.boolean().optional(),
});
type Row = z.infer<typeof Row>;

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
      const found = await findRow(call, id, versions, stop);
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
    loadOutput: () => Promise.resolve({ kind: 'untold' }),
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

/** The task's row in the list; undefined where there is none. */
async function findRow(
  call: CallDsm,
  id: number,
  versions: WebApiOptions['versions'],
  stop: AbortSignal,
): Promise<Row | Refused | Unanswered | undefined> {
  const toRow = (row: unknown): Row | undefined => {
    const { data } = Row.safeParse(row);
    return data?.id === id ? data : undefined;
  };
  const found = await loadScheduledRows(call, versions, stop, (row) => toRow(row) !== undefined);
  return found.kind === 'rows' ? found.rows.map(toRow).find((row) => row !== undefined) : found;
}

function toRun({ timestamp, start_time, stop_time, exit_code, exit_type }: z.infer<typeof HistoryRow>): DsmRun {
  const order = timestamp ?? parseLocalMs(start_time) / 1000;
  return {
    key: `${timestamp ?? ''} ${start_time ?? ''}`,
    order,
    startedMs: order * 1000,
    startedAt: start_time ?? undefined,
    end: isOver(stop_time) ? { exitCode: exit_code, exitType: exit_type ?? 'normal' } : undefined,
  };
}
