// Scheduled tasks of DSM, identified by number: SYNO.Core.TaskScheduler.
import type { CallDsm, DsmAnswer, Refused, Unanswered } from './call.ts';
import type { CallNotes } from './call-notes.ts';
import { createLooks, uniteHistories, type Source } from './dsm-looks.ts';
import { missing, type DsmHistory, type DsmTask } from './dsm-task.ts';
import type { WebApiOptions } from './options.ts';
import { isTriggeredRow, parseScheduledRow, type ScheduledRow } from './scheduled-row.ts';
import { loadStatusList, loadView, viewCall } from './scheduled-runs.ts';
import { loadScheduledRows, schedulerApi as api, sinceDsm7 } from './scheduled-list.ts';

const none: DsmHistory = { kind: 'none' };

/** The scheduled task with a number. `versions` are the API versions that the config forces. */
export function createScheduledTask(
  call: CallDsm,
  id: number,
  versions: WebApiOptions['versions'],
  notes: CallNotes,
): DsmTask {
  const view: Source = { name: viewCall, load: async (stop) => await loadView(call, id, notes, stop) };
  const list: Source = {
    name: 'get_history_status_list',
    load: async (stop) => await loadStatusList(call, id, stop),
  };
  // The list comes first: it is smaller, and shows an active run.
  const looks = createLooks([list, view]);
  return {
    key: `scheduled ${id}`,
    async find(stop) {
      const found = await findRow(call, id, versions, stop);
      if (found === undefined) return missing('no-such-scheduled-task');
      if (found === 'triggered') return missing('no-such-scheduled-but-triggered-task');
      if ('kind' in found) return found;
      if (found.can_run === false) return missing('task-not-permitted');
      const isOther = found.type !== undefined && found.type !== 'script';
      return {
        kind: 'found',
        isOther,
        start: async (stop) => await run(call, id, found.real_owner ?? 'root', versions.run, stop),
      };
    },
    async loadHistory(stop) {
      const [viewed, listed] = await Promise.all([
        loadView(call, id, notes, stop),
        loadStatusList(call, id, stop),
      ]);
      // A value that was missing before the start cannot distinguish a new run from an old one.
      if (viewed.kind !== 'rows') looks.leaveOut(view);
      if (viewed.kind === 'unanswered' && listed.kind !== 'none') notes.noteUnclear(viewed);
      if (listed.kind === 'none') {
        if (viewed.kind === 'rows') looks.leaveOut(list);
        return viewed;
      }
      return listed.kind === 'unanswered' ? listed : uniteHistories(viewed, listed);
    },
    async loadNewest(stop) {
      const listed = await loadStatusList(call, id, stop);
      if (listed.kind === 'unanswered' || (listed.kind === 'rows' && listed.rows.length > 0)) return listed;
      const viewed = await loadView(call, id, notes, stop);
      return uniteHistories(viewed.kind === 'unanswered' && listed.kind === 'rows' ? none : viewed, listed);
    },
    look: looks.look,
    async loadOutput({ key, output }, stop) {
      if (output !== undefined) return { kind: 'printed', text: output };
      const viewed = await loadView(call, id, notes, stop);
      if (viewed.kind === 'unanswered') return viewed;
      const text = viewed.kind === 'rows' ? viewed.rows.find((run) => run.key === key)?.output : undefined;
      return text === undefined ? { kind: 'untold' } : { kind: 'printed', text };
    },
    // Earlier versions wrote the seconds since 1970 before the time.
    readKey: (written) => /^\d* (\d{4}-.*)$/.exec(written)?.[1] ?? written.trim(),
  };
}

async function run(
  call: CallDsm,
  id: number,
  owner: string,
  forced: number | undefined,
  stop: AbortSignal,
): Promise<DsmAnswer> {
  const list = { tasks: [{ id, real_owner: owner }] };
  const ids = { task: [id] };
  const forms =
    forced === undefined
      ? [
          { version: 2, from: sinceDsm7, params: list },
          { version: 1, params: ids },
        ]
      : [{ version: forced, from: 0, params: forced === 1 ? ids : list }];
  return await call({ api, method: 'run', forms }, stop);
}

/** The task's row in the list; `triggered` if only a triggered task has the number, undefined if no task has it. */
async function findRow(
  call: CallDsm,
  id: number,
  versions: WebApiOptions['versions'],
  stop: AbortSignal,
): Promise<ScheduledRow | 'triggered' | Refused | Unanswered | undefined> {
  const toRow = (row: unknown): ScheduledRow | undefined => {
    const parsed = parseScheduledRow(row);
    return parsed?.id === id ? parsed : undefined;
  };
  const isIt = (row: ScheduledRow | undefined): row is ScheduledRow =>
    row !== undefined && !isTriggeredRow(row);
  const found = await loadScheduledRows(call, versions, stop, (row) => isIt(toRow(row)));
  if (found.kind !== 'rows') return found;
  const rows = found.rows.map(toRow).filter((row) => row !== undefined);
  return rows.find(isIt) ?? (rows.length > 0 ? 'triggered' : undefined);
}
