// The shape of config.json, composed of the options of the rooms that use them.
import * as z from 'zod';
import { AdminOptions } from '../admin/options.ts';
import { DsmOptions, toDsmForm } from '../dsm/options.ts';
import { HistoryOptions } from '../history/history.ts';
import { ServerOptions } from '../http/options.ts';
import { LogOptions } from '../log/log.ts';
import { NotifyOptions } from '../notify/options.ts';
import { TaskOptions } from '../tasks.ts';
import { KeySetting } from './key-setting.ts';

// A config is read once in a while: compiling the schema first, as zod does by default, would take longer than it saves.
z.config({ jitless: true });

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
  admin: AdminOptions.optional().describe('The admin page, which is off unless this is here.'),
  tasks: z
    .record(
      z.string().min(1),
      z.strictObject({
        identifier: KeySetting.describe('The task key, which names the task; given like the magic key.'),
        ...TaskOptions.shape,
      }),
    )
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
