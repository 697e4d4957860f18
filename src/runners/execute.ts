// Runs a task: one function that chooses the runner by the task's way.
import type { DsmTaskName } from '../dsm/dsm-task.ts';
import type { RunBegin } from '../history/records.ts';
import { startCommand, type Command } from './command.ts';
import type { DsmRunner } from './dsm.ts';
import { giveUp, refuse, type DsmRunIo, type Execution } from './execution.ts';
import type { Pipes } from '../processes/pipes.ts';

/** How a task is run, with all options of its runner; `nas` is the name of the NAS in the config. */
export type Runner =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'dsm'; readonly nas: string; readonly task: DsmTaskName };

/** Finds the runner for a NAS. */
export type FindNas = (name: string) => Pick<DsmRunner, 'start' | 'resume'> | undefined;

/** Starts a task of DSM by the runner of its NAS, or a command with one of the pipes for its output. */
export function execute(
  runner: Runner,
  io: DsmRunIo,
  { findNas, pipes }: { readonly findNas: FindNas; readonly pipes: Pick<Pipes, 'open'> },
): Execution {
  switch (runner.kind) {
    case 'command':
      return startCommand(runner.command, io, pipes);
    case 'dsm':
      return findNas(runner.nas)?.start(runner.task, io) ?? refuse({ code: 'nas-gone', isEarlier: false });
    default:
      return runner satisfies never;
  }
}

/** A run that an earlier daemon started in DSM, as recorded. */
export interface EarlierDsmRun extends NonNullable<RunBegin['dsm']> {
  /** How many milliseconds ago it began. */
  readonly agoMs: number;
}

/** Continues following such a run; starts nothing. */
export function resume({ nas, task, ...run }: EarlierDsmRun, io: DsmRunIo, findNas: FindNas): Execution {
  return findNas(nas)?.resume(task, run, io) ?? giveUp({ code: 'nas-gone', isEarlier: true });
}
