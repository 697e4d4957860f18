// `remotetask add` and `remotetask remove` as real processes, with a daemon that takes the config up, and a simulated DSM.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { renderUnicodeCompact } from 'uqr';
import { openConfigEdit } from '../../src/config/open-edit.ts';
import { parseSource } from '../../src/config/source.ts';
import { callCli } from '../support/call-cli.ts';
import { runInTerminal, startInTerminal } from '../support/cli.ts';
import { createFolder, findPort, keyOf, magicKey, startDaemon, until } from '../support/daemon.ts';
import { account, password, startFakeDsm } from '../support/fake-dsm/fake-dsm.ts';

const config = `{
  // mine
  "server": { "listen": "127.0.0.1", "port": 4711, "magickey": "${magicKey}" },
  "tasks": {
    "hello": { "identifier": "${keyOf('hello')}", "command": ["/bin/true"] } // last
  }
}
`;

function write(t: { after(fn: () => void): void }, text = config): string {
  const file = path.join(createFolder(t), 'config.json');
  fs.writeFileSync(file, text, { mode: 0o640 });
  return file;
}

/** The tasks of a config. */
function load(file: string): Record<string, Record<string, unknown>> {
  const source = parseSource(fs.readFileSync(file, 'utf8'));
  assert.ok('value' in source);
  return (source.value as { tasks: Record<string, Record<string, unknown>> }).tasks;
}

test('a command is added with comments, mode and formatting kept; outside of a terminal no key is shown; then it is removed', async (t) => {
  const file = write(t);
  const args = ['--config', file];
  const added = await callCli([
    'add',
    'lights',
    ...args,
    '--name',
    'Lights off',
    '--icon',
    '💡',
    '--confirm',
    '--',
    '/bin/echo',
    '--off',
    'a b',
  ]);
  assert.equal(added.status, 0, added.stderr);
  const key = String(load(file)['lights']?.['identifier']);
  assert.match(key, /^[\w-]{32}$/);
  assert.ok(!(added.stdout + added.stderr).includes(key));
  assert.match(
    added.stdout,
    /^Added lights \(Lights off\) to .*\n`remotetask url lights --config .*` in a terminal shows its address\nNo daemon of this config is running/,
  );
  assert.equal(
    fs.readFileSync(file, 'utf8'),
    config.replace(
      '} // last\n',
      `}, // last\n    "lights": {\n      "identifier": "${key}",\n      "name": "Lights off",\n      "icon": "💡",\n      "command": ["/bin/echo", "--off", "a b"],\n      "confirm": true\n    }\n`,
    ),
  );
  assert.equal(fs.statSync(file).mode & 0o777, 0o640);
  assert.deepEqual(fs.readdirSync(path.dirname(file)), ['config.json']);
  const unasked = await callCli(['remove', 'lights', ...args]);
  assert.deepEqual(
    [unasked.status, unasked.stderr],
    [2, 'Give --yes to remove a task without being asked [usage]\n'],
  );
  assert.equal((await callCli(['remove', 'lights', '--yes', ...args])).status, 0);
  assert.equal(fs.readFileSync(file, 'utf8'), config);
});

test('what cannot be added leaves the file as it is, and the message names the reason', async (t) => {
  const file = write(t);
  for (const [args, status, message] of [
    [['hello', '--', '/bin/true'], 2, /^The config has a task "hello" already/],
    [['foo'], 2, /^What is the task "foo" to run\?/],
    [[], 2, /^Name the task/],
    [
      ['foo', '--icon', 'x', '--', '/bin/true'],
      2,
      /^Cannot use .*config\.json: 1 problem \[config-invalid\]\n {2}config\.json:\d+:\d+ tasks\.foo\.icon: Give one emoji/,
    ],
    [['7', '--nas', 'attic'], 2, /^There is no NAS "attic"/],
    [['a', '--nas', 'attic', '--', '/bin/true'], 2, /^Leave --nas out/],
    [['a', '--triggered', 'x', '--', '/bin/true'], 2, /^Give one of --triggered/],
  ] as const) {
    const result = await callCli(['add', '--config', file, ...args]);
    assert.deepEqual([result.status, result.stdout], [status, '']);
    assert.match(result.stderr, message);
    assert.equal(fs.readFileSync(file, 'utf8'), config);
  }
  assert.deepEqual(fs.readdirSync(path.dirname(file)), ['config.json']);
  const broken = write(t, '{ "server": ');
  assert.match((await callCli(['add', 'a', '--config', broken, '--', '/bin/true'])).stderr, /^Cannot use /);
  const missing = await callCli(['add', 'a', '--config', file, '--', '/nowhere/program']);
  assert.equal(missing.status, 0);
  assert.match(missing.stderr, /^Warning: config\.json:\d+:\d+ tasks\.a\.command\.0: Put the program there/);
});

