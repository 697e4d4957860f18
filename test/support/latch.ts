// A latch: the script of a task waits at it, without any work, until the test opens it.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createFolder } from './daemon.ts';

export interface Latch {
  /** The command of a shell that waits. */
  readonly wait: string;
  /** Lets everything pass that waits, and whatever comes later. */
  open(): void;
}

/** Creates a closed latch. It opens at the end of the test or of its process too, so that nothing is left waiting. */
export function createLatch(t: { after(fn: () => void): void }): Latch {
  const pipe = path.join(createFolder(t), 'latch');
  execFileSync('mkfifo', [pipe]);
  // While a writer has it open, readers wait for a line; without one they read its end.
  const writer = fs.openSync(pipe, fs.constants.O_RDWR);
  t.after(() => fs.closeSync(writer));
  return { wait: `read -r _ < ${pipe}`, open: () => void fs.writeSync(writer, '\n'.repeat(1000)) };
}
