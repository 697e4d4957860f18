// Triggered tasks of DSM, identified by name: SYNO.Core.EventScheduler.
import * as z from 'zod';
import { toUnclear, type CallDsm } from './call.ts';
import type { CallNotes } from './call-notes.ts';
import { createLooks, type Source } from './dsm-looks.ts';
import { isOver, missing, readHistory, type DsmRun, type DsmTask } from './dsm-task.ts';
import { maybe, Numberish, parseDsmTime } from './dsm-values.ts';
import { toDsmEnd } from './ends.ts';
import { loadTriggeredState, stateCall } from './triggered-state.ts';

const api = 'SYNO.Core.EventScheduler';

const ExitInfo = z.object({ exit_code: maybe(Numberish), exit_type: maybe(z.string()) });
const ResultRow = z.object({
  result_id: Numberish,
  start_time: z.string().nullish(),
  stop_time: z.string().nullish(),
  exit_info: maybe(ExitInfo),
});
const ResultFile = z.object({ script_out: z.string().nullish() });

/** The triggered task with a name. */
export function createTriggeredTask(call: CallDsm, name: string, notes: CallNotes): DsmTask {
  const ask = async (method: string, more: object, stop: AbortSignal): ReturnType<CallDsm> =>
    await call({ api, method, forms: [{ version: 1, params: { task_name: name, ...more } }] }, stop);
  const loadResults: DsmTask['loadHistory'] = async (stop) =>
    readHistory(await ask('result_list', {}, stop), 'result_list', toRuns);
  const state: Source = {
    name: stateCall,
    async load(stop) {
      const found = await loadTriggeredState(call, name, notes, stop);
      return found.kind === 'found'
        ? { kind: 'state', state: found.state }
        : found.kind === 'unanswered'
          ? found
          : { kind: 'none' };
    },
  };
  const results: Source = { name: 'result_list', load: loadResults };
  const looks = createLooks([results, state]);
  return {
    key: `triggered ${name}`,
    async find(stop) {
      const found = await loadTriggeredState(call, name, notes, stop);
      const start = async (stop: AbortSignal): ReturnType<CallDsm> => await ask('run', {}, stop);
      switch (found.kind) {
        case 'missing':
          return missing('no-such-triggered-task');
        case 'found':
          return { kind: 'found', start, state: found.state };
        case 'unanswered':
          return found;
        case 'not-told':
          looks.leaveOut(state);
          return { kind: 'found', start };
        default:
          return found satisfies never;
      }
    },
    loadHistory: loadResults,
    loadNewest: loadResults,
    look: looks.look,
    async loadOutput({ order }, stop) {
      const answer = await ask('result_get_file', { result_id: order }, stop);
      if (answer.kind !== 'answered') return answer;
      const { data } = ResultFile.safeParse(answer.data);
      return data === undefined
        ? toUnclear('result_get_file')
        : { kind: 'printed', text: data.script_out ?? '' };
    },
    readKey: (written) => written,
  };
}

function toRuns(data: unknown): DsmRun[] | undefined {
  const rows = z.array(z.unknown()).safeParse(data).data?.map(toRun);
  return rows === undefined || rows.includes(undefined) ? undefined : rows.filter((run) => run !== undefined);
}

function toRun(row: unknown): DsmRun | undefined {
  const { data } = ResultRow.safeParse(row);
  if (data === undefined) return undefined;
  const { result_id, start_time, stop_time, exit_info } = data;
  return {
    key: String(result_id),
    order: result_id,
    ...parseDsmTime(start_time),
    startedAt: start_time ?? undefined,
    end: isOver(stop_time) ? toDsmEnd(exit_info?.exit_code, exit_info?.exit_type, row) : undefined,
  };
}
