// A daemon that the system gives no more processes: what is to start has failed, and nothing falls over.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createFolder, findPort, keyOf, magicKey, until } from '../support/daemon.ts';
import { needsRoot } from '../support/needs.ts';
import { findProgram } from '../support/program.ts';

/** Nobody else's processes count for this user. */
const uid = 64_323;

interface Limited {
  readonly base: string;
  /** How many threads it has once it listens. */
  countThreads(): Promise<number>;
  log(): string;
  /** TERM, and how it ended. */
  stop(): Promise<unknown>;
}

/** Starts the daemon as a user of its own. */
async function startLimited(
  t: { after(fn: () => void): void },
  limits: readonly string[] = [],
): Promise<Limited> {
  const folder = createFolder(t);
  const configFile = path.join(folder, 'config.json');
  const port = await findPort();
  const tasks = { hello: { identifier: keyOf('hello'), command: ['/bin/true'], cooldown: '0s' } };
  fs.writeFileSync(
    configFile,
    JSON.stringify({ server: { listen: '127.0.0.1', port, magickey: magicKey }, tasks }),
    { mode: 0o600 },
  );
  for (const file of [folder, configFile]) fs.chownSync(file, uid, uid);
  const asOther = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
  const command = [...limits, process.execPath, findProgram(), 'serve', '--config', configFile];
  const child = spawn('setpriv', [...asOther, ...command], { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const exited = once(child, 'exit');
  t.after(() => child.kill('SIGKILL'));
  return {
    base: `http://127.0.0.1:${port}`,
    async countThreads() {
      await until(() => (printed.includes('"event":"listening"') ? true : undefined), 'the daemon to listen');
      return Number(/^Threads:\s*(\d+)$/m.exec(fs.readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]);
    },
    log: () => fs.readFileSync(path.join(folder, 'log.txt'), 'utf8'),
    async stop() {
      child.kill('SIGTERM');
      return await exited;
    },
  };
}

test(
  'where no further process can be made, a run has failed and says why, and the daemon continues',
  { skip: needsRoot },
  async (t) => {
    const free = await startLimited(t);
    const threads = await free.countThreads();
    await free.stop();
    // As many as it has when it listens: whatever it needs from then on it must have made before.
    const daemon = await startLimited(t, ['prlimit', `--nproc=${threads}`]);
    await daemon.countThreads();
    for (let i = 0; i < 3; i++) {
      const answer = await fetch(`${daemon.base}/${magicKey}/${keyOf('hello')}?wait=30`);
      assert.equal(answer.status, 500);
    }
    assert.match(daemon.log(), /The system could not start another process \(EAGAIN\)/);
    assert.deepEqual(await daemon.stop(), [0, null]);
  },
);
