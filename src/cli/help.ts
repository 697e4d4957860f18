// `remotetask help`, and `--help` of each command.
import packageJson from '../../package.json' with { type: 'json' };
import { AppError } from '../errors.ts';
import { renderUsage, type Command, type CommandInput } from './command.ts';
import { commonOptions, renderBothForms, toOption } from './options.ts';
import { findCommand } from './parse.ts';
import { renderTerms, wrap } from './wrap.ts';

/** What the exit statuses of every command mean. */
export const statuses: Readonly<Record<string, string>> = {
  '0': 'everything succeeded',
  '1': 'something failed; the message explains what',
  '2': 'wrong usage, or a wrong config',
};

/** What signals do to the daemon. */
export const signals =
  'TERM, INT and QUIT stop the daemon. HUP reopens its log file and reads the config again. Other signals change nothing.';

export const help: Command = {
  name: 'help',
  operands: [{ name: 'COMMAND', kind: 'command', isOptional: true, isRepeated: true }],
  summary: 'Shows how a command is used; without COMMAND, lists all of them',
  async run(input) {
    const { operands, commands, called } = input;
    if (operands.length === 0) {
      console.log(renderHelp(input));
      return 0;
    }
    const command = findCommand(operands, commands);
    if (command === undefined)
      throw new AppError('usage', `Unknown command "${operands.join(' ')}"`, [
        `\`${called} --help\` lists the commands`,
      ]);
    console.log(renderCommandHelp(command, input));
    return 0;
  },
};

type Shown = Pick<CommandInput, 'called' | 'width' | 'commands'>;

/** The overview of all commands. */
export function renderHelp({ called, width, commands }: Shown): string {
  return [
    ...wrap(`remotetask ${packageJson.version}: starts a Synology task, or a command, from a URL`, width),
    '',
    `Usage: ${called} [COMMAND] [OPTIONS]`,
    '',
    'Commands:',
    ...renderTerms(
      commands.map(({ name, operands = [], summary }) => [
        renderUsage({ name, operands, summary, run: help.run }),
        summary,
      ]),
      width,
    ),
    '',
    'Options:',
    ...renderTerms(
      ([...commonOptions, 'version'] as const).map((name) => [renderBothForms(name), toOption(name).summary]),
      width,
    ),
    '',
    ...wrap(
      `\`${called} COMMAND --help\` shows the options of a command. Without a command, ${commands[0]?.name ?? ''} is run.`,
      width,
    ),
  ].join('\n');
}

/** How one command is used. */
export function renderCommandHelp(command: Command, { called, width }: Shown): string {
  const { summary, details = [], options = [], meanings } = command;
  return [
    ...wrap(`Usage: ${called} ${renderUsage(command)}`, width),
    '',
    ...wrap(`${summary}.`, width),
    ...details.flatMap((paragraph) => ['', ...wrap(paragraph, width)]),
    '',
    'Options:',
    ...renderTerms(
      [...options, ...commonOptions].map((name) => [
        renderBothForms(name, meanings),
        toOption(name, meanings).summary,
      ]),
      width,
    ),
    '',
    'Exit status:',
    ...renderTerms(Object.entries({ ...statuses, ...command.statuses }), width),
  ].join('\n');
}
