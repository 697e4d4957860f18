// The life of the package for Debian, in a root without Node; first lintian reads it.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { copyIntoRoot, makeRoot, runInRoot } from './root.ts';

/** Throws if a step fails; the script prints which. */
export function tryDeb(out: string, version: string, folder: string): void {
  const debs = ['amd64', 'arm64'].map((architecture) =>
    path.join(out, `remotetask_${version}_${architecture}.deb`),
  );
  execFileSync('lintian', ['--allow-root', '--fail-on', 'error', ...debs], { stdio: 'inherit' });
  const root = path.join(folder, 'debian');
  makeRoot(root, ['ca-certificates', 'curl']);
  const [deb = ''] = debs;
  const next = makeNext(deb, path.join(folder, 'next'));
  fs.copyFileSync(path.join(import.meta.dirname, 'life.sh'), path.join(root, 'root/life.sh'));
  runInRoot(root, ['sh', '/root/life.sh', copyIntoRoot(root, deb), copyIntoRoot(root, next)]);
}

/** The same package with a later version, to upgrade to. */
function makeNext(deb: string, folder: string): string {
  execFileSync('dpkg-deb', ['--raw-extract', deb, folder]);
  const control = path.join(folder, 'DEBIAN/control');
  fs.writeFileSync(control, fs.readFileSync(control, 'utf8').replace(/^(Version: .*)$/m, '$1+next'));
  const next = `${folder}.deb`;
  execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', folder, next], { stdio: 'ignore' });
  return next;
}