test('a config that others change meanwhile is not overwritten, and one behind a link is replaced where it is', (t) => {
  const file = write(t);
  const edit = openConfigEdit(file, {});
  fs.appendFileSync(file, '// theirs\n');
  assert.throws(() => edit.save((text) => `${text} `), { code: 'config-changed' });
  assert.equal(fs.readFileSync(file, 'utf8'), `${config}// theirs\n`);
  const link = path.join(createFolder(t), 'link.json');
  fs.symlinkSync(file, link);
  openConfigEdit(link, {}).save((text) => `${text}// ours\n`);
  assert.ok(fs.lstatSync(link).isSymbolicLink());
  assert.equal(fs.readFileSync(file, 'utf8'), `${config}// theirs\n// ours\n`);
});

test('a config that cannot be written stays as it is, and the error names the reason', (t) => {
  // No name beside it is free: the names of the lock and of the new file would be too long.
  const file = path.join(createFolder(t), `${'c'.repeat(250)}.json`);
  fs.writeFileSync(file, config, { mode: 0o600 });
  assert.throws(() => openConfigEdit(file, {}).save((text) => `${text}// ours\n`), {
    code: 'config-unwritable',
    exitStatus: 1,
    message: `Cannot write ${file} (ENAMETOOLONG); it is as it was`,
  });
  assert.equal(fs.readFileSync(file, 'utf8'), config);
  assert.equal(fs.readdirSync(path.dirname(file)).length, 1);
});

test('a task of DSM is added where DSM cannot be reached at all, with what to do about that', async (t) => {
  const tools = { synowebapi: '/no/such/tool', synoschedtask: '/no/such/tool' };
  const file = write(t, config.replace('"tasks"', `"dsm": ${JSON.stringify(tools)},\n  "tasks"`));
  const { status, stderr } = await callCli(['add', '7', '--config', file]);
  assert.deepEqual(
    [status, stderr],
    [
      0,
      'Note: Tasks of DSM cannot be run: DSM\'s tools are not on this machine, and the config has no "webapi". Add "webapi" to "dsm", or run the daemon as root on the NAS\n',
    ],
  );
  assert.deepEqual(Object.keys(load(file)), ['7', 'hello']);
});

