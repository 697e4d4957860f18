// The task that `remotetask add` is to add: from the command line, and from answers in a terminal.
import path from 'node:path';
import { AppError } from '../errors.ts';
import { toOneLine } from '../untrusted-text.ts';
import type { CommandInput } from './command.ts';
import { findFolder } from '../called.ts';
import type { Prompt } from './prompt.ts';

/** What the task runs. */
export type Wanted = { readonly id: string } & (
  | { readonly kind: 'command'; readonly command: readonly string[] }
  | { readonly kind: 'scheduled'; readonly number: number }
  | { readonly kind: 'triggered'; readonly name: string }
);

const dsmNumber = /^[1-9]\d{0,8}$/;

/** Finds out what to add; what is missing is asked for if there is a prompt. Throws AppError `usage`. */
export async function findWanted(
  { operands, options, called }: Pick<CommandInput, 'operands' | 'options' | 'called'>,
  prompt: Prompt | undefined,
): Promise<Wanted> {
  const { triggered, scheduled } = options;
  const [given, ...words] = operands;
  const asked = 'Task (the number of a task of DSM, or a short name of your own): ';
  const id = given ?? (await prompt?.ask(asked)) ?? '';
  if (id === '') throw new AppError('usage', 'Name the task', [usage(called)]);
  if (/\p{Cc}/u.test(id) || id.length > 100)
    throw new AppError('usage', 'Give the task a shorter name, without control characters');
  if ([triggered, scheduled, words[0]].filter((one) => one !== undefined).length > 1)
    throw new AppError('usage', 'Give one of --triggered, --scheduled and a command', [usage(called)]);
  if (triggered !== undefined) return { id, kind: 'triggered', name: triggered };
  if (scheduled !== undefined) return { id, kind: 'scheduled', number: toDsmNumber(scheduled) };
  if (words.length > 0) return { id, kind: 'command', command: toCommand(words) };
  if (dsmNumber.test(id)) return { id, kind: 'scheduled', number: Number(id) };
  const typed = splitWords(
    (await prompt?.ask('Command, with its arguments (nothing for a triggered task of DSM): ')) ?? '',
  );
  if (typed.length > 0) return { id, kind: 'command', command: toCommand(typed) };
  const name = (await prompt?.ask('Name of the triggered task in DSM: ')) ?? '';
  if (name !== '') return { id, kind: 'triggered', name };
  throw new AppError('usage', `What is the task "${toOneLine(id)}" to run?`, [usage(called)]);
}

function usage(called: string): string {
  return `Write \`${called} add 7\` for a task of DSM, \`${called} add camera --triggered "NAME"\`, or \`${called} add lights -- /path/to/program ARGUMENTS\``;
}

function toDsmNumber(text: string): number {
  if (!dsmNumber.test(text))
    throw new AppError('usage', 'Give --scheduled the number of a task of DSM, such as 7');
  return Number(text);
}

/** A program that is given relative to the current folder gets its full path, because the daemon runs elsewhere. */
function toCommand([program = '', ...rest]: readonly string[]): readonly string[] {
  const folder = program.includes('/') && !path.isAbsolute(program) ? findFolder() : undefined;
  return [folder === undefined ? program : path.resolve(folder, program), ...rest];
}

/** Words as typed: separated by spaces, those in quotation marks as one. */
function splitWords(text: string): string[] {
  return [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.replaceAll(
      /"([^"]*)"|'([^']*)'/g,
      (_, double: string | undefined, single: string | undefined) => double ?? single ?? '',
    ),
  );
}
