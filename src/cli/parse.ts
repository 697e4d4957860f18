// Reads the arguments: finds the command and its options, and names what was probably meant.
import { parseArgs } from 'node:util';
import { findClosest } from '../config/closest.ts';
import { AppError } from '../errors.ts';
import { renderUsage, type Command } from './command.ts';
import {
  commonOptions,
  isOptionName,
  optionNames,
  options,
  toOption,
  type OptionName,
  type OptionValues,
} from './options.ts';

/** What was typed. */
export interface Arguments {
  /** Undefined if only the help or the version of the program was asked for. */
  readonly command: Command | undefined;
  readonly operands: readonly string[];
  readonly options: OptionValues;
}

/** Finds out what was typed. Throws AppError `usage`; its details name the help of the program as it was `called`. */
export function parse(argv: readonly string[], commands: readonly Command[], called: string): Arguments {
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  const command = findCommand(words, commands);
  const help = command === undefined ? `${called} --help` : `${called} ${command.name} --help`;
  const accepted: readonly OptionName[] = [...commonOptions, 'version', ...(command?.options ?? [])];
  for (const token of tokens)
    if (token.kind === 'option') {
      const problem = findProblem(token, accepted, { commands, called, command });
      if (problem !== undefined)
        throw new AppError('usage', problem.message, [...problem.details, `\`${help}\` lists the options`]);
    }
  const values = readValues(argv);
  if (values.config === '') throw new AppError('usage', 'Give --config the path of a file: it is empty');
  if (command === undefined) {
    if (words.length > 0 && values.version !== true) throw unknownCommand(words, commands, called);
    return {
      command: words.length > 0 || values.help === true ? undefined : commands[0],
      operands: [],
      options: values,
    };
  }
  const operands = words.slice(command.name.split(' ').length);
  if (values.help !== true && values.version !== true) checkOperands(command, operands, called);
  return { command, operands, options: values };
}

/** The values of options that have been checked. */
function readValues(argv: readonly string[]): OptionValues {
  return parseArgs({ args: [...argv], options, allowPositionals: true }).values;
}

/** The command that the first words name; `keys new` rather than `keys`. */
export function findCommand(words: readonly string[], commands: readonly Command[]): Command | undefined {
  const named = commands.filter(({ name }) => name === words.slice(0, name.split(' ').length).join(' '));
  return named.find(({ name }) => name.includes(' ')) ?? named[0];
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

/** What is wrong with an option as it was typed. */
function findProblem(
  { name, rawName, value, inlineValue }: OptionToken,
  accepted: readonly OptionName[],
  {
    commands,
    called,
    command,
  }: {
    readonly commands: readonly Command[];
    readonly called: string;
    readonly command: Command | undefined;
  },
): { readonly message: string; readonly details: readonly string[] } | undefined {
  if (!isOptionName(name)) {
    const meant = rawName.startsWith('--')
      ? (findClosest(name, accepted) ?? findClosest(name, optionNames))
      : undefined;
    return {
      message: `Unknown option "${rawName}"`,
      details: meant === undefined ? [] : [`Did you mean --${meant}?`],
    };
  }
  if (!accepted.includes(name)) {
    const owners = commands.filter(({ options: own = [] }) => own.includes(name));
    return {
      message: `${command === undefined ? called : `\`${called} ${command.name}\``} does not take --${name}`,
      details:
        owners.length === 0
          ? []
          : [`It belongs to ${owners.map((owner) => `\`${called} ${owner.name}\``).join(', ')}`],
    };
  }
  const { value: wanted } = toOption(name, command?.meanings);
  if (wanted === undefined)
    return inlineValue === true ? { message: `--${name} takes no value`, details: [] } : undefined;
  if (value === undefined)
    return { message: `Give ${rawName} a value: ${rawName} ${wanted.name}`, details: [] };
  return inlineValue !== true && value.length > 1 && value.startsWith('-')
    ? {
        message: `Give ${rawName} a value: "${value.split('=')[0]}" looks like an option`,
        details: [`Write ${rawName}=VALUE if a value begins with "-"`],
      }
    : undefined;
}

function unknownCommand(words: readonly string[], commands: readonly Command[], called: string): AppError {
  const [word = ''] = words;
  const two = words.slice(0, 2).join(' ');
  const names = commands.map(({ name }) => name);
  const meant =
    names.find((name) => name.startsWith(`${word} `)) ?? findClosest(two, names) ?? findClosest(word, names);
  return new AppError('usage', `Unknown command "${word}"`, [
    ...(meant === undefined ? [] : [`Did you mean \`${called} ${meant}\`?`]),
    `\`${called} --help\` lists the commands`,
  ]);
}

function checkOperands(command: Command, operands: readonly string[], called: string): void {
  const { name, operands: wanted = [] } = command;
  const most = wanted.some(({ isRepeated }) => isRepeated) ? Infinity : wanted.length;
  const least = wanted.filter(({ isOptional }) => isOptional !== true).length;
  if (operands.length >= least && operands.length <= most) return;
  throw new AppError(
    'usage',
    operands.length < least
      ? `\`${called} ${name}\` needs ${wanted[operands.length]?.name ?? 'more'}`
      : `Too many arguments for \`${called} ${name}\``,
    [`Usage: ${called} ${renderUsage(command)}`],
  );
}
