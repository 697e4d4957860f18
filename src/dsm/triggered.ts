// Triggered tasks of DSM, known by name: SYNO.Core.EventScheduler.
import * as z from 'zod';
import { toUnclear, type CallDsm } from './call.ts';
import { isOver, Numberish, parseLocalMs, readHistory, type DsmRun, type DsmTask } from './dsm-task.ts';

const api = 'SYNO.Core.EventScheduler';

const ResultRow = z.object({
  result_id: Numberish,
  start_time: z.string().nullish(),
  stop_time: z.string().nullish(),
  exit_info: z.object({ exit_code: Numberish.optional(), exit_type: z.string().optional() }).nullish(),
});
const ResultFile = z.object({ script_out: z.string() });

/** The triggered task of a name. Nobody can be asked whether there is one: DSM may take a start of any name. */
export function createTriggeredTask(call: CallDsm, name: string): DsmTask {
  const ask = async (method: string, more: object, stop: AbortSignal): ReturnType<CallDsm> =>
    await call({ api, method, forms: [{ version: 1, params: { task_name: name, ...more } }] }, stop);
  return {
    key: `triggered ${name}`,
    find: () => Promise.resolve({ kind: 'found', start: async (stop) => await ask('run', {}, stop) }),
    async loadHistory(stop) {
      const answer = await ask('result_list', {}, stop);
      return readHistory(answer, 'result_list', (data) => ResultRow.array().safeParse(data).data?.map(toRun));
    },
    async loadOutput({ order }, stop) {
      const answer = await ask('result_get_file', { result_id: order }, stop);
      if (answer.kind !== 'answered') return answer;
      const { data } = ResultFile.safeParse(answer.data);
      return data === undefined ? toUnclear('result_get_file', answer) : { kind: 'printed', text: data.script_out };
    },
  };
}

function toRun({ result_id, start_time, stop_time, exit_info }: z.infer<typeof ResultRow>): DsmRun {
  const { exit_code, exit_type } = exit_info ?? {};
  return {
    key: String(result_id),
    order: result_id,
    startedMs: parseLocalMs(start_time),
    startedAt: start_time ?? undefined,
    end: isOver(stop_time) ? { exitCode: exit_code, exitType: exit_type ?? 'stop' } : undefined,
  };
}
