// `remotetask keys` and its changes as real processes, with a daemon that takes them up at once.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { runCli, runInTerminal } from '../support/cli.ts';
import { keyOf, magicKey, startDaemon } from '../support/daemon.ts';

test('keys are added, listed with their uses, rotated with and without a grace, and revoked, while the daemon runs', async (t) => {
  const daemon = await startDaemon(t, {
    tasks: { hello: { command: ['/bin/true'], cooldown: '0s' }, other: { command: ['/bin/true'] } },
  });
  const file = path.join(daemon.folder, 'config.json');
  const args = ['--config', file];
  const statusOf = async (magic: string, task = keyOf('hello')): Promise<number> =>
    (await fetch(`${daemon.base}/${magic}/${task}?wait=60`, { method: 'POST' })).status;
  const magicKeyOf = (label: string): string => {
    const { server } = JSON.parse(fs.readFileSync(file, 'utf8')) as {
      server: { magickey: { label: string; key: string }[] };
    };
    return server.magickey.find((one) => one.label === label)?.key ?? '';
  };

  const made = await runInTerminal(['keys', 'new', '--label', "Anna's phone", ...args]);
  assert.equal(made.status, 0, made.stdout);
  const first = magicKeyOf("Anna's phone");
  assert.match(first, /^[\w-]{32}$/);
  assert.match(made.stdout, /^Added the magic key "Anna's phone" to /);
  for (const id of ['hello', 'other']) assert.ok(made.stdout.includes(`/${first}/${keyOf(id)}\u0020`));
  assert.match(made.stdout, /The daemon has taken the change up: it is in force\.\n$/);
  assert.deepEqual([await statusOf(first), await statusOf(magicKey)], [200, 200]);

  const rotated = await runCli(['keys', 'rotate', "Anna's phone", '--grace', '7d', ...args]);
  assert.equal(rotated.status, 0, rotated.stderr);
  const second = magicKeyOf("Anna's phone");
  assert.ok(![first, second].some((key) => (rotated.stdout + rotated.stderr).includes(key)));
  assert.equal(magicKeyOf("Anna's phone (old)"), first);
  assert.deepEqual([await statusOf(first), await statusOf(second)], [200, 200]);

  const listed = JSON.parse((await runCli(['keys', '--json', ...args])).stdout) as {
    keys: {
      label: string;
      task: string | null;
      lastUsed: string | null;
      from: string | null;
      expires: string;
    }[];
  };
  assert.deepEqual(
    listed.keys.map(({ label, task, lastUsed, from }) => [label, task, lastUsed !== null, from]),
    [
      ['first', null, true, '127.0.0.1'],
      ["Anna's phone (old)", null, true, '127.0.0.1'],
      ["Anna's phone", null, true, '127.0.0.1'],
      [null, 'hello', true, '127.0.0.1'],
      [null, 'other', false, null],
    ],
  );
  assert.match(listed.keys[1]?.expires ?? '', /^\d{4}-\d\d-\d\dT/);
  const table = (await runCli(['keys', ...args])).stdout;
  assert.match(table, /^Label +For +Age +Last used +From +Ends\nfirst +magic key +\? /);

  assert.equal((await runCli(['keys', 'rotate', "Anna's phone", ...args])).status, 0);
  const third = magicKeyOf("Anna's phone");
  assert.equal((await runCli(['keys', 'revoke', "Anna's phone (old)", '--yes', ...args])).status, 0);
  assert.deepEqual([await statusOf(first), await statusOf(second), await statusOf(third)], [404, 404, 200]);

  const stateOf = async (label: string): Promise<string | undefined> =>
    (
      JSON.parse((await runCli(['keys', '--json', ...args])).stdout) as {
        keys: { label: string; state: string }[];
      }
    ).keys.find((one) => one.label === label)?.state;
  assert.equal((await runCli(['keys', 'block', "Anna's phone", ...args])).status, 0);
  assert.deepEqual([await statusOf(third), await stateOf("Anna's phone")], [404, 'blocked']);
  const unblocked = await runCli(['keys', 'unblock', "Anna's phone", ...args]);
  assert.equal(unblocked.stdout, 'The keys with the label "Anna\'s phone" are no longer blocked.\n');
  assert.equal(await statusOf(third), 200);

  const before = fs.readFileSync(file, 'utf8');
  for (const [refused, message] of [
    [['keys', 'new', '--label', 'first'], /^There is a key with the label "first" already/],
    [['keys', 'new', '--hash'], /^Run this in a terminal/],
    [
      ['keys', 'rotate', 'Zoe'],
      /^No key has the label "Zoe" \[usage\]\n {2}The labels are first, Anna's phone\n/,
    ],
    [['keys', 'block', 'Zoe'], /^No key has the label "Zoe"/],
    [['keys', 'revoke', 'first'], /^Give --yes to remove keys/],
  ] as const) {
    const result = await runCli([...refused, ...args]);
    assert.deepEqual([result.status, result.stdout], [2, '']);
    assert.match(result.stderr, message);
  }
  assert.equal(fs.readFileSync(file, 'utf8'), before);
  const keys = [magicKey, first, second, third, keyOf('hello')];
  assert.ok(!keys.some((key) => JSON.stringify(daemon.log()).includes(key)));
});
