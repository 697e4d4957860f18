// The program that tests start: the bundle, as it is shipped. It starts with a third of the work that its sources take.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '../..');
const cache = path.join(root, 'node_modules/.cache/remotetask-program');
const builder = path.join(root, 'scripts/build.ts');
let program: string | undefined;

/** The arguments for Node with which bin/remotetask starts the program. */
export const nodeArgs = ['--max-semi-space-size=2', '--max-old-space-size=256'] as const;

/** The path of the bundle; it is built if none was built from the sources as they are now. */
export function findProgram(): string {
  return (program ??= path.join(findBuild(), 'remotetask.cjs'));
}

function findBuild(): string {
  const name = hashSources();
  const folder = path.join(cache, name);
  if (fs.existsSync(folder)) return folder;
  const own = path.join(cache, `${name}-${process.pid}`);
  execFileSync(process.execPath, [builder, own], { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    fs.renameSync(own, folder);
  } catch (error) {
    // A test file that runs beside this one may have been faster.
    fs.rmSync(own, { recursive: true });
    if (!fs.existsSync(folder)) throw error;
  }
  removeOldBuilds();
  return folder;
}

/** Another run of tests may still use a build of today. */
function removeOldBuilds(): void {
  for (const name of fs.readdirSync(cache)) {
    const build = path.join(cache, name);
    const stat = fs.statSync(build, { throwIfNoEntry: false });
    if (stat !== undefined && stat.mtimeMs < Date.now() - 86_400_000)
      fs.rmSync(build, { recursive: true, force: true });
  }
}

/** All that a build depends on, as a short name. A change of a file changes its times; reading all of them would take ten times as long. */
function hashSources(): string {
  const hash = createHash('sha256');
  const files = fs
    .readdirSync(path.join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  for (const file of [...files.toSorted(), builder, path.join(root, 'package-lock.json')])
    hash.update(`${file}\0${toVersion(file)}\0`);
  return hash.digest('hex').slice(0, 16);
}

function toVersion(file: string): string {
  const { size, mtimeMs, ctimeMs } = fs.statSync(file);
  return [size, mtimeMs, ctimeMs].join();
}
