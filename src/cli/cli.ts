// The command line: finds the command, runs it, and prints its errors.
import { isDeepStrictEqual, parseArgs, styleText } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };
import { renderBug, toSystemCode } from '../bug.ts';
import { AppError, toErrorCode } from '../errors.ts';
import { adminPassword } from './admin-password.ts';
import { bootScript } from './boot-script.ts';
import { check } from './check.ts';
import type { Command, CommandInput } from './command.ts';
import { deviceToken } from './device-token.ts';
import { doctor } from './doctor.ts';
import { key } from './key.ts';
import { probe } from './probe.ts';
import { serve } from './serve.ts';
import { stop } from './stop.ts';
import { tasks } from './tasks.ts';
import { url } from './url.ts';
import { findConfig } from './config-path.ts';

/** All commands; the first is the default. */
export const commands: readonly Command[] = [
  serve,
  check,
  doctor,
  tasks,
  probe,
  stop,
  url,
  key,
  deviceToken,
  adminPassword,
  bootScript,
];

/** Options that only one command accepts. */
const owners = { base: url, json: tasks, live: check, health: doctor, run: probe } as const;

const options = {
  config: { type: 'string', short: 'c' },
  base: { type: 'string' },
  json: { type: 'boolean' },
  live: { type: 'boolean' },
  health: { type: 'boolean' },
  run: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const;

/** Runs the program with its arguments. Returns the exit status, or undefined if the daemon keeps running. */
export async function runCli(argv: readonly string[]): Promise<number | undefined> {
  try {
    const { values, positionals } = parse(argv);
    if (values.version === true) return print(packageJson.version);
    const words = positionals.length === 0 ? [serve.name] : positionals;
    const command = commands.find(({ name }) =>
      isDeepStrictEqual(words.slice(0, name.split(' ').length), name.split(' ')),
    );
    if (values.help === true || words[0] === 'help') return print(renderHelp());
    if (command === undefined)
      throw new AppError('usage', `Unknown command "${words[0]}"`, [
        '`remotetask --help` lists the commands',
      ]);
    const operands = words.slice(command.name.split(' ').length);
    if (operands.length > command.maxOperands)
      throw new AppError('usage', `Too many arguments for \`remotetask ${command.name}\``, [
        `Usage: remotetask ${command.usage}`,
      ]);
    if (values.config === '') throw new AppError('usage', 'Give --config the path of a file: it is empty');
    for (const [option, owner] of Object.entries(owners))
      if (option in values && command !== owner)
        throw new AppError('usage', `--${option} belongs to \`remotetask ${owner.name}\``);
    const input: CommandInput = {
      configFile: findConfig(values.config, process.argv[1] ?? '', process.env),
      operands,
      base: values.base,
      isJson: values.json === true,
      isLive: values.live === true,
      asksHealth: values.health === true,
      run: values.run,
      env: process.env,
      isTerminal: process.stdout.isTTY,
    };
    return await command.run(input);
  } catch (error) {
    if (!(error instanceof AppError)) {
      console.error(renderUnexpected(error));
      // Whatever was opened before the error may keep the process alive.
      process.exit(1);
    }
    console.error(
      [
        styleText('red', error.message, { stream: process.stderr }),
        ...error.details.map((detail) => `  ${detail}`),
      ].join('\n'),
    );
    return error.exitStatus;
  }
}

/** A system error as a sentence; any other error with its stack, so that the owner can report it. */
function renderUnexpected(error: unknown): string {
  const code = toSystemCode(error);
  if (code !== undefined && error instanceof Error && 'syscall' in error)
    return `The system refused something that remotetask needs (${code} in ${String(error.syscall).split(' ')[0]})`;
  return `This is a mistake in remotetask: please report it\n${renderBug(error)}`;
}

function parse(
  argv: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    if (!toErrorCode(error).startsWith('ERR_PARSE_ARGS')) throw error;
    throw new AppError('usage', error instanceof Error ? (error.message.split('. ')[0] ?? '') : '', [
      '`remotetask --help` lists the options',
    ]);
  }
}

function renderHelp(): string {
  const width = Math.max(...commands.map(({ usage }) => usage.length));
  return `remotetask ${packageJson.version}: starts a Synology task, or a command, from a URL

Usage: remotetask [COMMAND] [OPTIONS]

Commands:
${commands.map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}`).join('\n')}

Options:
  -c, --config FILE  The config file; else $REMOTETASK_CONFIG, else config.json beside the program
  -h, --help         Shows this
  -V, --version      Shows the version

Signals: TERM, INT and QUIT stop the daemon, HUP reopens its log file and reads the config again, others change nothing.
Exit status: 0 done, 1 the daemon could not run, 2 wrong usage or config.`;
}

function print(text: string): number {
  console.log(text);
  return 0;
}
