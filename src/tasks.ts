// A task: something that the owner allows callers to start, with its options.
import * as z from 'zod';
import { DurationMs, PositiveDurationMs } from './values/duration.ts';
import { ThenOptions } from './values/then.ts';
import { Hours } from './values/hours.ts';
import { IconSetting, type Icon } from './icon.ts';
import { Network } from './values/network.ts';
import { CommandOptions } from './runners/command.ts';
import type { Runner } from './runners/execute.ts';

/** DSM's own names contain no such characters, and a form could not transmit half a character. */
const TriggeredName = z
  .string()
  .min(1)
  .max(255)
  .refine((name) => name.isWellFormed() && !name.includes('\0'), 'Give the name as DSM shows it');

const longestName = 100;

/** The options of a task in the config, except its key. */
export const TaskOptions = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(longestName)
    .regex(/^\P{Cc}*$/u, 'Remove the control character')
    .optional()
    .describe(`What pages, answers and log call the task; DSM's name if not given, or "Task" for a command.`),
  icon: IconSetting.optional().describe(
    'An emoji, or the file of a picture (PNG or SVG, at most 200 kB): what pages and the home screen show for the task.',
  ),
  ...CommandOptions.shape,
  scheduled: z
    .number()
    .int()
    .min(1)
    .max(999_999_999)
    .optional()
    .describe('The number of a scheduled task of DSM, where the id is not that number.'),
  triggered: TriggeredName.optional().describe('The name of a triggered task of DSM.'),
  nas: z
    .string()
    .optional()
    .describe('The NAS of a task of DSM, by its name in `dsm`, where that names several.'),
  enabled: z
    .boolean()
    .default(true)
    .describe('Whether the task can be started at all; if not, its key opens nothing.'),
  confirm: z
    .boolean()
    .default(false)
    .describe(
      'Whether the caller is asked first: the address shows a question with one button, and only the button starts the task.',
    ),
  question: z
    .string()
    .min(1)
    .max(200)
    .regex(/^\P{Cc}*$/u, 'Remove the control character')
    .optional()
    .describe('What is asked then, instead of "Start it now?".'),
  allow: z
    .array(Network)
    .min(1)
    .optional()
    .describe('The networks that the task can be called from; from elsewhere its key opens nothing.'),
  hours: Hours.optional().describe(
    'When the task may be started, by the clock of this machine: "07:00-22:00", or a list of such times.',
  ),
  maxPerDay: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe('How often the task may be started within 24 hours.'),
  cooldown: DurationMs.prefault('2s').describe(
    'Within this time after a start, a further call gets the earlier run.',
  ),
  whenBusy: z
    .enum(['join', 'parallel', 'queue', 'reject'])
    .default('join')
    .describe(
      'What a call gets while a run goes on: that run, a run of its own at once, one of its own later, or a refusal.',
    ),
  queue: z
    .strictObject({
      max: z.number().int().min(1).max(1000).default(5).describe('How many runs may wait.'),
      expires: PositiveDurationMs.prefault('10m').describe(
        'A run that has waited longer is not started any more.',
      ),
    })
    .prefault({})
    .describe('For `whenBusy: "queue"`.'),
  timeout: PositiveDurationMs.optional().describe(
    'After this a run is stopped. Without it a run may take as long as it likes.',
  ),
  stopSignal: z
    .enum(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'])
    .default('SIGTERM')
    .describe('What a run gets first when it has to end; then KILL, after `grace`.'),
  grace: DurationMs.prefault('10s').describe('The time between `stopSignal` and KILL.'),
  stoppable: z.boolean().default(false).describe('Whether the page of a run has a button that stops it.'),
  atShutdown: z
    .enum(['leave', 'stop'])
    .default('leave')
    .describe('What becomes of a run that outlasts `server.stopGrace` when the daemon is stopped.'),
  then: ThenOptions.optional().describe('What is started some time after a run of the task has ended.'),
  output: z
    .enum(['none', 'tail', 'all'])
    .default('none')
    .describe(
      'How much of what a run prints is shown to the caller: nothing, the last 20 lines, or the last 64 KiB.',
    ),
});
export type TaskOptions = z.infer<typeof TaskOptions>;

/** The policies of a task as its options give them: what may start it and when, and how a run of it ends. Times are milliseconds. */
const toPolicies = (options: TaskOptions) => ({
  isEnabled: options.enabled,
  asksFirst: options.confirm,
  /** The owner's question; undefined for the default one. */
  question: options.question,
  /** Undefined for every caller. */
  allow: options.allow,
  /** Undefined for always. */
  hours: options.hours,
  maxPerDay: options.maxPerDay,
  cooldownMs: options.cooldown,
  whenBusy: options.whenBusy,
  queueMax: options.queue.max,
  queueExpiresMs: options.queue.expires,
  timeoutMs: options.timeout,
  stopSignal: options.stopSignal,
  graceMs: options.grace,
  isStoppable: options.stoppable,
  atShutdown: options.atShutdown,
  output: options.output,
  /** What follows a run of it; undefined for nothing. */
  then: options.then,
});

/** A task, ready to be started. */
export interface Task extends Readonly<ReturnType<typeof toPolicies>> {
  readonly id: string;
  /** The name for people: the one in the config; for a task of DSM else DSM's, else the id; for a command else "Task". */
  readonly name: string;
  /** Whether the config gives the name. */
  readonly isNamed: boolean;
  /** Undefined for no icon. */
  readonly icon: Icon | undefined;
  readonly runner: Runner;
}

/** A task with these options. */
export function createTask(
  { id, name, icon, runner }: Pick<Task, 'id' | 'icon' | 'runner'> & { readonly name?: string | undefined },
  options: TaskOptions,
): Task {
  return {
    id,
    name: name ?? toUsualName(id, runner),
    isNamed: name !== undefined,
    icon,
    runner,
    ...toPolicies(options),
  };
}

/** The name of a task without one in the config. A command is just "Task", because callers must not see its id. */
function toUsualName(id: string, runner: Runner): string {
  if (runner.kind === 'command') return 'Task';
  return (runner.task.kind === 'triggered' ? toPlainName(runner.task.name) : undefined) ?? id;
}

/** DSM's name for a task as the config may have it; undefined if nothing of it can be shown. */
export function toPlainName(name: string): string | undefined {
  const plain = name
    .replaceAll(/\p{Cc}/gu, ' ')
    .toWellFormed()
    .trim()
    .slice(0, longestName)
    .trim();
  return plain === '' ? undefined : plain;
}

/** Stands for a task that is no longer in the config, while a run of it is still active. */
export function createRemovedTask(id: string, name: string): Task {
  const command = { argv: [], cwd: '/', env: {}, user: undefined };
  return createTask(
    { id, name, icon: undefined, runner: { kind: 'command', command } },
    TaskOptions.parse({ enabled: false }),
  );
}
