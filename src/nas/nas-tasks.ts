// The tasks of a NAS, however it is reached, and the tasks of the config that should exist there.
import type { DsmTaskName } from '../dsm/dsm-task.ts';
import { toTaskKey, type ListedTask, type NotTold, type TaskList } from '../dsm/listed-task.ts';
import { loadTaskList } from '../dsm/task-list.ts';
import { loadSynoschedtaskList } from '../dsm/synoschedtask-tool.ts';
import type { Task } from '../tasks.ts';
import { toOneLine } from '../untrusted-text.ts';
import type { OpenNas } from './open-nas.ts';

/** A task of the config that refers to a task of DSM. */
export interface ConfiguredTask {
  readonly id: string;
  readonly which: DsmTaskName;
}

/** The tasks that the config has on a NAS. */
export function listConfigured(tasks: readonly Task[], nas: string): ConfiguredTask[] {
  return tasks.flatMap(({ id, runner }) =>
    runner.kind === 'dsm' && runner.nas === nas ? [{ id, which: runner.task }] : [],
  );
}

/** Asks a NAS for its tasks; their last results are included only if the same answer contains them. */
export async function loadNasTasks(
  { settings, transport, call, versions }: OpenNas,
  stop: AbortSignal,
): Promise<TaskList | NotTold> {
  if (call !== undefined) return await loadTaskList(call, versions, stop);
  if (transport.kind === 'synoschedtask') return await loadSynoschedtaskList(settings.synoschedtask, stop);
  return { kind: 'not-told', reason: 'There is no way into it.', lines: [], isPassing: false };
}

/** The task in the list that a task of the config refers to. */
export function findListed({ tasks }: TaskList, { which }: ConfiguredTask): ListedTask | undefined {
  const key = toTaskKey(which);
  return tasks.find((task) => toTaskKey(task.which) === key);
}

/** The ids of the tasks of the config that refer to a task in the list. */
export function toConfiguredIds({ which }: ListedTask, configured: readonly ConfiguredTask[]): string[] {
  const key = toTaskKey(which);
  return configured.filter((task) => toTaskKey(task.which) === key).map(({ id }) => id);
}

/** The tasks of the config that DSM does not have. Triggered tasks are left out if DSM does not list them. */
export function findMissing(list: TaskList, configured: readonly ConfiguredTask[]): ConfiguredTask[] {
  return configured.filter(
    (task) =>
      (task.which.kind === 'scheduled' || list.triggered.kind === 'listed') &&
      findListed(list, task) === undefined,
  );
}

/** A task of DSM in words, with its name made safe to show. */
export function renderWhich(which: DsmTaskName): string {
  return which.kind === 'scheduled'
    ? `scheduled task ${which.id}`
    : `triggered task "${toOneLine(which.name)}"`;
}
