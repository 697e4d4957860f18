// From a task's options to the task.
import type { DsmOptions, ScheduledTask } from '../runners/synoschedtask.ts';
import type { Way } from '../runners/execute.ts';
import type { Task, TaskOptions } from '../tasks.ts';

/** A task as it is run: a command where one is given, else the DSM task of this id. */
export function toTask(id: string, options: TaskOptions, dsm: DsmOptions): Task {
  return {
    id,
    name: options.name ?? 'Task',
    way: toWay(id, options, dsm),
    timeoutMs: options.timeout,
    graceMs: options.grace,
    cooldownMs: options.cooldown,
    whenBusy: options.whenBusy,
    output: options.output,
  };
}

function toWay(id: string, { command, cwd, env }: TaskOptions, dsm: DsmOptions): Way {
  if (command !== undefined) return { runner: 'command', command: { argv: command, cwd: cwd ?? '/', env: env ?? {} } };
  const scheduled: ScheduledTask = { dsmId: Number(id), tool: dsm.synoschedtask, followMs: dsm.followFor };
  return { runner: 'synoschedtask', scheduled };
}
