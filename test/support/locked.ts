// Tasks behind keys, as a config gives them.
import type { GivenKey, LockedTasks } from '../../src/entry/gate.ts';
import type { Task } from '../../src/tasks.ts';

/** A task with the keys that open it. */
export interface LockedTask {
  readonly task: Task;
  readonly keys: readonly GivenKey[];
}

/** The tasks, and their keys by id. */
export function toLocked({
  hasOverview = false,
  magic,
  tasks,
}: {
  readonly hasOverview?: boolean;
  readonly magic: readonly GivenKey[];
  readonly tasks: readonly LockedTask[];
}): LockedTasks {
  return {
    tasks: tasks.map(({ task }) => task),
    keys: { hasOverview, magic, tasks: new Map(tasks.map(({ task, keys }) => [task.id, keys])) },
  };
}
