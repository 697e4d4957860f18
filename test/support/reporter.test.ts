// What `npm test` prints: skipped tests are summed up above the counts, by what they need.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createFolder } from './daemon.ts';

const reporter = path.join(import.meta.dirname, 'reporter.ts');

/** The last lines of a run of a test file, from the sum of what was skipped on. */
function endOf(file: string): string[] {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const printed = execFileSync(process.execPath, ['--test', `--test-reporter=${reporter}`, file], {
    encoding: 'utf8',
    env,
  });
  return printed
    .split('\n')
    .filter((line) => line.startsWith('ℹ '))
    .map((line) => line.slice(2));
}

test('tests that are skipped are summed up by what they need, above the counts of Node', (t) => {
  const file = path.join(createFolder(t), 'some.test.mjs');
  const needs = [
    'needs Chromium (apt-get install chromium)',
    'needs root',
    'needs Chromium (apt-get install chromium)',
  ];
  const tests = needs.map((skip, i) => `test('${i}', { skip: '${skip}' }, () => {});`);
  fs.writeFileSync(
    file,
    [
      "import { suite, test } from 'node:test';",
      "test('runs', () => {});",
      ...tests,
      "suite('all', { skip: 'needs a NAS' }, () => { test('one', () => {}); });",
    ].join('\n'),
  );
  const counts = endOf(file);
  assert.deepEqual(counts.slice(0, 4), [
    '2 tests were skipped: needs Chromium (apt-get install chromium)',
    '1 test was skipped: needs root',
    '1 test was skipped: needs a NAS',
    'tests 4',
  ]);
  assert.deepEqual(
    counts.slice(4, -1).filter((line) => /^(?:pass|fail|skipped) /.test(line)),
    ['pass 1', 'fail 0', 'skipped 3'],
  );
  fs.writeFileSync(file, "import { test } from 'node:test';\ntest('runs', () => {});");
  assert.equal(endOf(file)[0], 'tests 1');
});
