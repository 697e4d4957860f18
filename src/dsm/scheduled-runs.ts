// The runs of a scheduled task, by either of DSM's two calls: `get_history_status_list`, and `view`, which includes their output.
import * as z from 'zod';
import type { CallDsm } from './call.ts';
import type { CallNotes } from './call-notes.ts';
import { isOver, readHistory, type DsmHistory, type DsmRun } from './dsm-task.ts';
import { maybe, Numberish, parseDsmTime } from './dsm-values.ts';
import { toDsmEnd } from './ends.ts';
import { isNotThere, isOfTheMoment } from './errors.ts';
import { schedulerApi as api } from './scheduled-list.ts';

/** The name of the call that not every DSM has. */
export const viewCall = `${api} view`;

const Row = z
  .object({
    timestamp: maybe(Numberish),
    start_time: z.string().nullish(),
    stop_time: z.string().nullish(),
    exit_code: maybe(Numberish),
    exit_type: maybe(z.string()),
    script_out: maybe(z.string()),
  })
  .refine(({ timestamp, start_time }) => timestamp !== undefined || (start_time ?? '') !== '');

/** The history without the output of the runs. */
export async function loadStatusList(call: CallDsm, id: number, stop: AbortSignal): Promise<DsmHistory> {
  const answer = await call(
    { api, method: 'get_history_status_list', forms: [{ version: 1, params: { id } }] },
    stop,
  );
  return readHistory(answer, 'get_history_status_list', toRuns);
}

/** The history with the output. If DSM does not have the call, it is not made again for a while. */
export async function loadView(
  call: CallDsm,
  id: number,
  notes: CallNotes,
  stop: AbortSignal,
): Promise<DsmHistory> {
  if (notes.isMissing(viewCall)) return { kind: 'none' };
  const answer = await call({ api, method: 'view', forms: [{ version: 1, params: { id } }] }, stop);
  if (answer.kind === 'refused') {
    if (isNotThere(answer.code)) notes.noteMissing(viewCall);
    if (!isOfTheMoment(answer.code)) return { kind: 'none' };
  }
  const history = readHistory(answer, 'view', toRuns, withoutScript);
  if (history.kind === 'rows') notes.noteUsed(viewCall);
  return history;
}

function toRuns(data: unknown): DsmRun[] | undefined {
  const rows = z.array(z.unknown()).safeParse(data).data?.map(toRun);
  return rows === undefined || rows.includes(undefined) ? undefined : rows.filter((run) => run !== undefined);
}

function toRun(row: unknown): DsmRun | undefined {
  const { data } = Row.safeParse(row);
  if (data === undefined) return undefined;
  const { timestamp, start_time, stop_time, exit_code, exit_type, script_out } = data;
  const { localMs, utcMs } = parseDsmTime(start_time);
  const order = timestamp ?? utcMs / 1000;
  return {
    // Both calls identify a run by its start as DSM writes it.
    key: (start_time ?? '') === '' ? String(timestamp) : (start_time ?? ''),
    order,
    utcMs: order * 1000,
    localMs,
    startedAt: start_time ?? undefined,
    end: isOver(stop_time) ? toDsmEnd(exit_code, exit_type, withoutScript(row)) : undefined,
    ...(script_out === undefined ? {} : { output: script_out }),
  };
}

/** An answer without the script and its output, because both may contain secrets. */
function withoutScript(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(withoutScript);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      name.startsWith('script_') ? '(left out)' : withoutScript(value),
    ]),
  );
}
