// `remotetask add`: adds a task to the config, with a new key, and shows its address.
import { openConfigEdit } from '../config/open-edit.ts';
import { addProperty, type Json } from '../config/edit.ts';
import type { LoadedConfig } from '../config/load.ts';
import { renderPath } from '../config/finding.ts';
import { toBaseUrl } from '../daemon/addresses.ts';
import { AppError } from '../errors.ts';
import { toControlPath } from '../history/control-path.ts';
import { newKey } from '../keys.ts';
import type { ConfiguredTask } from '../nas/nas-tasks.ts';
import { toPlainName } from '../tasks.ts';
import { toOneLine } from '../untrusted-text.ts';
import { quoteWord } from '../called.ts';
import type { Command, CommandInput } from './command.ts';
import { loadDsmName } from './dsm-name.ts';
import { findNas } from './find-nas.ts';
import { findTask } from './find-task.ts';
import { openPrompt, type Prompt } from './prompt.ts';
import { watchDaemon } from './taken-up.ts';
import { listAddresses, renderTitle, renderWithQrCode } from './task-addresses.ts';
import { requireHttpUrl } from './url.ts';
import { findWanted, type Wanted } from './wanted-task.ts';

export const add: Command = {
  name: 'add',
  operands: [
    { name: 'TASK', kind: 'text', isOptional: true },
    { name: 'COMMAND', kind: 'file', isOptional: true, isRepeated: true },
  ],
  options: ['triggered', 'scheduled', 'nas', 'name', 'icon', 'confirm', 'for', 'base', 'yes'],
  summary: 'Adds a task to the config, with a new key, and shows its address and QR code',
  details: [
    'TASK is the number of a scheduled task of DSM, or a short name of your own with what it runs: `add 7`, `add camera --triggered "Camera check off"`, `add lights -- /volume1/apps/control/lights.sh off`.',
    'In a terminal it asks for what is missing, unless there is --yes. If DSM can be asked, the task gets its name from there. With --for, the address is the one for the magic key with this label; if no magic key has the label, the new key gets it.',
    'Comments and formatting of the config stay as they are. Nothing is written if the config, or what it would become, is invalid. A daemon that is running takes the task up at once.',
  ],
  statuses: { '4': 'the config is written, but the daemon has not taken it up yet' },
  async run(input) {
    const { configFile, env, options, isTerminal, called } = input;
    const { for: label, base, yes: isUnasked = false } = options;
    if (base !== undefined) requireHttpUrl(base);
    const edit = openConfigEdit(configFile, env);
    const config = edit.before.loaded;
    const prompt = isTerminal && process.stdin.isTTY && !isUnasked ? openPrompt() : undefined;
    let wanted: Wanted;
    let entry: Json;
    try {
      wanted = await findWanted(input, prompt);
      requireNew(config, wanted.id, called);
      entry = await createEntry(wanted, { input, config, prompt });
    } finally {
      prompt?.close();
    }
    const { id } = wanted;
    const daemon = await watchDaemon(toControlPath(config.history.path), { configFile, called });
    const after = edit.save((text) => addProperty(text, ['tasks'], id, entry));
    const place = renderPath(['tasks', id]);
    for (const warning of after.warnings)
      if (warning.includes(` ${place}.`) || warning.startsWith(`${place}:`))
        console.error(`Warning: ${warning}`);
    const keys = findTask(after.listClearKeys(), id, ({ task }) => task.id);
    console.log(`Added ${renderTitle(keys.task)} to ${configFile}`);
    const named = options.config === undefined ? '' : ` --config ${quoteWord(options.config)}`;
    const urlCommand = `${called} url ${quoteWord(id)}${named}`;
    console.log(
      isTerminal
        ? renderWithQrCode(keys, listAddresses(keys, base ?? toBaseUrl(after.loaded), label), urlCommand)
        : `\`${urlCommand}\` in a terminal shows its address`,
    );
    console.log(await daemon.untilTakenUp());
    return 0;
  },
};

function requireNew({ tasks }: LoadedConfig, id: string, called: string): void {
  if (tasks.some((task) => task.id === id))
    throw new AppError('usage', `The config has a task "${toOneLine(id)}" already`, [
      `Choose another name (for a task of DSM with --scheduled NUMBER), or \`${called} remove ${quoteWord(id)}\` first`,
    ]);
}

/** The task as it is written into the config. */
async function createEntry(
  wanted: Wanted,
  {
    input: { options, called },
    config,
    prompt,
  }: {
    readonly input: CommandInput;
    readonly config: LoadedConfig;
    readonly prompt: Prompt | undefined;
  },
): Promise<Json> {
  const { id, kind } = wanted;
  const configured = toConfigured(wanted);
  if (configured === undefined && options.nas !== undefined)
    throw new AppError('usage', 'Leave --nas out: a command runs where the daemon does');
  const nas = configured === undefined ? undefined : findNas(config.nases, options.nas);
  const found =
    nas === undefined || configured === undefined ? undefined : await loadDsmName(nas, configured, called);
  for (const note of found?.notes ?? []) console.error(`Note: ${note}`);
  const dsmName =
    kind === 'scheduled' ? (found?.name === undefined ? undefined : toPlainName(found.name)) : undefined;
  const usual = kind === 'triggered' ? wanted.name : (dsmName ?? id);
  const answer = options.name ?? (await prompt?.ask(`Name [${toOneLine(usual)}]: `)) ?? '';
  const name = answer === '' ? (kind === 'command' ? id : dsmName) : answer;
  const icon = options.icon ?? (await prompt?.ask('Icon, an emoji (nothing for none): ')) ?? '';
  const asksFirst = options.confirm ?? (await prompt?.confirm('Ask before it is started?')) ?? false;
  return {
    identifier: createIdentifier(config, options.for),
    ...(name === undefined ? {} : { name }),
    ...(icon === '' ? {} : { icon }),
    ...(kind === 'triggered' ? { triggered: wanted.name } : {}),
    ...(kind === 'scheduled' && String(wanted.number) !== id ? { scheduled: wanted.number } : {}),
    ...(nas === undefined || config.nases.size === 1 ? {} : { nas: nas.name }),
    ...(kind === 'command' ? { command: wanted.command } : {}),
    ...(asksFirst ? { confirm: true } : {}),
  };
}

/** The task of DSM, if it is one. */
function toConfigured(wanted: Wanted): ConfiguredTask | undefined {
  const { id, kind } = wanted;
  if (kind === 'command') return undefined;
  return {
    id,
    which: kind === 'scheduled' ? { kind, id: wanted.number } : { kind, name: wanted.name },
  };
}

/** A new key; it gets the label that no magic key has. */
function createIdentifier({ keys }: LoadedConfig, label: string | undefined): Json {
  const key = newKey();
  return label === undefined || keys.magic.some((magic) => magic.label === label) ? key : [{ label, key }];
}
