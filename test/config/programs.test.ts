// Warnings of programs that could not be started as things stand.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createJudge, withTask } from '../support/config.ts';

test('a program or folder that cannot be used is warned of and does not keep the daemon from starting', (t) => {
  const { judge, folder } = createJudge(t);
  const plain = path.join(folder, 'plain.sh');
  fs.writeFileSync(plain, '', { mode: 0o600 });
  const cases: readonly [command: readonly string[], cwd: string, ...warnings: string[]][] = [
    [['true'], '/'],
    [['/bin/sh', '/nowhere'], '/'],
    [
      ['no-such-program'],
      '/',
      '10:9 tasks.7.command.0: Put the program there: it does not exist, and until then the task fails',
    ],
    [
      ['/no/where'],
      '/',
      '10:9 tasks.7.command.0: Put the program there: it does not exist, and until then the task fails',
    ],
    [[folder], '/', '10:9 tasks.7.command.0: Name a program: this is a folder, and the task fails'],
    [
      [plain],
      '/',
      '10:9 tasks.7.command.0: Make the program executable (`chmod +x`): it is not, and until then the task fails',
    ],
    [
      ['true'],
      '/no/where',
      '12:14 tasks.7.cwd: Make this folder: it does not exist, and until then the task fails',
    ],
    [
      ['true'],
      plain,
      '12:14 tasks.7.cwd: Make this folder: it does not exist, and until then the task fails',
    ],
  ];
  for (const [command, cwd, ...warnings] of cases) {
    const verdict = judge(withTask({ command, cwd }));
    assert.equal(verdict.code, undefined);
    assert.deepEqual(
      verdict.warnings.filter((warning) => warning.startsWith('config.json')),
      warnings.map((warning) => `config.json:${warning}`),
    );
  }
});
