// The options of the command line. Each command names those that it accepts; an option means the same in all of them.
import type { parseArgs } from 'node:util';

/** What the value of an option, or an operand, stands for: shell completion offers fitting words. */
export type WordKind = 'task' | 'nas' | 'run' | 'command' | 'shell' | 'file' | 'text';

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

/** The options of every command. */
export const commonOptions = ['config', 'help'] as const satisfies readonly OptionName[];

/** Any option, without knowing which. */
export function toOption(name: OptionName): Option {
  return options[name];
}

/** An option as it is typed, with its value: `--config FILE`. */
export function renderOption(name: OptionName): string {
  const { value } = toOption(name);
  return `--${name}${value === undefined ? '' : ` ${value.name}`}`;
}

/** The same with its short form: `-c, --config FILE`. */
export function renderBothForms(name: OptionName): string {
  const { short } = toOption(name);
  return `${short === undefined ? '    ' : `-${short}, `}${renderOption(name)}`;
}
