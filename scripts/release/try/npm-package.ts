// The life of the package for npm: installed without a network, tapped, installed again over itself, removed.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { tap } from './tap.ts';

/** Throws if a step fails. */
export async function tryNpmPackage(out: string, version: string, folder: string): Promise<void> {
  const prefix = path.join(folder, 'prefix');
  const home = path.join(folder, 'home');
  fs.mkdirSync(home, { recursive: true });
  const env = { PATH: process.env['PATH'] ?? '', HOME: home };
  const npm = (...args: string[]): string =>
    execFileSync('npm', [...args, '--global', '--offline', '--prefix', prefix], { env, encoding: 'utf8' });
  const tarball = path.join(out, `remotetask-${version}.tgz`);
  const program = path.join(prefix, 'bin/remotetask');
  npm('install', tarball);
  const address = await tap([program], env, folder);
  npm('install', tarball);
  if ((await tap([program], env, folder)) !== address) throw new Error('The keys have changed by the update');
  npm('uninstall', 'remotetask');
  const left = fs
    .readdirSync(prefix, { recursive: true, encoding: 'utf8' })
    .filter((file) => /remotetask/.test(file));
  if (left.length > 0) throw new Error(`npm leaves ${left.join(', ')}`);
  const once = execFileSync('npx', ['--offline', '--yes', '--package', tarball, 'remotetask', '--version'], {
    env,
    cwd: home,
    encoding: 'utf8',
  });
  if (once !== `${version}\n`) throw new Error(`npx printed ${once}`);
}
