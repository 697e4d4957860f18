// A worker in a process of its own, with the config of a daemon that has the right to connect to its socket.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { compileCacheEnv } from './compile-cache.ts';
import { createFolder, until } from './daemon.ts';
import { findProgram, nodeArgs } from './program.ts';

/** The user of the server where the tests may give it one of its own. */
export const serverUid = process.getuid?.() === 0 ? 10_765 : undefined;

export interface WorkerPlace {
  readonly folder: string;
  readonly socket: string;
}

/** A folder for the socket and the config of a worker, which the server may only go through. */
export function createWorkerPlace(t: { after(fn: () => void): void }): WorkerPlace {
  const folder = createFolder(t);
  fs.chmodSync(folder, 0o711);
  return { folder, socket: path.join(folder, 'worker.sock') };
}

export interface TestWorkerProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  printed(): string;
  kill(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts a worker with a config; resolves once it listens, or has ended. */
export async function startWorker(
  t: { after(fn: () => Promise<void> | void): void },
  { folder, socket }: WorkerPlace,
  config: object,
): Promise<TestWorkerProcess> {
  const file = path.join(folder, 'config.json');
  fs.writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  const user = String(serverUid ?? process.getuid?.());
  const args = ['work', '--socket', socket, '--for', user, '--config', file];
  const child = spawn(process.execPath, [...nodeArgs, findProgram(), ...args], {
    env: { ...process.env, ...compileCacheEnv, REMOTETASK_CALLED: 'remotetask' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const exited = once(child, 'exit');
  const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
    return child.exitCode;
  };
  t.after(async () => void (await kill()));
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  await until(
    () => (hasEnded() || printed.includes('"event":"worker-listening"') ? true : undefined),
    'the worker to listen',
  );
  return { pid: child.pid ?? 0, child, printed: () => printed, kill };
}
