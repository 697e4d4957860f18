// A disk that is full when it is wanted to be: a small file system of its own as root, else a limit on the size of files.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** A way to let a daemon run out of room. */
export interface Disk {
  readonly what: string;
  fill(daemon: { readonly pid: number }): void;
  free(daemon: { readonly pid: number }): void;
  remove(): void;
}

/** Makes the folder, on a disk of its own of so many megabytes where that is allowed. */
export function createDisk(folder: string, sizeMb = 1): Disk {
  fs.mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    const limit =
      (bytes: string) =>
      ({ pid }: { readonly pid: number }): void => {
        // A daemon that has ended has no limit any more.
        if (fs.existsSync(`/proc/${pid}`))
          execFileSync('/usr/bin/prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
      };
    return { what: 'files that may not grow', fill: limit('0'), free: limit('unlimited'), remove: () => {} };
  }
  const filler = path.join(folder, 'filler');
  return {
    what: 'a small file system',
    fill() {
      const fd = fs.openSync(filler, 'w');
      try {
        for (;;) fs.writeSync(fd, Buffer.alloc(4096));
      } catch {
        fs.closeSync(fd);
      }
    },
    free: () => fs.rmSync(filler),
    remove: () => void execFileSync('umount', ['--lazy', folder]),
  };
}
