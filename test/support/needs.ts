// What a test needs that not every machine has: false, or why it is skipped, with the remedy. `npm test` sums these up.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const isRoot = process.getuid?.() === 0;

/** For what only root may do. */
export const needsRoot = isRoot ? false : 'needs root (run the tests as root as well)';

/** For mounts, which not even root may do in every container. */
export const needsMounts =
  needsRoot || (canMount() ? false : 'needs the right to mount (run the tests outside of a container)');

/** For a program that is not there by itself. */
export function needsProgram(name: string): string | false {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined
    ? false
    : `needs ${name} (apt-get install ${name})`;
}

function canMount(): boolean {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'remotetask-mount-'));
  try {
    if (spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder], { stdio: 'ignore' }).status !== 0) return false;
    return spawnSync('umount', [folder], { stdio: 'ignore' }).status === 0;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
