// `npm run release:try`: takes each artefact in out/ through its life. As root on Debian, with lintian, mmdebstrap, qemu-user-static and systemd-container.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { tryDeb } from './release/try/deb.ts';
import { tryExecutables } from './release/try/executables.ts';
import { tryNpmPackage } from './release/try/npm-package.ts';
import { trySystemd } from './release/try/systemd.ts';

const out = path.join(import.meta.dirname, '../out');
const trials = { npm: tryNpmPackage, executables: tryExecutables, deb: tryDeb, systemd: trySystemd };
const version = fs.existsSync(out)
  ? /remotetask-([\d.]+)\.tgz/.exec(fs.readdirSync(out).join('\n'))?.[1]
  : undefined;
const wanted = process.argv.slice(2);

if (version === undefined) {
  console.error('There is nothing in out/: run `npm run release -- X.Y.Z` first');
  process.exitCode = 1;
} else
  for (const [name, trial] of Object.entries(trials)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'remotetask-try-'));
    // Users of a root that is made in it look into it.
    fs.chmodSync(folder, 0o755);
    const startMs = performance.now();
    try {
      await trial(out, version, folder);
      console.log(`${name}: as it should be, after ${((performance.now() - startMs) / 1000).toFixed(0)} s`);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }
