// The single executables: how large they are, how soon they answer, and whether they run on ARM and on a machine without Node.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { copyIntoRoot, makeRoot, runInRoot } from './root.ts';
import { tap } from './tap.ts';

const maxBytes = 130_000_000;

/** Throws if a step fails. */
export async function tryExecutables(out: string, version: string, folder: string): Promise<void> {
  const unpack = (cpu: string): string => {
    const name = `remotetask-${version}-linux-${cpu}`;
    execFileSync('tar', ['-xzf', path.join(out, `${name}.tar.gz`), '-C', folder]);
    const file = path.join(folder, name, 'remotetask');
    const { size } = fs.statSync(file);
    console.log(`- ${name}: ${(size / 1e6).toFixed(1)} MB`);
    if (size > maxBytes) throw new Error(`${file} is too large`);
    return file;
  };
  const [x64, arm64] = [unpack('x64'), unpack('arm64')];
  // Nothing in the PATH but a shell: no Node is found there.
  const bare = path.join(folder, 'bare');
  makeRoot(bare, ['libstdc++6']);
  runInRoot(bare, ['env', '-i', 'PATH=/bin', copyIntoRoot(bare, x64), '--version']);
  const armRoot = path.join(folder, 'arm64');
  makeRoot(armRoot, ['libstdc++6', 'libc6', 'libgcc-s1'], ['--architectures=arm64', '--variant=extract']);
  const env = { PATH: process.env['PATH'] ?? '' };
  fs.mkdirSync(path.join(folder, 'tap-x64'));
  await tap([x64], env, path.join(folder, 'tap-x64'));
  console.log('- the executable for x64 was tapped');
  fs.mkdirSync(path.join(folder, 'tap-arm64'));
  await tap(['qemu-aarch64-static', '-L', armRoot, arm64], env, path.join(folder, 'tap-arm64'));
  console.log('- the executable for arm64 was tapped');
}
