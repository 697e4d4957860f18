// Node for each processor, as npm delivers it, checked against package-lock.json.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export type Cpu = 'x64' | 'arm64';

export interface NodeParts {
  readonly program: Buffer;
  readonly licence: Buffer;
}

/** Fetches the package once, and keeps it in a folder. Throws an Error if it is not the one that package-lock.json names. */
export function loadNode(
  cpu: Cpu,
  { root, cache }: { readonly root: string; readonly cache: string },
): NodeParts {
  const name = `node-linux-${cpu}`;
  const { version, integrity } = findLocked(path.join(root, 'package-lock.json'), name);
  fs.mkdirSync(cache, { recursive: true });
  const file = path.join(cache, `${name}-${version}.tgz`);
  if (!fs.existsSync(file))
    execFileSync('npm', ['pack', `${name}@${version}`, '--pack-destination', cache], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  const is = `sha512-${createHash('sha512').update(fs.readFileSync(file)).digest('base64')}`;
  if (is !== integrity) {
    fs.rmSync(file);
    throw new Error(`${name} ${version} is not the package that package-lock.json names; it was removed`);
  }
  const read = (entry: string): Buffer =>
    execFileSync('tar', ['-xzOf', file, `package/${entry}`], { maxBuffer: 300_000_000 });
  return { program: read('bin/node'), licence: read('LICENSE') };
}

function findLocked(
  lockFile: string,
  name: string,
): { readonly version: string; readonly integrity: string } {
  const { packages } = JSON.parse(fs.readFileSync(lockFile, 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>;
  };
  const { version, integrity } = packages[`node_modules/${name}`] ?? {};
  if (version === undefined || integrity === undefined) throw new Error(`package-lock.json has no ${name}`);
  return { version, integrity };
}
