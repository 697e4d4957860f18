// Completion in the shells themselves: bash, zsh and fish.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { findCandidates } from '../../src/cli/completion.ts';
import { commands } from '../../src/cli/commands.ts';
import { cleanEnv, quote, runCli } from '../support/cli.ts';
import { createFolder, keyOf, magicKey } from '../support/daemon.ts';
import { findProgram } from '../support/program.ts';
import { needsProgram } from '../support/needs.ts';

/** A folder with the program as a command, and a config with two tasks. */
function prepare(t: { after(fn: () => void): void }): {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
} {
  const folder = createFolder(t);
  fs.writeFileSync(
    path.join(folder, 'remotetask'),
    `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(findProgram())} "$@"\n`,
    { mode: 0o755 },
  );
  const config = path.join(folder, 'config.json');
  const task = { command: ['true'] };
  const tasks = {
    lights: { ...task, name: 'All lights', identifier: keyOf('l') },
    'a:b': { ...task, identifier: keyOf('a') },
    'my $HOME': { ...task, identifier: [{ label: "Anna's phone", key: keyOf('m') }] },
    'c\\d': { ...task, identifier: keyOf('c') },
  };
  fs.writeFileSync(
    config,
    JSON.stringify({ server: { listen: '127.0.0.1', port: 4711, magickey: magicKey }, tasks }),
    { mode: 0o600 },
  );
  return {
    folder,
    env: cleanEnv({ PATH: `${folder}:${process.env['PATH']}`, REMOTETASK_CONFIG: config, HOME: folder }),
  };
}

test('the words that fit come from the table of commands and from the config', async (t) => {
  const { env } = prepare(t);
  const find = async (...typed: string[]): Promise<string[]> =>
    (await findCandidates(typed, { commands, env })).map(({ word }) => word);
  assert.deepEqual(await find('sta'), ['status']);
  assert.deepEqual(await find('admin', ''), ['password']);
  assert.deepEqual(await find('run', ''), ['lights', 'a:b', 'my $HOME', 'c\\d']);
  assert.deepEqual(await find('log', '--task', 'li'), ['lights']);
  assert.deepEqual(await find('check', '--'), ['--live', '--json', '--config', '--help']);
  assert.deepEqual(await find('check', '-c', ''), [':files']);
  assert.deepEqual(await find('check', ''), []);
  assert.deepEqual(await find('run', '-c', '/no/config.json', ''), []);
  assert.deepEqual(await find('keys', 'revoke', 'An'), ["Anna's phone"]);
  assert.deepEqual(await find('url', '--for', ''), ["Anna's phone"]);
  assert.deepEqual(await find('link', '--for', ''), [], 'a duration');
  assert.deepEqual(await find('links', 'end', ''), [], 'without a daemon');
  assert.deepEqual(await find('completion', ''), ['bash', 'zsh', 'fish']);
});

test('bash completes', { skip: needsProgram('bash') }, (t) => {
  const { env } = prepare(t);
  const script = `eval "$(remotetask completion bash)"
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _remotetask; echo "\${COMPREPLY[*]}"; }
complete -p remotetask; try remotetask sta; try remotetask run li
try remotetask run my; try remotetask run 'my\\ \\$H'; try remotetask run "'my "; try remotetask keys revoke Anna`;
  const { stdout } = spawnSync('bash', ['--norc', '-c', script], { env, encoding: 'utf8' });
  assert.equal(
    stdout,
    "complete -F _remotetask remotetask\nstatus\nlights\nmy\\ \\$HOME\nmy\\ \\$HOME\nmy $HOME\nAnna\\'s\\ phone\n",
  );
});

test('fish completes, with what a word means', { skip: needsProgram('fish') }, (t) => {
  const { folder, env } = prepare(t);
  const script = `remotetask completion fish | source
complete -C 'remotetask sta'; complete -C 'remotetask run l'; complete -C 'remotetask check -c ${folder}/conf'
complete -C 'remotetask run my\\ '; complete -C 'remotetask run "my '
complete -C 'remotetask check --li'`;
  const { stdout } = spawnSync('fish', ['--no-config', '-c', script], { env, encoding: 'utf8' });
  const [status, task, file, ...odd] = stdout.split('\n');
  assert.match(status ?? '', /^status\tShows the daemon/);
  assert.deepEqual([task, file], ['lights\tAll lights', `${folder}/config.json`]);
  assert.deepEqual(odd.slice(0, 2), ['my $HOME\tTask', 'my $HOME\tTask']);
  assert.match(odd[2] ?? '', /^--live\t/);
});

test('zsh completes in a terminal', { skip: needsProgram('zsh') }, (t) => {
  const { env } = prepare(t);
  const script = `zmodload zsh/zpty
zpty t 'zsh -fi'
zpty -w t "PS1='> '; autoload -U compinit; compinit -u -D; eval \\"\\$(remotetask completion zsh)\\"; echo rea''dy"
until_shown() { local line; shown=; while zpty -r t line; do shown+=$line; [[ $shown == *$1* ]] && return; done; }
until_shown ready
zpty -w -n t $'remotetask boot-sc\\t--hel\\t\\n'
until_shown 'Exit status'
print -r -- $shown
zpty -w -n t $'remotetask url c\\t --for nothing\\n'
until_shown 'usage]'
print -r -- $shown
zpty -d t`;
  const { stdout } = spawnSync('zsh', ['-f', '-c', script], { env, encoding: 'utf8', timeout: 120_000 });
  assert.match(stdout, /Usage: remotetask boot-script/);
  assert.match(stdout, /No key has the label "nothing"/, 'the task c\\d was found');
});

test('an unknown shell is refused', async () => {
  const { status, stderr } = await runCli(['completion', 'csh']);
  assert.equal(status, 2);
  assert.match(
    stderr,
    /^There is no completion for "csh" \[usage\]\n {2}`remotetask completion` knows bash, zsh, fish\n/,
  );
});
