// A task: something the owner allowed to be started, and the options that say how.
import * as z from 'zod';
import { DurationMs, PositiveDurationMs } from './duration.ts';
import { CommandOptions } from './runners/command.ts';
import type { Way } from './runners/execute.ts';

/** The options of a task in the config, but for its key. */
export const TaskOptions = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(100)
    .regex(/^\P{Cc}*$/u, 'Remove the control character')
    .optional()
    .describe('What pages, answers and log call the task.'),
  ...CommandOptions.shape,
  timeout: PositiveDurationMs.optional().describe(
    'After this a run is stopped: TERM, then KILL after `grace`. Without it a run may take as long as it likes.',
  ),
  grace: DurationMs.prefault('10s').describe('The time between TERM and KILL.'),
  cooldown: DurationMs.prefault('2s').describe('Within this time after a start, a further call gets the earlier run.'),
  whenBusy: z
    .enum(['join', 'parallel', 'reject'])
    .default('join')
    .describe('What a call gets while a run goes on: that run, a run of its own, or a refusal.'),
  output: z
    .enum(['none', 'tail', 'all'])
    .default('none')
    .describe('How much of what a run prints is shown to the caller: nothing, the last 20 lines, or the last 64 KiB.'),
});
export type TaskOptions = z.infer<typeof TaskOptions>;

/** A task, ready to be started. Times are milliseconds. */
export interface Task {
  readonly id: string;
  /** What people read; a task without a name is just "Task", since its id is nobody's business. */
  readonly name: string;
  readonly way: Way;
  readonly timeoutMs: number | undefined;
  readonly graceMs: number;
  readonly cooldownMs: number;
  readonly whenBusy: TaskOptions['whenBusy'];
  readonly output: TaskOptions['output'];
}
