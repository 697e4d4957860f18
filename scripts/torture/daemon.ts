// The daemon under torture: started again and again in one folder, on one port, and killed at any moment.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { call, magicKey } from './calls.ts';
import { createTasks, uptimeSeconds } from './programs.ts';

/** How long a start may take on a busy machine. */
const startMs = 60_000;

export interface TorturedDaemon {
  readonly pid: number;
  readonly fromSeconds: number;
  /** Resolves once it answers, with false if it ended instead. */
  readonly answers: Promise<boolean>;
  isAlive(): boolean;
  /** Sends a signal. */
  signal(name: 'SIGKILL' | 'SIGTERM' | 'SIGHUP'): void;
  /** Resolves when it has ended, with its exit status, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

export interface Place {
  readonly folder: string;
  readonly port: number;
  /** The file that the programs write to. */
  readonly traceFile: string;
}

/** Writes the config of a round in one step, as an editor does. */
export function writeConfig({ folder, port, traceFile }: Place, round: number): void {
  const config = {
    server: {
      listen: '127.0.0.1',
      port,
      magickey: magicKey,
      rateLimit: { runs: 1_000_000 },
      stopGrace: '500ms',
    },
    // Few enough that the history is compacted every now and then.
    history: { keep: 500, attempts: 1000 },
    log: { maxSize: '1MB', keep: 1 },
    tasks: createTasks(traceFile, round),
  };
  const file = path.join(folder, 'config.json');
  fs.writeFileSync(`${file}.new`, JSON.stringify(config), { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
}

/** Starts the daemon: `command` is the program and its first arguments. */
export function startDaemon({ folder, port }: Place, command: readonly string[]): TorturedDaemon {
  const [file = '', ...args] = command;
  const errors = fs.openSync(path.join(path.dirname(folder), 'daemon-errors.txt'), 'a');
  const child = spawn(file, [...args, 'serve', '--config', path.join(folder, 'config.json')], {
    stdio: ['ignore', 'ignore', errors],
    env: { ...process.env, REMOTETASK_NODE: process.execPath },
  });
  fs.closeSync(errors);
  const { pid } = child;
  if (pid === undefined) throw new Error(`Cannot start ${file}`);
  const ended = once(child, 'exit').then(() => child.exitCode ?? child.signalCode ?? 'unknown');
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    pid,
    fromSeconds: uptimeSeconds(),
    answers: untilAnswer(port, child),
    isAlive,
    signal: (name) => void child.kill(name),
    ended,
  };
}

async function untilAnswer(port: number, child: ChildProcess): Promise<boolean> {
  const untilMs = performance.now() + startMs;
  while (child.exitCode === null && child.signalCode === null) {
    if (typeof (await call(port, '/')) !== 'string') return true;
    if (performance.now() > untilMs) throw new Error(`The daemon did not answer within ${startMs} ms`);
    await pause(5);
  }
  return false;
}
