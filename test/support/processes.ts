// Processes that tests look at: whether one lives, and what became of a group.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { loadIdentity, type ProcessIdentity } from '../../src/processes/process-identity.ts';

/** The text of a file of /proc; empty if its process or thread has ended, which may happen between any two calls. */
export function readProc(file: string): string {
  try {
    return fs.readFileSync(path.join('/proc', file), 'utf8');
  } catch {
    return '';
  }
}

/** The processes of this machine for which `file`, such as `cmdline`, contains these words. */
export function listProcesses(file: 'cmdline' | 'environ', ...words: readonly string[]): number[] {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const found = readProc(`${pid}/${file}`).split('\0');
      return words.every((word) => found.includes(word));
    });
}

/** Whether a process lives; one that has ended and was not yet looked after does not. */
export function lives(pid: number): boolean {
  return /^State:\s+[^Z\s]/m.test(readProc(`${pid}/status`));
}

/** Ends a process group, if there is still one. */
export function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** The identity of a process that sleeps in a group of its own, as a run that another daemon has started; it is ended after the test. */
export async function startSleeper(
  t: { after(fn: () => void): void },
  script = 'exec sleep 60',
): Promise<ProcessIdentity> {
  const child = spawn('/bin/sh', ['-c', `echo; ${script}`], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { pid = 0 } = child;
  t.after(() => endGroup(pid));
  await once(child.stdout, 'data');
  const identity = loadIdentity(pid);
  if (identity === undefined) throw new Error('A process that has just been started lives');
  return identity;
}

/** Starts a process that leaves the group of the shell; it prints its id once it has left, not a moment before. */
export const escapingScript = `setsid sh -c 'echo $$; exec sleep 60' &`;

/** The processes that a process has started itself. */
export function listChildren(pid: number): number[] {
  return fs
    .readdirSync(`/proc/${pid}/task`)
    .flatMap((thread) => readProc(`${pid}/task/${thread}/children`).split(' '))
    .filter((child) => child !== '')
    .map(Number);
}
