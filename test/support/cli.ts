// The command line as a real process: piped, or in a terminal.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { compileCacheEnv } from './compile-cache.ts';
import { findProgram } from './program.ts';

export interface CliResult {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Environment without what would change the program's words or colors; called by the launcher, as users do. */
export function cleanEnv(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const {
    NO_COLOR: _1,
    FORCE_COLOR: _2,
    REMOTETASK_CONFIG: _3,
    NODE_OPTIONS: _4,
    CI: _5,
    ...rest
  } = process.env;
  return { ...rest, ...compileCacheEnv, REMOTETASK_CALLED: 'remotetask', ...more };
}

/** Runs the program with its output in pipes. */
export async function runCli(
  args: readonly string[],
  { env = {}, uid }: { env?: NodeJS.ProcessEnv; uid?: number } = {},
): Promise<CliResult> {
  const child = spawn(process.execPath, [findProgram(), ...args], {
    env: cleanEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  return await collect(child);
}

/** Starts the program with its output in pipes, for what runs until it is stopped; it is ended after the test. */
export function spawnCli(
  t: { after(fn: () => Promise<void>): void },
  args: readonly string[],
): { readonly child: ChildProcess; readonly printed: () => string; readonly ended: Promise<number | null> } {
  const child = spawn(process.execPath, [findProgram(), ...args], {
    env: cleanEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = once(child, 'close').then(() => child.exitCode);
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, printed: () => printed, ended };
}

/** Runs the program in a terminal of its own; what it prints comes as `stdout`, with plain line ends. */
export async function runInTerminal(
  args: readonly string[],
  { env = {} }: { env?: NodeJS.ProcessEnv } = {},
): Promise<CliResult> {
  return await collect(startInTerminal(args, env));
}

/** The same, for what runs until it is stopped, or asks for something: `stdin` is then "pipe". */
export function startInTerminal(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  stdin: 'ignore' | 'pipe' = 'ignore',
  cwd?: string,
): ChildProcess {
  const command = [process.execPath, findProgram(), ...args].map(quote).join(' ');
  return spawn('script', ['-qec', command, '/dev/null'], {
    env: cleanEnv({ TERM: 'xterm', ...env }),
    stdio: [stdin, 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
}

/** Text as one word for sh. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

async function collect(child: ChildProcess): Promise<CliResult> {
  let stdout = '';
  let stderr = '';
  // A chunk may end within a character.
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  await once(child, 'close');
  return {
    status: child.exitCode,
    signal: child.signalCode,
    stdout: stdout.replaceAll('\r\n', '\n'),
    stderr,
  };
}
