// Standard output that cannot be written, and a reader that leaves.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { cleanEnv, quote } from '../support/cli.ts';
import { findProgram } from '../support/program.ts';

const program = `${quote(process.execPath)} ${quote(findProgram())}`;

test('a full disk is an error with a message, and not a success', () => {
  const { status, stderr } = spawnSync('/bin/sh', ['-c', `${program} --help >/dev/full`], {
    env: cleanEnv(),
    encoding: 'utf8',
  });
  assert.deepEqual([status, stderr], [1, 'Cannot write to standard output (ENOSPC) [output-unwritable]\n']);
});

test('a reader that leaves ends the program quietly', () => {
  const { stdout, stderr } = spawnSync(
    '/bin/bash',
    ['-c', `${program} --help | true; echo \${PIPESTATUS[0]}`],
    {
      env: cleanEnv(),
      encoding: 'utf8',
    },
  );
  assert.equal(stderr, '');
  assert.match(stdout, /^(?:141|0)\n$/);
});
