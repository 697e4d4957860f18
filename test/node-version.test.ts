// A Node that is too old is refused in one line.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';

const check = path.join(import.meta.dirname, '../src/node-version.ts');

/** Runs the check in a process that says to be another Node. */
function runAs(version: string): { status: number | null; stdout: string; stderr: string } {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${pretend}`, check],
    {
      encoding: 'utf8',
    },
  );
  return { status, stdout, stderr };
}

for (const version of ['18.20.8', '20.19.5', '22.12.0'])
  test(`Node ${version} is refused in one line`, () => {
    const said = `remotetask needs Node 22.13 or newer; this is ${version}. On DSM, install "Node.js v22" from Package Center.\n`;
    assert.deepEqual(runAs(version), { status: 1, stdout: '', stderr: said });
  });

for (const version of ['22.13.0', '24.0.0', '100.1.0'])
  test(`Node ${version} is accepted`, () => {
    assert.deepEqual(runAs(version), { status: 0, stdout: '', stderr: '' });
  });
