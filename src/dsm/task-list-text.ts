// The list of scheduled tasks from the output of `synoschedtask --get`.
import { renderReason } from '../reasons/english.ts';
import { toFirstLines } from '../untrusted-text.ts';
import {
  uniteTasks,
  unknownRun,
  type LastRun,
  type ListedTask,
  type NotTold,
  type TaskList,
} from './listed-task.ts';
import { parseScheduledTasks, toLastStatus, type ScheduledTaskRecord } from './scheduled-tasks-text.ts';

/** Reads the list that `synoschedtask --get` prints. */
export function parseTaskList(text: string): TaskList | NotTold {
  const records = parseScheduledTasks(text);
  const tasks = records?.map(toScheduled);
  return tasks === undefined || tasks.includes(undefined)
    ? {
        kind: 'not-told',
        reason: renderReason({ code: 'tool-unclear', tool: 'synoschedtask' }),
        lines: toFirstLines(text),
        isPassing: false,
      }
    : {
        kind: 'listed',
        tasks: uniteTasks(tasks.filter((task) => task !== undefined)),
        triggered: { kind: 'unsupported' },
      };
}

function toScheduled(record: ScheduledTaskRecord): ListedTask | undefined {
  const id = /^[1-9]\d{0,14}$/.exec(record.get('ID') ?? '')?.[0];
  if (id === undefined) return undefined;
  const state = record.get('State');
  return {
    which: { kind: 'scheduled', id: Number(id) },
    name: record.get('Name') ?? '',
    owner: record.get('Owner'),
    isEnabled: state === 'enabled' ? true : state === 'disabled' ? false : undefined,
    canRun: undefined,
    lastRun: toLastRun(record),
  };
}

function toLastRun(record: ScheduledTaskRecord): LastRun {
  const status = toLastStatus(record);
  const time = record.get('Last Run Time') ?? record.get('Last work time') ?? '';
  const startedAt = time === '' ? undefined : time;
  if (status.kind === 'success') return { kind: 'succeeded', startedAt };
  if (status.kind === 'error') return { kind: 'failed', exitCode: status.exitCode, startedAt };
  if (/^running$/i.test(status.text)) return { kind: 'running', startedAt };
  return status.text === 'No last run record' ? { kind: 'none' } : unknownRun;
}
