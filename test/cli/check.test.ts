// `remotetask check`, and that no command hangs on what is no config.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { server, withServer, withTask } from '../support/config.ts';
import { callCli } from '../support/call-cli.ts';
import { runCli } from '../support/cli.ts';
import { createFolder, keyOf, magicKey } from '../support/daemon.ts';

function write(folder: string, config: unknown, mode = 0o600): string {
  const file = path.join(folder, 'config.json');
  fs.writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config, null, 2));
  fs.chmodSync(file, mode);
  return file;
}

test('check of a good config says so and ends with 0', async (t) => {
  const file = write(createFolder(t), withTask({ command: ['true'] }));
  assert.deepEqual(await callCli(['check', '--config', file]), {
    status: 0,
    signal: null,
    stdout: `${file} is fine: 1 task\n`,
    stderr: '',
  });
});

test('check finds its config by REMOTETASK_CONFIG, too', async (t) => {
  const file = write(createFolder(t), withTask({ command: ['true'] }));
  const { stdout } = await runCli(['check'], { env: { REMOTETASK_CONFIG: file } });
  assert.equal(stdout, `${file} is fine: 1 task\n`);
});

test('check of a config that could be better warns on standard error and ends with 0', async (t) => {
  const file = write(
    createFolder(t),
    {
      server: { ...server, magickey: 'just-13-signs' },
      tasks: { a: { identifier: keyOf('a'), command: ['true'] } },
    },
    0o644,
  );
  assert.deepEqual(await callCli(['check', '--config', file]), {
    status: 0,
    signal: null,
    stdout: `${file} is fine: 1 task, warnings: 2\n`,
    stderr:
      'Warning: config.json:4:17 server.magickey: Use a longer key: this one has 13 characters, and one of 22 or more cannot be guessed\n' +
      `Warning: Others on this machine can read or change the keys: run \`chmod 600 ${file}\`\n`,
  });
});

test('check and serve of a bad config tell all problems and end with 2, and no key is shown', async (t) => {
  const file = write(createFolder(t), withServer({ port: 0, prot: 1, magickey: [magicKey] }));
  const results = await Promise.all(['check', 'serve'].map((command) => runCli([command, '--config', file])));
  for (const { status, stdout, stderr } of results) {
    assert.deepEqual([status, stdout], [2, '']);
    assert.deepEqual(stderr.split('\n'), [
      `Cannot use ${file}: 3 problems [config-invalid]`,
      '  config.json:5:7 server.magickey.0: Give an object in braces here',
      '  config.json:7:13 server.port: Give a number of at least 1',
      '  config.json:8:5 server.prot: Unknown name; did you mean "port"?',
      '',
    ]);
  }
});

test('check of what is missing or no file at all ends with 2 and does not hang', async (t) => {
  const folder = createFolder(t);
  execFileSync('mkfifo', [path.join(folder, 'fifo')]);
  fs.writeFileSync(path.join(folder, 'huge'), '');
  fs.truncateSync(path.join(folder, 'huge'), 50_000_000);
  fs.writeFileSync(path.join(folder, 'deep'), `//\r${'['.repeat(200_000)}`);
  const missing = await callCli(['check', '--config', path.join(folder, 'none.json')]);
  assert.equal(
    missing.stderr,
    `There is no ${folder}/none.json [config-missing]\n  \`remotetask serve\` makes one, or start from config.example.json\n`,
  );
  assert.equal(missing.status, 2);
  for (const name of ['fifo', 'huge', 'deep', '.']) {
    const { status, stderr } = await callCli(['check', '--config', path.join(folder, name)]);
    assert.equal(status, 2, name);
    assert.match(stderr, /^Cannot use .*: 1 problem \[config-invalid\]\n {2}[^\n]+\n$/, name);
  }
});
