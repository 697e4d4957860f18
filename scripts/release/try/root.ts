// A minimal Debian in a folder, and commands in it with processes, network and mounts of their own.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** Makes a Debian with what is essential in it, and these packages. */
export function makeRoot(folder: string, packages: readonly string[], options: readonly string[] = []): void {
  execFileSync(
    'mmdebstrap',
    ['--variant=minbase', '--quiet', ...options, `--include=${packages.join(',')}`, 'bookworm', folder],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
}

/** Runs a command in it. Throws if it fails; what it started ends with it. */
export function runInRoot(folder: string, command: readonly string[]): void {
  const script = `mount -t proc proc "$0/proc" && mount --bind /dev "$0/dev" && exec chroot "$0" "$@"`;
  execFileSync(
    'unshare',
    ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', script, folder, ...command],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
}

/** Puts a file into it, and returns its path there. */
export function copyIntoRoot(folder: string, file: string): string {
  const name = path.join('/root', path.basename(file));
  fs.copyFileSync(file, path.join(folder, name));
  return name;
}
