// `remotetask key` and `remotetask url`: keys for people's eyes only.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { renderUnicodeCompact } from 'uqr';
import { toKeyDigest } from '../../src/keys.ts';
import { callCli } from '../support/call-cli.ts';
import { runInTerminal } from '../support/cli.ts';
import { createFolder, keyOf, magicKey } from '../support/daemon.ts';

const refusal =
  'Run this in a terminal: keys are shown there only, not written into files or pipes [usage]\n';

/** Writes a config with these tasks and returns the arguments that name it. */
function writeConfig(
  t: { after(fn: () => void): void },
  tasks: object,
  server: object = {},
): readonly [string, string] {
  const file = path.join(createFolder(t), 'config.json');
  const whole = { server: { listen: '127.0.0.1', port: 4711, magickey: magicKey, ...server }, tasks };
  fs.writeFileSync(file, JSON.stringify(whole), { mode: 0o600 });
  return ['--config', file];
}

/** Text without the colours of a terminal. */
function withoutColors(text: string): string {
  return text.replaceAll(/\u001b\[[\d;]*m/g, '');
}

const lights = { identifier: keyOf('lights'), name: 'Lights', command: ['true'] };
const photos = { identifier: keyOf('7'), name: 'Photos' };

test('url refuses a pipe, unless --json asks for it; key, whose keys open nothing yet, does not', async (t) => {
  const config = writeConfig(t, { lights });
  for (const args of [
    ['url', ...config],
    ['url', 'lights', ...config],
    ['url', '--base', 'https://nas', ...config],
  ])
    assert.deepEqual(
      await callCli(args),
      { status: 2, signal: null, stdout: '', stderr: refusal },
      args.join(' '),
    );
  const made = await callCli(['key']);
  assert.match(made.stdout, /^[\w-]{32}\nsha256:[0-9a-f]{64}\n$/);
  const asJson = await callCli(['url', '--json', ...config]);
  const address = `http://127.0.0.1:4711/${magicKey}/${keyOf('lights')}`;
  assert.deepEqual(JSON.parse(asJson.stdout), {
    base: 'http://127.0.0.1:4711',
    overview: null,
    tasks: [
      {
        task: 'lights',
        name: 'Lights',
        label: null,
        address,
        home: `${address}/home`,
        addresses: [{ label: null, address, home: `${address}/home` }],
      },
    ],
  });
});

test('key makes a fresh key of 32 characters each time, and shows its digest as a config takes it', async () => {
  const made = await Promise.all([runInTerminal(['key']), runInTerminal(['key'])]);
  const keys = made.map(({ status, stdout }) => {
    const [key = '', digest] = stdout.split('\n');
    assert.match(key, /^[\w-]{32}$/);
    assert.deepEqual([status, digest], [0, `sha256:${toKeyDigest(key)}`]);
    return key;
  });
  assert.notEqual(keys[0], keys[1]);
});

test('url of a config with several tasks shows an address each, and no QR code', async (t) => {
  const { status, stdout } = await runInTerminal(['url', ...writeConfig(t, { lights, '7': photos })]);
  const base = `http://127.0.0.1:4711/${magicKey}`;
  const shown = (title: string, address: string): string =>
    `${title}\n  ${address}\n  ${address}/home (puts it on the home screen)\n`;
  assert.equal(
    stdout,
    shown('7 (Photos)', `${base}/${keyOf('7')}`) + shown('lights (Lights)', `${base}/${keyOf('lights')}`),
  );
  assert.equal(status, 0);
});

test('url of one task shows its address and the QR code of its /home, in colours of its own', async (t) => {
  const address = `http://127.0.0.1:4711/${magicKey}/${keyOf('lights')}`;
  const expected = `lights (Lights)\n  ${address}\n  ${address}/home (puts it on the home screen)\n${renderUnicodeCompact(`${address}/home`, { border: 2 })}\nScan it with a phone: the page that opens starts nothing, and puts the task on the home screen.\n`;
  const both = ['url', 'lights', ...writeConfig(t, { lights, '7': photos })];
  const { stdout } = await runInTerminal(both);
  assert.equal(withoutColors(stdout), expected);
  for (const line of stdout.split('\n').filter((one) => one.includes('▄')))
    assert.match(line, /^\u001b\[97;40m[ ▀▄█]+\u001b\[0m$/);
  const many = await runInTerminal(both, { env: { TERM: 'xterm-256color' } });
  assert.match(many.stdout, /\u001b\[38;5;231;48;5;16m██ /);
  const one = await runInTerminal(['url', ...writeConfig(t, { lights })]);
  assert.equal(withoutColors(one.stdout), expected);
  const plain = await runInTerminal(both, { env: { NO_COLOR: '1' } });
  assert.ok(!plain.stdout.includes('\u001b'));
  assert.match(plain.stdout, /██\n▀+\n\(Made for a dark terminal\. /);
});

test('url shows the label beside each address, and --for chooses one, also as JSON', async (t) => {
  const magic = [
    { label: "Anna's phone", key: magicKey },
    { label: 'Ben', key: 'nagic-Zq3vT8mN1xK6cR0yW5bD' },
  ];
  const config = writeConfig(t, { lights, '7': photos }, { magickey: magic });
  const anna = `http://127.0.0.1:4711/${magicKey}/${keyOf('lights')}`;
  const ben = anna.replace(magicKey, magic[1]?.key ?? '');
  const all = (await runInTerminal(['url', 'lights', ...config])).stdout;
  for (const [address, label] of [
    [anna, "Anna's phone"],
    [ben, 'Ben'],
  ])
    assert.ok(all.includes(`  ${address} (for ${label})\n  ${address}/home (`), all);
  assert.match(all, /--for LABEL` shows the QR code of one of them\n$/);
  const one = (await runInTerminal(['url', 'lights', '--for', 'Ben', ...config])).stdout;
  assert.ok(withoutColors(one).includes(renderUnicodeCompact(`${ben}/home`, { border: 2 })));
  assert.ok(!one.includes(anna));
  const json = JSON.parse((await callCli(['url', 'lights', '--for', 'Ben', '--json', ...config])).stdout);
  assert.deepEqual(json.tasks[0].addresses, [{ label: 'Ben', address: ben, home: `${ben}/home` }]);
  assert.equal(json.tasks[0].address, ben);
  const unknown = await callCli(['url', '--for', 'Cara', '--json', ...config]);
  assert.deepEqual(
    [unknown.status, unknown.stderr],
    [2, `No key has the label "Cara" [usage]\n  The labels are Anna's phone, Ben\n`],
  );
});

test('url shows the address of the overview, where there is one', async (t) => {
  const address = `https://nas.example.org/${magicKey}/`;
  const config = writeConfig(t, { lights, '7': photos }, { overview: true });
  const shown = await runInTerminal(['url', ...config, '--base', 'https://nas.example.org/']);
  assert.ok(shown.stdout.endsWith(`\nOverview\n  ${address}\n`), shown.stdout);
  assert.equal((await runInTerminal(['url', 'lights', ...config])).stdout.includes('Overview'), false);
});

test('url escapes what a URL cannot hold as it is', async (t) => {
  const odd = 'Öl/Gas & 100% ?#\\"<key>';
  const { stdout } = await runInTerminal([
    'url',
    ...writeConfig(t, { a: { ...lights, identifier: odd } }),
    '--base',
    'https://nas.example.org/',
  ]);
  const address = `https://nas.example.org/${magicKey}/%C3%96l%2FGas%20%26%20100%25%20%3F%23%5C%22%3Ckey%3E`;
  assert.ok(stdout.startsWith(`a (Lights)\n  ${address}\n`), stdout);
  assert.deepEqual(new URL(address).pathname.split('/').map(decodeURIComponent), ['', magicKey, odd]);
});

test('url shows the address as seen from outside, IPv6 in brackets, and https where the daemon speaks it', async (t) => {
  const shown = async (server: object, ...args: string[]): Promise<string | undefined> =>
    (await runInTerminal(['url', ...writeConfig(t, { lights }, server), ...args])).stdout
      .split('\n')[1]
      ?.trim()
      .split(`/${magicKey}`)[0];
  assert.equal(
    await shown({}, '--base', 'https://nas.example.org:8443/door'),
    'https://nas.example.org:8443/door',
  );
  assert.equal(await shown({ listen: '::1' }), 'http://[::1]:4711');
});

test('url of tasks whose keys are known as digests only says so, and shows what it can', async (t) => {
  const hidden = { ...lights, identifier: `sha256:${toKeyDigest(keyOf('x'))}` };
  const several = [
    { label: 'Old', key: keyOf('old'), expires: '2020-01-01' },
    { label: 'Anna', key: `sha256:${toKeyDigest(keyOf('y'))}` },
    { label: 'Ben', key: keyOf('ben') },
  ];
  const { stdout } = await runInTerminal([
    'url',
    ...writeConfig(t, { hidden, mixed: { ...lights, identifier: several } }),
  ]);
  assert.equal(
    stdout,
    `hidden (Lights)\n  (no key of it that is valid stands in clear in the config)\nmixed (Lights)\n  http://127.0.0.1:4711/${magicKey}/${keyOf('ben')} (for Ben)\n  http://127.0.0.1:4711/${magicKey}/${keyOf('ben')}/home (puts it on the home screen)\n`,
  );
  const one = await runInTerminal(['url', 'hidden', ...writeConfig(t, { hidden })]);
  assert.equal(
    one.stdout.trimEnd(),
    'hidden (Lights)\n  (no key of it that is valid stands in clear in the config)',
  );
});

test('url of an unknown task or with an odd base is refused', async (t) => {
  const config = writeConfig(t, { lights, '7': photos });
  for (const [args, message] of [
    [['lamps'], 'There is no task "lamps" in the config [usage]\n  Its tasks are 7, lights\n'],
    [
      ['--base', 'nas.example.org'],
      'Give --base as an address such as https://nas.example.org:10765 [usage]\n',
    ],
    [['--base', 'ftp://nas'], 'Give --base as an address such as https://nas.example.org:10765 [usage]\n'],
    [['--base', 'https://'], 'Give --base as an address such as https://nas.example.org:10765 [usage]\n'],
    [
      ['--base', 'https://nas/?a=b'],
      'Give --base as an address such as https://nas.example.org:10765 [usage]\n',
    ],
  ] as const) {
    const { status, stdout } = await runInTerminal(['url', ...args, ...config], { env: { NO_COLOR: '1' } });
    assert.deepEqual([status, stdout], [2, message]);
  }
});

test('no process ever has a key among its arguments, and no option takes one', async (t) => {
  const { stdout } = await callCli(['--help']);
  assert.doesNotMatch(stdout, /--(magic|task)?-?key/);
  const { stderr } = await callCli(['check', ...writeConfig(t, { lights }), '--identifier', 'x']);
  assert.match(stderr, /^Unknown option "--identifier"/);
});
