// Secrets with signs in them that were hardly meant.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createJudge, server } from '../support/config.ts';
import { keyOf } from '../support/daemon.ts';

const cases: readonly [text: string, oddity: string | undefined][] = [
  ['Xq7canary-plain', undefined],
  ['Xq7 canary "in" the middle', undefined],
  ['"Xq7canary', undefined],
  ['"Xq7canary"', 'its text stands in quotes'],
  ["'Xq7canary'", 'its text stands in quotes'],
  ['“Xq7canary”', 'its text stands in quotes'],
  ['Xq7canary\r', 'it ends with a line break'],
  ['Xq7canary\r\n\r', 'it ends with a line break'],
  ['Xq7canary\nmore', 'it has several lines'],
  ['Xq7canary\t', 'it holds a control character'],
  [' Xq7canary', 'it begins or ends with a space'],
  ['Xq7canary\u00a0', 'it begins or ends with a space'],
  ['\ufeffXq7canary', 'it holds an invisible character'],
  ['PASSWORD=Xq7canary', 'it begins with a name and "=", as a line of an env file does'],
  ['export PASSWORD=Xq7canary', 'it begins with a name and "=", as a line of an env file does'],
  ['Xq7canary\\n', 'it ends with a backslash and a letter where a line break was meant'],
  ['${XQ7_CANARY}', 'it is the name of a variable, not its value'],
  ['Xq7&amp;canary', 'it holds a sign as a web page writes it, such as &amp;'],
  ['Xq7\u200bcanary', 'it holds an invisible character'],
];

for (const [text, oddity] of cases) {
  test(`a password ${JSON.stringify(text)} from the environment or a file is warned of: ${oddity ?? 'no'}`, (t) => {
    const { judge, folder } = createJudge(t);
    fs.writeFileSync(path.join(folder, 'password'), text, { mode: 0o600 });
    const judgeWith = (password: unknown): readonly string[] => {
      const dsm = { webapi: { url: 'https://nas', account: 'a', password } };
      const { code, warnings } = judge(
        { server, dsm, tasks: { '7': { identifier: keyOf('7') } } },
        { PASSWORD: text },
      );
      assert.equal(code, undefined);
      assert.doesNotMatch(warnings.join('\n'), /canary/);
      return warnings;
    };
    const expect = (source: string): string[] =>
      oddity === undefined
        ? []
        : [`dsm.webapi.password: Look at this ${source}: ${oddity}, and that counts as part of the secret`];
    const withoutPlace = (warnings: readonly string[]): string[] =>
      warnings.map((warning) => warning.replace(/^config\.json:\d+:\d+ /, ''));
    assert.deepEqual(withoutPlace(judgeWith({ env: 'PASSWORD' })), expect('environment variable'));
    // One line end belongs to the file, not to the secret.
    // A byte order mark does not belong to the text of a file.
    if (!text.endsWith('\r') && !text.startsWith('\ufeff'))
      assert.deepEqual(withoutPlace(judgeWith({ file: 'password' })), expect('file'));
    assert.deepEqual(judgeWith(text), []);
  });
}

test('keys from the environment in quotes are warned of, each at its place', (t) => {
  const { warnings } = createJudge(t).judge(
    {
      server: { ...server, magickey: [{ label: 'a', key: { env: 'MAGIC' } }] },
      tasks: { a: { identifier: { env: 'TASK' }, command: ['true'] } },
    },
    { MAGIC: '"Xq7canaryAAAmagic0123456789"', TASK: "'Xq7canaryBBBtask70123456789'" },
  );
  assert.deepEqual(
    warnings.map(
      (warning) => /(\S+): Look at this environment variable: its text stands in quotes/.exec(warning)?.[1],
    ),
    ['server.magickey.0.key', 'tasks.a.identifier'],
  );
});
