// Where the config is looked for.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { findConfig } from '../../src/cli/config-path.ts';
import { createFolder } from '../support/daemon.ts';

const inHome = path.join(os.homedir(), '.config/remotetask/config.json');
const installed = '/usr/lib/node_modules/remotetask/dist/remotetask.cjs';
const cases: readonly [
  what: string,
  named: string | undefined,
  program: string,
  env: NodeJS.ProcessEnv,
  expected: string,
][] = [
  ['named with a full path', '/a/b.json', '/opt/rt/src/main.ts', { REMOTETASK_CONFIG: '/c' }, '/a/b.json'],
  ['named with a relative path', 'b.json', '/opt/rt/src/main.ts', {}, path.resolve('b.json')],
  [
    'named by the environment',
    undefined,
    '/opt/rt/src/main.ts',
    { REMOTETASK_CONFIG: '/c/d.json' },
    '/c/d.json',
  ],
  [
    'named by an empty variable',
    undefined,
    '/opt/rt/src/main.ts',
    { REMOTETASK_CONFIG: '' },
    '/opt/rt/config.json',
  ],
  ['beside the sources', undefined, '/opt/rt/src/main.ts', {}, '/opt/rt/config.json'],
  ['beside the bundle', undefined, '/opt/rt/dist/remotetask.cjs', {}, '/opt/rt/config.json'],
  ['beside a lone file', undefined, '/opt/rt/remotetask.cjs', {}, '/opt/rt/config.json'],
  ['beside an executable', undefined, '/opt/rt/remotetask', {}, '/opt/rt/config.json'],
  ['of an executable in a folder of programs', undefined, '/usr/local/bin/remotetask', {}, inHome],
  ['of an installed package', undefined, installed, {}, inHome],
  [
    'of an installed package, with XDG_CONFIG_HOME',
    undefined,
    installed,
    { XDG_CONFIG_HOME: '/x' },
    '/x/remotetask/config.json',
  ],
  [
    'of an installed package, with a relative XDG_CONFIG_HOME',
    undefined,
    installed,
    { XDG_CONFIG_HOME: 'x' },
    inHome,
  ],
];

for (const [what, named, program, env, expected] of cases) {
  test(`the config ${what} is ${expected}`, () => {
    assert.equal(findConfig(named, program, env), expected);
  });
}

test('a program that was called by a symbolic link has its config beside the file itself', (t) => {
  const folder = createFolder(t);
  fs.mkdirSync(path.join(folder, 'app/dist'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'app/dist/remotetask.cjs'), '');
  fs.symlinkSync('app/dist/remotetask.cjs', path.join(folder, 'remotetask'));
  assert.equal(
    findConfig(undefined, path.join(folder, 'remotetask'), {}),
    path.join(folder, 'app/config.json'),
  );
});
