// Starts this program again, in a session of its own, as the same user and with the same arguments.
import fs from 'node:fs';
import tty from 'node:tty';
import { execa } from 'execa';
import { lookAt } from '../look.ts';
import { nodeWords, programFile } from '../program-file.ts';
import { findLauncher } from './launcher.ts';
import { toStdio } from './process.ts';

/**
 * Starts the program again; if its Node has been removed meanwhile, by the launcher, which finds another. What it prints goes where this process prints, except into a terminal, which then belongs to the shell:
 * there, errors are appended to a file instead.
 */
export function startSuccessor(errorsFile: string): void {
  const args = process.argv.slice(2);
  const launcher = lookAt(process.execPath).kind === 'there' ? undefined : findLauncher(programFile);
  const [file, ...words] =
    launcher === undefined ? [process.execPath, ...nodeWords, ...args] : [launcher, ...args];
  const successor = execa(file, words, {
    // Its parent ends now, so nothing looks after it.
    env: { REMOTETASK_SUPERVISED: '0' },
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    stdin: 'ignore',
    stdout: tty.isatty(1) ? 'ignore' : 'inherit',
    stderr: tty.isatty(2) ? openErrors(errorsFile) : 'inherit',
  });
  successor.nodeChildProcess.unref();
}

function openErrors(file: string): 3 | 'ignore' {
  try {
    return toStdio(fs.openSync(file, 'a', 0o600));
  } catch {
    return 'ignore';
  }
}
