// Names tasks of DSM as DSM does, where the config gives no name and DSM's is known.
import type { TaskNames } from '../history/names.ts';
import { toPlainName, type Task } from '../tasks.ts';

/** The tasks, with the names that DSM was last seen to have for them. */
export function nameTasks(tasks: readonly Task[], names: TaskNames): readonly Task[] {
  return names.size === 0 ? tasks : tasks.map((task) => nameTask(task, names));
}

/** A task, with the name that DSM was last seen to have for it. */
export function nameTask(task: Task, names: TaskNames): Task {
  const { runner, isNamed } = task;
  if (isNamed || runner.kind !== 'dsm' || runner.task.kind !== 'scheduled') return task;
  const seen = names.get(runner.nas)?.get(runner.task.id);
  const name = seen === undefined ? undefined : toPlainName(seen);
  return name === undefined ? task : { ...task, name };
}
