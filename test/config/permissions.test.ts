// Warnings of files that others could read or change.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createJudge, judgeFile, withTask } from '../support/config.ts';
import { createFolder } from '../support/daemon.ts';

const isRoot = process.getuid?.() === 0;

const modes: readonly [file: number, folder: number, warned: readonly ('file' | 'folder')[]][] = [
  [0o600, 0o700, []],
  [0o400, 0o755, []],
  [0o644, 0o700, ['file']],
  [0o660, 0o700, ['file']],
  [0o604, 0o700, ['file']],
  [0o600, 0o770, ['folder']],
  [0o666, 0o777, ['file', 'folder']],
  [0o600, 0o1777, []],
];

for (const [fileMode, folderMode, warned] of modes) {
  test(`a config of mode ${fileMode.toString(8)} in a folder of mode ${folderMode.toString(8)} is warned of: ${warned.join(' and ') || 'no'}`, (t) => {
    const { judge, file, folder } = createJudge(t);
    judge(withTask({}));
    fs.chmodSync(file, fileMode);
    fs.chmodSync(folder, folderMode);
    const warnings = {
      file: `Others on this machine can read or change the keys: run \`chmod 600 ${file}\``,
      folder: `Others on this machine can replace the config: run \`chmod go-w ${folder}\``,
    };
    assert.deepEqual(
      judgeFile(file).warnings,
      warned.map((which) => warnings[which]),
    );
  });
}

if (isRoot) {
  test('a config that belongs to another user is warned of', (t) => {
    const { judge, file } = createJudge(t);
    judge(withTask({}));
    fs.chownSync(file, 65_534, 65_534);
    assert.deepEqual(judgeFile(file).warnings, [`The config belongs to another user, who decides what is run: run \`chown 0 ${file}\``]);
  });

  test('as root, programs and scripts that others could change are warned of, with their place and remedy', (t) => {
    const { judge } = createJudge(t);
    const scripts = createFolder(t);
    const script = path.join(scripts, 'run.sh');
    fs.writeFileSync(script, '#!/bin/sh\n', { mode: 0o755 });
    const commands = [[script], ['/bin/sh', script]];
    const warningsFor = (): (readonly string[])[] => commands.map((command) => judge(withTask({ command })).warnings);
    assert.deepEqual(warningsFor(), [[], []]);
    for (const [spoil, what, at] of [
      [() => fs.chmodSync(script, 0o775), 'the file is writable for group or others', script],
      [() => fs.chmodSync(scripts, 0o777), 'its folder is writable for group or others', scripts],
      [() => fs.chownSync(script, 65_534, 0), 'the file belongs to another user', script],
    ] as const) {
      fs.chownSync(script, 0, 0);
      fs.chmodSync(script, 0o755);
      fs.chmodSync(scripts, 0o700);
      spoil();
      for (const warnings of warningsFor())
        assert.deepEqual(warnings, [
          `tasks.7: others than root could change what root runs: ${at} (${what}); run \`chown root ${at}\` and \`chmod go-w ${at}\``,
        ]);
    }
  });
}
