// Faults for a daemon in a process of its own: loaded before the program, they break something of Node's when the test says so.
import fs from 'node:fs';
import path from 'node:path';
import { createFolder } from './daemon.ts';

/** Arguments for Node that run a script before the program. */
export function withFault(t: { after(fn: () => void): void }, script: string): readonly string[] {
  const file = path.join(createFolder(t), 'fault.mjs');
  fs.writeFileSync(file, script);
  fs.chmodSync(path.dirname(file), 0o755);
  return ['--import', file];
}

/** SIGUSR2 runs this statement in an event of its own, as a timer or a watcher of ours would be run. */
export function onSignal(t: { after(fn: () => void): void }, statement: string): readonly string[] {
  return withFault(t, `process.on('SIGUSR2', () => { ${statement} });`);
}
