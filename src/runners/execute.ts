// How a task is run: one function, told by the task's way which runner it is.
import { startCommand, type Command } from './command.ts';
import { refuse, type Execution, type RunIo } from './execution.ts';
import { startScheduledTask, type ScheduledTask } from './synoschedtask.ts';
import type { WebApiRunner, WebApiTask } from './webapi.ts';

/** How a task is run, and what with. */
export type Way =
  | { readonly runner: 'command'; readonly command: Command }
  | { readonly runner: 'synoschedtask'; readonly scheduled: ScheduledTask }
  | { readonly runner: 'webapi'; readonly task: WebApiTask };

/** Starts what a way names. `webapi` is there if the config says how DSM's Web API is reached. */
export function execute(way: Way, io: RunIo, { webapi }: { readonly webapi: WebApiRunner | undefined }): Execution {
  switch (way.runner) {
    case 'command':
      return startCommand(way.command, io);
    case 'synoschedtask':
      return startScheduledTask(way.scheduled, io);
    case 'webapi':
      return webapi?.start(way.task, io) ?? refuse("The config no longer says how DSM's Web API is reached.");
    default:
      return way satisfies never;
  }
}
