// How a task is run: one function, told by the task's way which runner it is.
import type { DsmTaskName } from '../dsm/dsm-task.ts';
import { startCommand, type Command } from './command.ts';
import type { DsmRunner } from './dsm.ts';
import { refuse, type Execution, type RunIo } from './execution.ts';

/** How a task is run, and what with; `nas` is the name of the NAS in the config. */
export type Way =
  | { readonly runner: 'command'; readonly command: Command }
  | { readonly runner: 'dsm'; readonly nas: string; readonly task: DsmTaskName };

/** Starts what a way names, a task of DSM by the runner that there is for its NAS. */
export function execute(
  way: Way,
  io: RunIo,
  { findNas }: { readonly findNas: (name: string) => Pick<DsmRunner, 'start'> | undefined },
): Execution {
  switch (way.runner) {
    case 'command':
      return startCommand(way.command, io);
    case 'dsm':
      return findNas(way.nas)?.start(way.task, io) ?? refuse('The config no longer names the NAS of this task.');
    default:
      return way satisfies never;
  }
}
