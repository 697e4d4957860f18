// The options of the command line. Each command names those that it accepts; an option means the same in all of them.
import type { parseArgs } from 'node:util';

/** What the value of an option, or an operand, stands for: shell completion offers fitting words. */
export type WordKind = 'task' | 'nas' | 'run' | 'label' | 'link' | 'command' | 'shell' | 'file' | 'text';

interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** How help names the value, and what it stands for. */
  readonly value?: { readonly name: string; readonly kind: WordKind };
  readonly summary: string;
}

/** All options, as `parseArgs` of Node takes them. */
export const options = {
  config: {
    type: 'string',
    short: 'c',
    value: { name: 'FILE', kind: 'file' },
    summary: 'the config file; else $REMOTETASK_CONFIG, else config.json beside the program',
  },
  help: { type: 'boolean', short: 'h', summary: 'shows how the command is used' },
  version: { type: 'boolean', short: 'V', summary: 'shows the version' },
  json: { type: 'boolean', summary: 'prints JSON, for programs' },
  live: { type: 'boolean', summary: 'also asks DSM whether it has the tasks' },
  health: {
    type: 'boolean',
    summary: 'only checks whether the daemon is well: one line, exit status 0 or 1',
  },
  base: {
    type: 'string',
    value: { name: 'URL', kind: 'text' },
    summary: 'the address as seen from outside, such as https://nas.example.org:10765',
  },
  for: {
    type: 'string',
    value: { name: 'LABEL', kind: 'label' },
    summary: 'with the keys that have this label, such as "Anna\'s phone"',
  },
  follow: { type: 'boolean', short: 'f', summary: 'continues with new lines as they come, until Ctrl-C' },
  lines: {
    type: 'string',
    short: 'n',
    value: { name: 'N', kind: 'text' },
    summary: 'how many lines to begin with; 20 if not given',
  },
  task: {
    type: 'string',
    value: { name: 'ID', kind: 'task' },
    summary: 'only what concerns this task; for a new key, the task that it is for',
  },
  strangers: { type: 'boolean', summary: 'also calls of strangers, which were refused' },
  timeout: {
    type: 'string',
    value: { name: 'DURATION', kind: 'text' },
    summary: 'the longest wait, such as 30s or 5m; without it there is no limit',
  },
  triggered: {
    type: 'string',
    value: { name: 'NAME', kind: 'text' },
    summary: 'the name of a triggered task of DSM',
  },
  scheduled: {
    type: 'string',
    value: { name: 'NUMBER', kind: 'text' },
    summary: 'the number of a scheduled task of DSM, if TASK is another name',
  },
  nas: {
    type: 'string',
    value: { name: 'NAS', kind: 'nas' },
    summary: 'the NAS that has the task, by its name',
  },
  name: { type: 'string', value: { name: 'NAME', kind: 'text' }, summary: 'what the pages call the task' },
  icon: {
    type: 'string',
    value: { name: 'ICON', kind: 'text' },
    summary: 'an emoji, or the file of a picture',
  },
  confirm: { type: 'boolean', summary: 'the task asks before it is started' },
  label: {
    type: 'string',
    value: { name: 'LABEL', kind: 'text' },
    summary: 'who or what gets it, such as "Anna\'s phone"; log and history show it',
  },
  expires: {
    type: 'string',
    value: { name: 'WHEN', kind: 'text' },
    summary: 'a day (2027-01-31), a time or a duration (90d), after which the key opens nothing',
  },
  hash: { type: 'boolean', summary: 'writes only the digest of the key into the config' },
  grace: {
    type: 'string',
    value: { name: 'DURATION', kind: 'text' },
    summary: 'how long the old key keeps working, such as 7d; without it, it opens nothing at once',
  },
  uses: {
    type: 'string',
    value: { name: 'N', kind: 'text' },
    summary: 'how often the link starts its task; once if not given',
  },
  yes: { type: 'boolean', short: 'y', summary: 'asks nothing' },
  socket: {
    type: 'string',
    value: { name: 'PATH', kind: 'file' },
    summary: 'the socket that the worker makes, in a folder that only its user can write',
  },
  worker: { type: 'boolean', summary: 'prints that of the worker at the socket in the config' },
  run: {
    type: 'string',
    value: { name: 'ID', kind: 'task' },
    summary: 'starts this task of the config, and follows it',
  },
} as const satisfies Readonly<Record<string, Option>>;

export type OptionName = keyof typeof options;

/** What was given for each option. */
export type OptionValues = ReturnType<
  typeof parseArgs<{ options: typeof options; allowPositionals: true }>
>['values'];

/** The names of all options. */
export const optionNames: readonly OptionName[] = Object.keys(options).filter(isOptionName);

/** Whether there is an option with this name. */
export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(options, name);
}

/** The options of every command. */
export const commonOptions = ['config', 'help'] as const satisfies readonly OptionName[];

/** What options mean in a command where they mean something else than in all others. */
export type Meanings = Readonly<Partial<Record<OptionName, Pick<Option, 'value' | 'summary'>>>>;

/** Any option, without knowing which. */
export function toOption(name: OptionName, meanings: Meanings = {}): Option {
  return { ...options[name], ...meanings[name] };
}

/** An option as it is typed, with its value: `--config FILE`. */
export function renderOption(name: OptionName, meanings?: Meanings): string {
  const { value } = toOption(name, meanings);
  return `--${name}${value === undefined ? '' : ` ${value.name}`}`;
}

/** The same with its short form: `-c, --config FILE`. */
export function renderBothForms(name: OptionName, meanings?: Meanings): string {
  const { short } = toOption(name);
  return `${short === undefined ? '    ' : `-${short}, `}${renderOption(name, meanings)}`;
}