test('with several NASes --nas chooses one, also while it cannot be asked; --base is in the address and in the QR code', async (t) => {
  const port = await findPort();
  const webapi = { url: `http://127.0.0.1:${port}`, account, password };
  const dsm = JSON.stringify({ attic: { via: 'webapi', webapi }, cellar: { via: 'webapi', webapi } });
  const file = write(t, config.replace('"tasks"', `"dsm": ${dsm},\n  "tasks"`));
  const args = ['--config', file];
  const unnamed = await callCli(['add', '7', ...args]);
  assert.deepEqual(
    [unnamed.status, unnamed.stderr],
    [2, 'Name the NAS [usage]\n  Its NASes are attic, cellar\n'],
  );
  const base = 'https://nas.example.org:8443/tasks';
  const odd = await callCli(['add', '7', '--nas', 'cellar', '--base', 'nas.example.org', ...args]);
  assert.deepEqual([odd.status, Object.keys(load(file))], [2, ['hello']]);
  const added = await runInTerminal(['add', '7', '--nas', 'cellar', '--base', base, '--yes', ...args]);
  assert.equal(added.status, 0, added.stdout);
  assert.match(added.stdout, /^Note: Cannot ask the NAS cellar about scheduled task 7\. /);
  const task = load(file)['7'];
  assert.deepEqual({ ...task, identifier: 'x' }, { identifier: 'x', nas: 'cellar' });
  const address = `${base}/${magicKey}/${String(task?.['identifier'])}`;
  const shown = added.stdout.replaceAll(/\u001b\[[\d;]*m/g, '');
  assert.ok(shown.includes(`${address}\n`), shown);
  assert.ok(shown.includes(renderUnicodeCompact(`${address}/home`, { border: 2 })), shown);
});

test('tasks of DSM get the name from there, a daemon takes them up at once, and DSM is believed if it has no such task', async (t) => {
  const dsm = await startFakeDsm(t, {
    scheduled: [{ id: 7, name: 'Back up photos' }],
    triggered: [{ name: 'Camera check off' }],
  });
  const webapi = { url: dsm.url, account, password };
  const daemon = await startDaemon(t, {
    tasks: {
      hello: { command: ['/bin/true'] },
      same: { scheduled: 7 },
      off: { triggered: 'Camera check off' },
    },
    more: { dsm: { via: 'webapi', webapi } },
  });
  const args = ['--config', path.join(daemon.folder, 'config.json')];
  const nameOf = async (id: string): Promise<string> =>
    (await (await fetch(`${daemon.url(id)}/home`)).text()).match(/<h1>(.*?)<\/h1>/)?.[1] ?? '';
  assert.equal(await nameOf('off'), 'Camera check off');
  await until(
    async () => ((await nameOf('same')) === 'Back up photos' ? true : undefined),
    "DSM's name of task 7",
  );
  const added = await runInTerminal(['add', '7', '--yes', '--for', 'Anna', ...args]);
  assert.equal(added.status, 0, added.stdout);
  assert.match(added.stdout, /^Added 7 \(Back up photos\) to /);
  assert.match(added.stdout, /The daemon has taken the change up: it is in force\.\n$/);
  const [address = ''] = /http:\S+(?= \(for Anna\))/.exec(added.stdout) ?? [];
  assert.ok(
    added.stdout
      .replaceAll(/\u001b\[[\d;]*m/g, '')
      .includes(renderUnicodeCompact(`${address}/home`, { border: 2 })),
  );
  assert.equal((await fetch(`${address}/home`)).status, 200);
  assert.equal((await callCli(['add', 'camera', '--triggered', 'Camera check off', ...args])).status, 0);
  assert.deepEqual(Object.keys(load(args[1] ?? '')['camera'] ?? {}), ['identifier', 'triggered']);
  const none = await callCli(['add', '99', ...args]);
  assert.match(none.stderr, /^DSM has no scheduled task 99; nothing was added \[usage\]/);
  const removed = await callCli(['remove', '7', '--yes', ...args]);
  assert.match(removed.stdout, /^Removed 7 \(Back up photos\) from .*\nThe daemon has taken the change up/);
  assert.equal((await fetch(`${address}/home`)).status, 404);
});

test('in a terminal, add asks for what is missing', async (t) => {
  const file = write(t);
  const child = startInTerminal(['add', '--config', file], {}, 'pipe');
  const closed = once(child, 'close');
  t.after(() => child.kill('SIGKILL'));
  let shown = '';
  child.stdout?.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  for (const [question, answer] of [
    ['Task (the number', 'echo'],
    ['Command, with its arguments', '/bin/echo "a b" c'],
    ['Name [echo]: ', 'Echo it'],
    ['Icon, an emoji', ''],
    ['Ask before it is started? [y/N] ', 'y'],
  ] as const) {
    await until(() => (shown.includes(question) ? true : undefined), question);
    child.stdin?.write(`${answer}\n`);
  }
  await closed;
  const { identifier: _, ...task } = load(file)['echo'] ?? {};
  assert.deepEqual(task, { name: 'Echo it', command: ['/bin/echo', 'a b', 'c'], confirm: true });
});
