// A mistake of our own is described by where it happened, and by no value.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { renderBug } from '../src/bug.ts';

const key = 'Zq3vT8mN1xK6cR0yW5bD7e';

test('of a message, plain words stay, and nothing that could be a key', () => {
  const cases: readonly [thrown: unknown, first: string][] = [
    [new Error('no run is under way'), 'Error: no run is under way'],
    [
      new TypeError("Cannot read properties of undefined (reading 'task')"),
      "TypeError: Cannot read properties of undefined (reading 'task')",
    ],
    [new Error(`no task of ${key}, nor of /volume1/x --pin=1234567`), 'Error: no task of … nor of … …'],
    [new SyntaxError(`Unexpected token a in "${key}"`), 'SyntaxError'],
    [Object.assign(new Error(`spawn /bin/x ${key}`), { code: 'ENOENT' }), 'Error: ENOENT'],
    [Object.assign(new Error('x'), { code: key }), 'Error: x'],
    [Object.assign(new Error('x'), { name: `${key} -` }), 'Error: x'],
    [key, 'Something that is not an error was thrown (string)'],
    [null, 'Something that is not an error was thrown (object)'],
  ];
  for (const [thrown, first] of cases) {
    const told = renderBug(thrown);
    assert.equal(told.split('\n')[0], first);
    assert.ok(!told.includes(key));
  }
});

test('of a stack, frames stay and lines of a message that look like others do not', () => {
  const told = renderBug(new Error(`two lines\n${key}`));
  assert.match(told, /^Error: two lines …\n {4}at .*bug\.test\.ts:\d+:\d+\)?\n/);
  assert.ok(!told.includes(key));
});

test('a report of Node holds no environment, which may hold keys', () => {
  const guard = path.join(import.meta.dirname, '../src/processes/process-guard.ts');
  const print = 'console.log(JSON.stringify(process.report.getReport()))';
  const { stdout } = spawnSync(process.execPath, ['--import', guard, '-e', print], {
    encoding: 'utf8',
    env: { ...process.env, REMOTETASK_CANARY: key },
  });
  assert.match(stdout, /"javascriptStack"/);
  assert.ok(!stdout.includes(key));
});
