// The command line: finds the command, runs it, and prints its errors.
import { styleText } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };
import { renderBug, toSystemCode } from '../bug.ts';
import { AppError } from '../errors.ts';
import { renderJson } from '../untrusted-text.ts';
import { called } from '../called.ts';
import { programFile } from '../program-file.ts';
import { commands } from './commands.ts';
import { findConfig } from './config-path.ts';
import { renderCommandHelp, renderHelp } from './help.ts';
import { watchOutput } from './output.ts';
import { parse } from './parse.ts';
import { serve } from './serve.ts';
import { toWidth } from './wrap.ts';

/** Runs the program with its arguments. Returns the exit status, or undefined if the daemon keeps running. */
export async function runCli(argv: readonly string[]): Promise<number | undefined> {
  const { env, stdout } = process;
  try {
    const shown = { called, commands, width: toWidth(env, stdout.columns) };
    const { command, operands, options } = parse(argv, commands, called);
    const isDaemon = command === serve && options.version !== true && options.help !== true;
    // The daemon's log tolerates an output that cannot be written.
    if (!isDaemon) watchOutput((error) => console.error(renderError(error)));
    if (options.version === true) return print(packageJson.version);
    if (command === undefined) return print(renderHelp(shown));
    if (options.help === true) return print(renderCommandHelp(command, shown));
    return await command.run({
      ...shown,
      configFile: findConfig(options.config, programFile, env),
      operands,
      options,
      env,
      isTerminal: stdout.isTTY,
    });
  } catch (error) {
    if (!(error instanceof AppError)) {
      console.error(renderUnexpected(error));
      // Whatever was opened before the error may keep the process alive.
      process.exit(1);
    }
    console.error(renderError(error));
    const { code, message, details } = error;
    if (argv.includes('--json')) console.log(renderJson({ error: { code, message, details } }));
    return error.exitStatus;
  }
}

/** The message with its code, then its details. */
function renderError({ message, code, details }: AppError): string {
  const stream = process.stderr;
  return [
    `${styleText('red', message, { stream })} ${styleText('dim', `[${code}]`, { stream })}`,
    ...details.map((detail) => `  ${detail}`),
  ].join('\n');
}

/** A system error as a sentence; any other error with its stack, so that the owner can report it. */
function renderUnexpected(error: unknown): string {
  const code = toSystemCode(error);
  if (code !== undefined && error instanceof Error && 'syscall' in error)
    return `The system refused something that remotetask needs (${code} in ${String(error.syscall).split(' ')[0]})`;
  return `This is a mistake in remotetask: please report it\n${renderBug(error)}`;
}

function print(text: string): number {
  console.log(text);
  return 0;
}
