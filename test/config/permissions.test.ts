// Warnings of files that others could read or change.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createCertificate } from '../support/certificate.ts';
import { createJudge, judgeFile, server, withTask } from '../support/config.ts';
import { createFolder, keyOf, magicKey } from '../support/daemon.ts';
import { needsRoot } from '../support/needs.ts';

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

test('a config that belongs to another user is warned of', { skip: needsRoot }, (t) => {
  const { judge, file } = createJudge(t);
  judge(withTask({}));
  fs.chownSync(file, 65_534, 65_534);
  assert.deepEqual(judgeFile(file).warnings, [
    `The config belongs to another user, who decides what is run: run \`chown 0 ${file}\``,
  ]);
});

test(
  'as root, programs and scripts that others could change are warned of, with their place and remedy',
  { skip: needsRoot },
  (t) => {
    const { judge } = createJudge(t);
    const scripts = createFolder(t);
    const script = path.join(scripts, 'run.sh');
    fs.writeFileSync(script, '#!/bin/sh\n', { mode: 0o755 });
    const commands = [[script], ['/bin/sh', script]];
    const warningsFor = (): (readonly string[])[] =>
      commands.map((command) => judge(withTask({ command })).warnings);
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
  },
);

test(
  'as root, interpreters, tools of DSM and programs of the admin gate that others could change are warned of',
  { skip: needsRoot },
  (t) => {
    const { judge } = createJudge(t);
    const folder = createFolder(t);
    const interpreter = path.join(folder, 'interpreter');
    fs.copyFileSync('/bin/sh', interpreter);
    const script = path.join(folder, 'run.sh');
    fs.writeFileSync(script, `#!${interpreter} -e\n`, { mode: 0o755 });
    fs.chmodSync(interpreter, 0o777);
    const what = `${interpreter} (the file is writable for group or others); run \`chown root ${interpreter}\` and \`chmod go-w ${interpreter}\``;
    const { warnings } = judge({
      ...withTask({ command: [script] }),
      dsm: { synowebapi: script, synoschedtask: script },
      admin: { gate: 'dsm', authenticateCgi: script, loginCgi: script },
    });
    assert.deepEqual(
      warnings.filter((warning) => warning.includes('root runs')),
      ['tasks.7', 'dsm.synowebapi', 'dsm.synoschedtask', 'admin.authenticateCgi', 'admin.loginCgi'].map(
        (place) => `${place}: others than root could change what root runs: ${what}`,
      ),
    );
  },
);

test(
  'folders of other users and links of theirs on the way to a config are warned of',
  { skip: needsRoot },
  (t) => {
    const { judge, file, folder } = createJudge(t);
    judge(withTask({}));
    const link = path.join(createFolder(t), 'link');
    fs.symlinkSync(folder, link);
    fs.lchownSync(link, 65_534, 65_534);
    assert.deepEqual(judgeFile(path.join(link, 'config.json')).warnings, [
      `Another user can replace the config: run \`chown -h 0 ${link}\``,
    ]);
    fs.chownSync(folder, 65_534, 65_534);
    assert.deepEqual(judgeFile(file).warnings, [
      `Another user can replace the config: run \`chown 0 ${folder}\``,
    ]);
  },
);

test('folders far above a config, and the folder that a link to it leads to, are warned of when others can write there', (t) => {
  const { judge, file, folder } = createJudge(t);
  judge(withTask({}));
  const above = createFolder(t);
  fs.mkdirSync(path.join(above, 'a/b'), { recursive: true, mode: 0o755 });
  fs.chmodSync(above, 0o777);
  const deep = path.join(above, 'a/b/config.json');
  fs.copyFileSync(file, deep);
  fs.chmodSync(deep, 0o600);
  const replaceable = (where: string): string =>
    `Others on this machine can replace the config: run \`chmod go-w ${where}\``;
  assert.deepEqual(judgeFile(deep).warnings, [replaceable(above)]);
  const link = path.join(folder, 'link.json');
  fs.symlinkSync(deep, link);
  assert.deepEqual(judgeFile(link).warnings, [replaceable(above)]);
  fs.chmodSync(above, 0o1777);
  assert.deepEqual(judgeFile(link).warnings, []);
});

test('files that hold secrets or say who is trusted are warned of, each with its place; a folder of several is named once', (t) => {
  const { judge, folder } = createJudge(t);
  const secrets = path.join(folder, 'secrets');
  fs.mkdirSync(secrets);
  const { cert, key } = createCertificate('nas');
  const contents = { magic: magicKey, task: keyOf('7'), password: 'secret', ca: cert, cert, tlskey: key };
  const at = (name: string): string => path.join(secrets, name);
  for (const [name, content] of Object.entries(contents))
    fs.writeFileSync(at(name), content, { mode: 0o600 });
  const config = {
    server: {
      ...server,
      magickey: { file: 'secrets/magic' },
      tls: { cert: 'secrets/cert', key: 'secrets/tlskey' },
    },
    dsm: {
      webapi: { url: 'https://nas', account: 'a', password: { file: 'secrets/password' }, ca: 'secrets/ca' },
    },
    tasks: { '7': { identifier: { file: 'secrets/task' } } },
  };
  assert.deepEqual(judge(config).warnings, []);
  for (const name of Object.keys(contents)) fs.chmodSync(at(name), 0o644);
  const readable = (place: string, name: string): string =>
    `Others on this machine can read or change the secret of ${place}: run \`chmod 600 ${at(name)}\``;
  const read = [
    readable('server.magickey', 'magic'),
    readable('tasks.7.identifier', 'task'),
    readable('dsm.webapi.password', 'password'),
    readable('server.tls.key', 'tlskey'),
  ];
  assert.deepEqual(judge(config).warnings, read);
  for (const name of Object.keys(contents)) fs.chmodSync(at(name), 0o622);
  const changeable = (place: string, name: string): string =>
    `${place}: others on this machine can change this file: run \`chmod go-w ${at(name)}\``;
  assert.deepEqual(
    judge(config).warnings.toSorted(),
    [...read, changeable('dsm.webapi.ca', 'ca'), changeable('server.tls.cert', 'cert')].toSorted(),
  );
  for (const name of Object.keys(contents)) fs.chmodSync(at(name), 0o600);
  fs.chmodSync(secrets, 0o777);
  assert.deepEqual(judge(config).warnings, [
    `server.magickey: others on this machine can replace this file: run \`chmod go-w ${secrets}\``,
  ]);
});
