// How a task is run: one function, told by the task's way which runner it is.
import { startCommand, type Command } from './command.ts';
import type { Execution, RunIo } from './execution.ts';
import { startScheduledTask, type ScheduledTask } from './synoschedtask.ts';

/** How a task is run, and what with. */
export type Way =
  | { readonly runner: 'command'; readonly command: Command }
  | { readonly runner: 'synoschedtask'; readonly scheduled: ScheduledTask };

/** Starts what a way names. */
export function execute(way: Way, io: RunIo): Execution {
  switch (way.runner) {
    case 'command':
      return startCommand(way.command, io);
    case 'synoschedtask':
      return startScheduledTask(way.scheduled, io);
    default:
      return way satisfies never;
  }
}
