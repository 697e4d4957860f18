// The first tap: starts the daemon with its first config, opens the address of its task, and stops it.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const longestMs = 300_000;

/** Returns the path of the address, which holds the keys. Throws if the task did not succeed. */
export async function tap(
  program: readonly string[],
  env: NodeJS.ProcessEnv,
  folder: string,
): Promise<string> {
  const [file = '', ...before] = program;
  const config = path.join(folder, 'config/config.json');
  const run = (...args: string[]): string =>
    execFileSync(file, [...before, ...args, '--config', config], { env, encoding: 'utf8' });
  run('init');
  const port = await findPort();
  fs.writeFileSync(config, fs.readFileSync(config, 'utf8').replace(/"port": \d+/, `"port": ${port}`));
  const daemon = spawn(file, [...before, 'serve', '--config', config], { env, stdio: 'ignore' });
  const exited = once(daemon, 'exit');
  try {
    const address = /"address": *"http:\/\/[^/]*([^"]*)"/.exec(run('url', '--json'))?.[1] ?? '';
    const answer = await ask(`http://127.0.0.1:${port}${address}?wait=60`);
    if (!answer.includes('Hello: succeeded')) throw new Error(`The tap was answered by: ${answer}`);
    return address;
  } finally {
    daemon.kill();
    await exited;
  }
}

/** The answer, as soon as the daemon listens. */
async function ask(address: string): Promise<string> {
  for (const untilMs = performance.now() + longestMs; ; await pause(50)) {
    const answer = await fetch(address).catch(() => undefined);
    if (answer !== undefined) return await answer.text();
    if (performance.now() > untilMs) throw new Error('The daemon does not listen');
  }
}

async function findPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
