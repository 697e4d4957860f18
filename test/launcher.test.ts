// `bin/remotetask` in a checkout: it runs the sources until there is a bundle.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import packageJson from '../package.json' with { type: 'json' };
import { toCalled } from '../src/called.ts';
import { cleanEnv } from './support/cli.ts';
import { createFolder } from './support/daemon.ts';

const root = path.join(import.meta.dirname, '..');

/** A checkout without a bundle, with these parts of the real one. */
function createCheckout(t: { after(fn: () => void): void }, parts: readonly string[]): string {
  const folder = createFolder(t);
  fs.mkdirSync(path.join(folder, 'bin'));
  fs.copyFileSync(path.join(root, 'bin/remotetask'), path.join(folder, 'bin/remotetask'));
  for (const part of parts) fs.symlinkSync(path.join(root, part), path.join(folder, part));
  return folder;
}

test('a checkout without a bundle runs its sources, and names itself as it was called', (t) => {
  const folder = createCheckout(t, ['src', 'node_modules', 'package.json']);
  const run = (
    program: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): [number | null, string] => {
    const { REMOTETASK_CALLED: _, npm_command: _2, ...rest } = cleanEnv();
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: folder,
      env: { ...rest, ...env },
      encoding: 'utf8',
    });
    return [status, stdout + stderr];
  };
  assert.deepEqual(run('bin/remotetask', ['--version']), [0, `${packageJson.version}\n`]);
  const inPath = { PATH: `${folder}/bin:${process.env['PATH']}` };
  assert.match(run('/bin/sh', ['-c', 'remotetask chek'], inPath)[1], /Did you mean `remotetask check`\?/);
  // Remedies of the config name the program in the same way.
  fs.writeFileSync(path.join(folder, 'config.json'), '{ "server": {}, "tasks": {} }');
  const check = ['check', '--config', 'config.json'];
  for (const [called, program, args, env] of [
    ['bin/remotetask', 'bin/remotetask', check],
    ['npx remotetask', 'bin/remotetask', check, { npm_command: 'exec' }],
    ['node src/main.ts', process.execPath, ['src/main.ts', ...check]],
  ] as const)
    assert.match(
      run(program, args, env)[1],
      new RegExp(`Add a key: it is missing \\(\`${called} key\` makes one\\)`),
    );
});

test('a checkout with a bundle runs it by the Node of its packages, if that of the PATH is too old', (t) => {
  const folder = createCheckout(t, ['node_modules']);
  fs.mkdirSync(path.join(folder, 'dist'));
  fs.writeFileSync(path.join(folder, 'dist/remotetask.cjs'), 'console.log(process.version)');
  fs.mkdirSync(path.join(folder, 'old'));
  fs.writeFileSync(path.join(folder, 'old/node'), '#!/bin/sh\necho v20.20.2\n', { mode: 0o755 });
  const { REMOTETASK_NODE: _, ...env } = cleanEnv({ PATH: `${folder}/old:/usr/bin:/bin` });
  const { stdout, stderr } = spawnSync(path.join(folder, 'bin/remotetask'), [], { env, encoding: 'utf8' });
  assert.deepEqual([stdout, stderr], [`${process.version}\n`, '']);
});

test('the program starts without a PATH, and with an empty one', (t) => {
  const folder = createCheckout(t, []);
  fs.mkdirSync(path.join(folder, 'dist'));
  fs.writeFileSync(path.join(folder, 'dist/remotetask.cjs'), 'console.log(process.env.PATH)');
  for (const env of [{}, { PATH: '' }]) {
    const { stdout, stderr } = spawnSync('/bin/sh', [path.join(folder, 'bin/remotetask')], {
      env: { ...env, REMOTETASK_NODE: process.execPath },
      encoding: 'utf8',
    });
    assert.deepEqual(
      [stdout, stderr],
      ['/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n', ''],
    );
  }
});

test('a checkout without its packages names the remedy', (t) => {
  const folder = createCheckout(t, ['src', 'package.json']);
  const { status, stderr } = spawnSync(path.join(folder, 'bin/remotetask'), ['--version'], {
    encoding: 'utf8',
  });
  assert.deepEqual(
    [status, stderr],
    [
      1,
      `Run \`npm install\` in ${folder} first: there is neither dist/remotetask.cjs nor a Node for the sources\n`,
    ],
  );
});

test('a program that was called without the launcher is named by its file', () => {
  assert.equal(toCalled('/home/a/src/main.ts', {}, '/home/a'), 'node src/main.ts');
  assert.equal(toCalled('/home/a/src/main.ts', {}, '/tmp'), 'node /home/a/src/main.ts');
  assert.equal(toCalled('/home/a/src/main.ts', {}, undefined), 'node /home/a/src/main.ts');
  assert.equal(toCalled('/usr/bin/remotetask', {}, '/'), 'remotetask');
  assert.equal(toCalled('/home/a/test/x.test.ts', {}, '/home/a'), 'remotetask');
  assert.equal(toCalled('/x', { REMOTETASK_CALLED: '/my nas/remotetask' }, '/'), "'/my nas/remotetask'");
  assert.equal(toCalled('/x', { REMOTETASK_CALLED: 'npx remotetask' }, '/'), 'npx remotetask');
});
