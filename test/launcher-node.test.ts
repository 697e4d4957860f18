// Which Node `bin/remotetask` takes, and which Node the boot script names.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { findLauncher, isFoundByLauncher } from '../src/processes/launcher.ts';
import { createFolder } from './support/daemon.ts';

const launcherText = fs.readFileSync(path.join(import.meta.dirname, '../bin/remotetask'), 'utf8');
const shells: readonly (readonly [string, ...string[]])[] = [
  ['dash'],
  ['bash', '--posix'],
  ['busybox', 'sh'],
];

interface Machine {
  readonly folder: string;
  /** Puts a program there that prints its name, or its version if it is asked for it. */
  install(file: string, version: string): string;
  /** What the launcher prints, with these variables beside the PATH. */
  launch(shell: readonly string[], env?: NodeJS.ProcessEnv): readonly [stdout: string, stderr: string];
}

/** A launcher whose Package Center is in a temporary folder, and a PATH without a Node. */
function createMachine(t: { after(fn: () => void): void }): Machine {
  const folder = createFolder(t);
  for (const name of ['bin', 'dist', 'path', 'packages']) fs.mkdirSync(path.join(folder, name));
  fs.writeFileSync(path.join(folder, 'dist/remotetask.cjs'), '');
  const launcher = path.join(folder, 'bin/remotetask');
  fs.writeFileSync(launcher, launcherText.replaceAll('/var/packages', `${folder}/packages`));
  for (const tool of ['dirname', 'readlink', 'mkdir'])
    fs.symlinkSync(
      execFileSync('which', [tool], { encoding: 'utf8' }).trim(),
      path.join(folder, 'path', tool),
    );
  return {
    folder,
    install(file, version) {
      const program = path.join(folder, file);
      fs.mkdirSync(path.dirname(program), { recursive: true });
      const script = `#!/bin/sh\n[ "$1" != --version ] || { echo ${version}; exit; }\necho "$0"\n`;
      fs.writeFileSync(program, script, { mode: 0o755 });
      return program;
    },
    launch([shell = '', ...args], env = {}) {
      const file = execFileSync('which', [shell], { encoding: 'utf8' }).trim();
      const { stdout, stderr } = spawnSync(file, [...args, launcher, 'x'], {
        env: { PATH: path.join(folder, 'path'), ...env },
        encoding: 'utf8',
      });
      return [stdout.trim(), stderr.trim()];
    },
  };
}

const ofPackage = (version: number): string => `packages/Node.js_v${version}/target/usr/local/bin/node`;

for (const shell of shells) {
  const isThere = spawnSync(shell[0], [...shell.slice(1), '-c', 'true']).status === 0;
  const skip = isThere ? false : `needs ${shell[0]} (apt-get install ${shell[0]})`;

  test(
    `under ${shell[0]}, the launcher takes the newest Node of Package Center, unless the PATH has one`,
    { skip },
    (t) => {
      const { install, launch, folder } = createMachine(t);
      assert.match(launch(shell)[1], /^Found no Node 22\.13 or newer\. On DSM, install/);
      install(ofPackage(18), 'v18.20.4');
      install(ofPackage(20), 'v20.19.0');
      assert.match(launch(shell)[1], /^Found no Node 22\.13 or newer\. On DSM, install/);
      const v22 = install(ofPackage(22), 'v22.19.0');
      assert.deepEqual(launch(shell), [v22, '']);
      const v24 = install(ofPackage(24), 'v24.1.0');
      assert.deepEqual(launch(shell), [v24, '']);
      const v100 = install(ofPackage(100), 'v100.0.0');
      assert.deepEqual(launch(shell), [v100, '']);
      fs.rmSync(path.join(folder, 'packages/Node.js_v22'), { recursive: true });
      fs.writeFileSync(v100, 'removed by half', { mode: 0o644 });
      assert.deepEqual(launch(shell), [v24, '']);
      install('path/node', 'v20.19.0');
      assert.deepEqual(launch(shell), [v24, '']);
      const own = install('path/node', 'v22.13.0');
      assert.deepEqual(launch(shell), [own, '']);
    },
  );

  test(
    `under ${shell[0]}, a Node that is named and gone is replaced by another, with a warning`,
    { skip },
    (t) => {
      const { install, launch, folder } = createMachine(t);
      const named = install('opt/my node', 'v22.14.0');
      assert.deepEqual(launch(shell, { REMOTETASK_NODE: named }), [named, '']);
      fs.rmSync(named);
      const [nothing, why] = launch(shell, { REMOTETASK_NODE: named });
      assert.equal(nothing, '');
      assert.ok(
        why.startsWith(`Found no Node 22.13 or newer, and nothing at ${named}, which REMOTETASK_NODE names.`),
        why,
      );
      const other = install(ofPackage(24), 'v24.1.0');
      const warning = `There is no Node at ${named}, which REMOTETASK_NODE names; used ${other} instead`;
      assert.deepEqual(launch(shell, { REMOTETASK_NODE: named }), [other, warning]);
      for (const wrong of [folder, path.join(folder, 'dist/remotetask.cjs'), 'no-such-node'])
        assert.equal(launch(shell, { REMOTETASK_NODE: wrong })[0], other, wrong);
      install('path/my-node', 'v22.14.0');
      assert.deepEqual(launch(shell, { REMOTETASK_NODE: 'my-node' }), [
        path.join(folder, 'path/my-node'),
        '',
      ]);
    },
  );
}

test('a Node that the launcher finds by itself is known, also behind symbolic links', (t) => {
  const { install, folder } = createMachine(t);
  const store = install('appstore/Node.js_v22/usr/local/bin/node', 'v22.19.0');
  const places = { folders: [path.join(folder, 'path')], packages: path.join(folder, 'packages') };
  assert.equal(isFoundByLauncher(store, places), false);
  fs.mkdirSync(path.join(folder, 'packages/Node.js_v22'));
  fs.symlinkSync('../../appstore/Node.js_v22', path.join(folder, 'packages/Node.js_v22/target'));
  assert.equal(isFoundByLauncher(store, places), true);
  assert.equal(isFoundByLauncher(path.join(folder, ofPackage(22)), places), true);
  const own = install('opt/node', 'v24.0.0');
  assert.equal(isFoundByLauncher(own, places), false);
  fs.symlinkSync(own, path.join(folder, 'path/node'));
  assert.equal(isFoundByLauncher(own, places), true);
  assert.equal(isFoundByLauncher(own, { folders: [], packages: '/no/such/folder' }), false);
});

test('the launcher of a bundle is the one beside it, and that of the sources only without a bundle', (t) => {
  const { folder } = createMachine(t);
  const launcher = path.join(folder, 'bin/remotetask');
  assert.equal(findLauncher(path.join(folder, 'dist/remotetask.cjs')), launcher);
  assert.equal(findLauncher(path.join(folder, 'src/main.ts')), undefined);
  fs.rmSync(path.join(folder, 'dist/remotetask.cjs'));
  assert.equal(findLauncher(path.join(folder, 'src/main.ts')), launcher);
  fs.rmSync(launcher);
  assert.equal(findLauncher(path.join(folder, 'src/main.ts')), undefined);
});
