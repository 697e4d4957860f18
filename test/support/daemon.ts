// A real daemon in a process of its own, with a config in a temporary folder and a free port.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { compileCacheEnv } from './compile-cache.ts';
import { findProgram, nodeArgs } from './program.ts';
import './temporary.ts';

export const magicKey = 'magic-Zq3vT8mN1xK6cR0yW5bD';

/** A temporary folder that is gone after the test. */
export function createFolder(t: { after(fn: () => void): void }): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'remotetask-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 20 }));
  return folder;
}

/**
 * A free port for a program that is started a moment later. It lies below those that the kernel gives to outgoing
 * connections and to servers on port 0, so that none of the many other tests can be given it in between; and it is
 * reserved until this process ends, so that no other test finds it, whichever process or checkout it runs in.
 */
export async function findPort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000);
    if ((await isFree(port)) && (await reserve(port))) return port;
  }
}

/** Takes a name that only one process can have at a time, in the same network as the port. Returns false if another test has it. */
async function reserve(port: number): Promise<boolean> {
  const server = net.createServer().unref();
  return await new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(`\0remotetask-test-port-${port}`, () => resolve(true));
  });
}

/** Whether no program listens on a port. */
export async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)));
  });
}

export interface TestDaemon {
  readonly folder: string;
  readonly port: number;
  readonly base: string;
  readonly child: ChildProcess;
  readonly pid: number;
  /** The URL of a task by its id; its key is `keyOf(id)`. */
  url(id: string): string;
  /** Everything written to standard output and standard error so far. */
  printed(): string;
  /** The log's lines as objects. */
  log(): Record<string, unknown>[];
  history(): Record<string, unknown>[];
  /** Resolves once the log has a line that fits. */
  logged(fits: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  /** TERM, and the exit status. */
  stop(): Promise<number | null>;
  kill(): Promise<void>;
}

/** The task key of a task in test configs. */
export function keyOf(id: string): string {
  return `task-key-of-${id}-7Hs2kQ9w`;
}

export interface DaemonOptions {
  /** Tasks by id, without `identifier`. */
  readonly tasks: Record<string, object>;
  readonly server?: object;
  /** Further top-level parts of the config. */
  readonly more?: object;
  readonly env?: NodeJS.ProcessEnv;
  /** A folder that outlives this daemon; else a temporary one. */
  readonly folder?: string;
  /** More arguments for Node itself. */
  readonly nodeArgs?: readonly string[];
  /** RLIMIT_NOFILE of the daemon. */
  readonly openFiles?: number | undefined;
  /** The user that the daemon runs as, who then owns its folder. */
  readonly uid?: number | undefined;
}

/** Writes a config and starts the daemon; resolves once it listens. */
export async function startDaemon(
  t: { after(fn: () => Promise<void> | void): void },
  options: DaemonOptions,
): Promise<TestDaemon> {
  // Removed once the daemon is gone: what it still writes would be in the way.
  const removals: (() => void)[] = [];
  const folder = options.folder ?? createFolder({ after: (fn) => void removals.push(fn) });
  const port = await findPort();
  const tasks = Object.fromEntries(
    Object.entries(options.tasks).map(([id, task]) => [id, { identifier: keyOf(id), ...task }]),
  );
  const config = {
    server: { listen: '127.0.0.1', port, magickey: magicKey, ...options.server },
    ...options.more,
    tasks,
  };
  const configFile = path.join(folder, 'config.json');
  fs.writeFileSync(configFile, JSON.stringify(config, null, 2), { mode: 0o600 });
  const { uid } = options;
  if (uid !== undefined) for (const file of [folder, configFile]) fs.chownSync(file, uid, uid);
  const node = [
    process.execPath,
    ...nodeArgs,
    ...(options.nodeArgs ?? []),
    findProgram(),
    'serve',
    '--config',
    configFile,
  ];
  const [file = '', ...args] =
    options.openFiles === undefined
      ? node
      : ['/bin/sh', '-c', `ulimit -n ${options.openFiles} && exec "$@"`, 'sh', ...node];
  const child = spawn(file, args, {
    env: { ...process.env, ...compileCacheEnv, REMOTETASK_CALLED: 'remotetask', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const exited = once(child, 'exit');
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
    for (const remove of removals) remove();
  });
  const logFile = path.join(folder, 'log.txt');
  const log = (): Record<string, unknown>[] => loadLines(logFile);
  const logged = async (fits: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> =>
    await until(() => log().find(fits), `a fitting line in the log; printed so far:\n${printed}`);
  await until(() => {
    if (child.exitCode !== null) throw new Error(`The daemon ended with ${child.exitCode}:\n${printed}`);
    return printed.includes('"event":"listening"') ? true : undefined;
  }, 'the daemon to listen');
  return {
    folder,
    port,
    base: `http://127.0.0.1:${port}`,
    child,
    pid: child.pid ?? 0,
    url: (id) => `http://127.0.0.1:${port}/${encodeURIComponent(magicKey)}/${encodeURIComponent(keyOf(id))}`,
    printed: () => printed,
    log,
    history: () => loadLines(path.join(folder, 'history.jsonl')),
    logged,
    async stop() {
      child.kill('SIGTERM');
      await exited;
      return child.exitCode;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** The whole lines of a file; the last one may just be being written. */
function loadLines(file: string): Record<string, unknown>[] {
  if (!fs.existsSync(file)) return [];
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Asks again and again until there is an answer; gives up, loudly, after a time that even a very busy machine does not need. */
export async function until<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  what: string,
  withinMs = 120_000,
): Promise<T> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > endMs) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
