// The two programs that are measured, each in a process of its own: the built daemon, and the bare server.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = path.join(import.meta.dirname, '../..');
const magicKey = 'magic-Zq3vT8mN1xK6cR0yW5bD';

export interface Answer {
  readonly status: number;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** A server under measurement. */
export interface Server {
  readonly pid: number;
  readonly port: number;
  /** Milliseconds from its start to its first answer. */
  readonly firstAnswerMs: number;
  /** Resident memory in MB. */
  memoryMb(): number;
  /** CPU time so far, of all its threads, in milliseconds. */
  cpuMs(): number;
  /** The path that starts a task. */
  path(task: string): string;
  stop(): Promise<void>;
}

/** Starts the program built in `home` with these tasks, and with rate limits that never refuse a call with the right keys. */
export async function startDaemon(
  folder: string,
  tasks: Record<string, object>,
  home: string = root,
): Promise<Server> {
  fs.mkdirSync(folder, { recursive: true });
  const port = await findPort();
  const config = {
    server: { listen: '127.0.0.1', port, magickey: magicKey, rateLimit: { runs: 1_000_000 } },
    tasks: Object.fromEntries(
      Object.entries(tasks).map(([id, task]) => [
        id,
        { identifier: toTaskKey(id), cooldown: '0s', whenBusy: 'parallel', ...task },
      ]),
    ),
  };
  const file = path.join(folder, 'config.json');
  fs.writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return await start(
    port,
    path.join(home, 'bin/remotetask'),
    ['serve', '--config', file],
    (task) => `/${magicKey}/${toTaskKey(task)}`,
  );
}

/** Starts the bare server, which gives this answer to whatever it is asked, and runs `argv` at `/start`. */
export async function startBare(folder: string, answer: Answer, argv: readonly string[]): Promise<Server> {
  fs.mkdirSync(folder, { recursive: true });
  const outfile = path.join(folder, 'bare-server.cjs');
  if (!fs.existsSync(outfile)) {
    buildSync({
      entryPoints: [fileURLToPath(import.meta.resolve('./bare-server.ts'))],
      outfile,
      platform: 'node',
      format: 'cjs',
    });
  }
  const port = await findPort();
  const headers = answer.rawHeaders.filter(
    (_, i, all) => !['Date', 'Connection', 'Keep-Alive'].includes(all[i - (i % 2)] ?? ''),
  );
  const args = [outfile, port, answer.status, JSON.stringify(headers), answer.body, ...argv].map(String);
  return await start(port, process.execPath, args, () => '/start');
}

/** One call over a connection of its own. Throws the system's error. */
export async function call(port: number, url: string): Promise<Answer> {
  const request = http.get({ host: '127.0.0.1', port, path: url, agent: false });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    rawHeaders: response.rawHeaders,
    body: Buffer.concat(chunks).toString(),
  };
}

function toTaskKey(id: string): string {
  return `task-key-of-${id}-7Hs2kQ9w`;
}

async function start(
  port: number,
  file: string,
  args: readonly string[],
  toPath: (task: string) => string,
): Promise<Server> {
  const startedMs = performance.now();
  const child = spawn(file, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, REMOTETASK_NODE: process.execPath },
  });
  const exited = once(child, 'exit');
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  void exited.then(() => process.off('exit', kill));
  while (!(await isAnswering(port))) {
    if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode}`);
    await pause(1);
  }
  const firstAnswerMs = performance.now() - startedMs;
  const proc = `/proc/${child.pid}`;
  return {
    pid: child.pid ?? 0,
    port,
    firstAnswerMs,
    memoryMb: () => Number(/^VmRSS:\s+(\d+)/m.exec(fs.readFileSync(`${proc}/status`, 'utf8'))?.[1]) / 1024,
    cpuMs: () =>
      fs
        .readdirSync(`${proc}/task`)
        .map(
          (thread) => Number(fs.readFileSync(`${proc}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
        )
        .reduce((sum, ms) => sum + ms, 0),
    path: toPath,
    stop: () => stop(child, exited),
  };
}

async function stop(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  await exited;
}

async function isAnswering(port: number): Promise<boolean> {
  try {
    await call(port, '/');
    return true;
  } catch {
    return false;
  }
}

/** A port that is free now. */
export async function findPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
