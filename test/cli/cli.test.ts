// The command line: what it says, where it says it, and the exit status.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import packageJson from '../../package.json' with { type: 'json' };
import { commands } from '../../src/cli/cli.ts';
import { runCli, runInTerminal } from '../support/cli.ts';
import { createFolder } from '../support/daemon.ts';

const listsCommands = '  `remotetask --help` lists the commands\n';
const listsOptions = '  `remotetask --help` lists the options\n';

test('--help shows every command and option on standard output', async () => {
  const [help, short, command] = await Promise.all(
    [['--help'], ['check', '-h'], ['help']].map((args) => runCli(args)),
  );
  assert.equal(help?.status, 0);
  assert.equal(help.stderr, '');
  for (const { usage, summary } of commands)
    assert.ok(help.stdout.includes(`  ${usage}`) && help.stdout.includes(summary), usage);
  for (const option of ['--base', '--config', '--help', '--json', '--live', '--version'])
    assert.ok(help.stdout.includes(option), option);
  assert.deepEqual([short?.stdout, command?.stdout], [help.stdout, help.stdout]);
});

test('--version shows the version of the package', async () => {
  for (const option of ['--version', '-V'])
    assert.deepEqual(await runCli([option]), {
      status: 0,
      signal: null,
      stdout: `${packageJson.version}\n`,
      stderr: '',
    });
});

const misuses: readonly [args: readonly string[], stderr: string][] = [
  [['nonsense'], `Unknown command "nonsense"\n${listsCommands}`],
  [['Serve'], `Unknown command "Serve"\n${listsCommands}`],
  [['--nonsense'], `Unknown option '--nonsense'\n${listsOptions}`],
  [['check', '-x'], `Unknown option '-x'\n${listsOptions}`],
  [['--magickey', 'x'], `Unknown option '--magickey'\n${listsOptions}`],
  [['check', '--config'], `Option '-c, --config <value>' argument missing\n${listsOptions}`],
  [['check', '--config', ''], 'Give --config the path of a file: it is empty\n'],
  [['--help=1'], `Option '-h, --help' does not take an argument\n${listsOptions}`],
  [['check', 'it'], 'Too many arguments for `remotetask check`\n  Usage: remotetask check [--live]\n'],
  [['serve', 'it'], 'Too many arguments for `remotetask serve`\n  Usage: remotetask serve\n'],
  [
    ['url', '7', '8'],
    'Too many arguments for `remotetask url`\n  Usage: remotetask url [TASK] [--base URL]\n',
  ],
  [
    ['tasks', 'a', 'b'],
    'Too many arguments for `remotetask tasks`\n  Usage: remotetask tasks [NAS] [--json]\n',
  ],
  [['check', '--base', 'http://x'], '--base belongs to `remotetask url`\n'],
  [['check', '--json'], '--json belongs to `remotetask tasks`\n'],
  [['serve', '--live'], '--live belongs to `remotetask check`\n'],
];

for (const [args, stderr] of misuses) {
  test(`remotetask ${args.join(' ')} ends with status 2 and one message on standard error`, async () => {
    assert.deepEqual(await runCli(args), { status: 2, signal: null, stdout: '', stderr });
  });
}

test('an error is red in a terminal, unless NO_COLOR says otherwise', async () => {
  const [plain, colored, quiet] = await Promise.all([
    runCli(['nonsense']),
    runInTerminal(['nonsense']),
    runInTerminal(['nonsense'], { env: { NO_COLOR: '1' } }),
  ]);
  const message = 'Unknown command "nonsense"';
  assert.deepEqual([plain.status, colored.status, quiet.status], [2, 2, 2]);
  assert.equal(colored.stdout, `\u001b[31m${message}\u001b[39m\n${listsCommands}`);
  assert.equal(quiet.stdout, plain.stderr);
});

test('an option named twice counts as it was last given', async (t) => {
  const folder = createFolder(t);
  const { stderr } = await runCli([
    'check',
    '-c',
    path.join(folder, 'a'),
    '--config',
    path.join(folder, 'b'),
  ]);
  assert.match(stderr, new RegExp(`^There is no ${path.join(folder, 'b')}\n`));
  assert.deepEqual(fs.readdirSync(folder), []);
});
