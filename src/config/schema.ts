// The shape of config.json, composed of the options of the rooms that use them.
import * as z from 'zod';
import { AdminOptions } from '../admin/options.ts';
import { DsmOptions, toDsmForm } from '../dsm/options.ts';
import { HistoryOptions } from '../history/history.ts';
import { ServerOptions } from '../http/options.ts';
import { LogOptions } from '../log/log.ts';
import { NotifyOptions } from '../notify/options.ts';
import { WorkerSetting } from '../worker/options.ts';
import { TaskOptions } from '../tasks.ts';
import { KeySetting } from './key-setting.ts';

// A config is read once in a while: compiling the schema first, as zod does by default, would take longer than it saves.
z.config({ jitless: true });

/** A task, as the config gives it. */
const WrittenTask = z.strictObject({
  identifier: KeySetting.describe('The task key, which names the task; given like the magic key.'),
  ...TaskOptions.shape,
});
export type TaskSettings = z.infer<typeof WrittenTask>;

/** The same, and ten thousand of them in a tenth of the time: valid tasks are parsed by those options only that they give. */
const QuickTask = z.withParser(WrittenTask, createTaskParser());

/** The whole config.json; its `z.input` is the type of what the owner writes. */
export const Config = z.strictObject({
  $schema: z.string().optional().describe('For editors: "./config.schema.json".'),
  server: z
    .strictObject({
      ...ServerOptions.shape,
      magickey: KeySetting.describe(
        'The magic key, which opens the door: text, "sha256:…", { "env": … }, { "file": … }, or a list of labelled ones.',
      ),
    })
    .describe('Where the daemon listens, and what opens it.'),
  dsm: DsmOptions.prefault({}).describe(
    'How DSM tasks are run: the options of the one NAS, or those of several, each with a name.',
  ),
  log: LogOptions.prefault({}).describe('The log.'),
  history: HistoryOptions.prefault({}).describe('What is remembered of runs.'),
  notify: z.array(NotifyOptions).default([]).describe('Who is told of what happened.'),
  worker: WorkerSetting.default('inside').describe(
    'Where tasks are run: "inside" the daemon, or by a worker of its own (`remotetask work`).',
  ),
  admin: AdminOptions.optional().describe('The admin page, which is off unless this is here.'),
  tasks: z
    .record(z.string().min(1), QuickTask)
    .describe(
      'The tasks, by the number of the DSM task or, where there is "command", "scheduled" or "triggered", by any name.',
    ),
});
export type Config = z.infer<typeof Config>;

/** The same with only that form of `dsm` which the config is meant to have, so that the errors are about this form. */
export function toConfigSchema(config: unknown): z.ZodType<Config> {
  const dsm = typeof config === 'object' && config !== null && 'dsm' in config ? config.dsm : undefined;
  return Config.extend({ dsm: toDsmForm(dsm).prefault({}) });
}

/** How many sets of options get a schema of their own: even ten thousand tasks have only a few. */
const maxSets = 200;

/** Parses tasks by schemas of the options that they give; the others have the same defaults in all tasks. Leaves what is invalid to the whole schema, and what is left when there are too many sets. */
function createTaskParser(): (task: unknown) => TaskSettings | z.INVALID {
  const schemas = new Map<string, typeof WrittenTask>();
  const names = WrittenTask.keyof().options;
  const toSchema = (task: object): typeof WrittenTask => {
    const given: Partial<Record<keyof TaskSettings, true>> = {};
    for (const name of names) if (Object.hasOwn(task, name)) given[name] = true;
    return WrittenTask.pick(given);
  };
  let defaults: Omit<TaskSettings, 'identifier'> | undefined;
  return (task) => {
    if (typeof task !== 'object' || task === null || !Object.hasOwn(task, 'identifier')) return z.INVALID;
    const key = Object.keys(task).join();
    const known = schemas.get(key);
    if (known === undefined && schemas.size === maxSets) return z.INVALID;
    const schema = known ?? toSchema(task);
    schemas.set(key, schema);
    const { success, data } = schema.safeParse(task);
    defaults ??= WrittenTask.omit({ identifier: true }).parse({});
    return success ? { ...defaults, ...data } : z.INVALID;
  };
}
