// The command line: what it says, where it says it, and the exit status.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import packageJson from '../../package.json' with { type: 'json' };
import { renderUsage } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { renderCommandHelp } from '../../src/cli/help.ts';
import { commonOptions, options } from '../../src/cli/options.ts';
import { callCli } from '../support/call-cli.ts';
import { runCli, runInTerminal } from '../support/cli.ts';
import { createFolder } from '../support/daemon.ts';

const listsCommands = '  `remotetask --help` lists the commands\n';
const listsOptions = '  `remotetask --help` lists the options\n';
const listsOptionsOf = (command: string): string => `  \`remotetask ${command} --help\` lists the options\n`;

test('--help shows every command on standard output, and so do help and help without a command', async () => {
  const [help, short, command] = await Promise.all(
    [['--help'], ['-h'], ['help']].map((args) => callCli(args)),
  );
  assert.equal(help?.status, 0);
  assert.equal(help.stderr, '');
  const shown = help.stdout.replaceAll(/\s+/g, ' ');
  for (const { name, summary } of commands)
    assert.ok(shown.includes(` ${name} `) && shown.includes(summary), name);
  for (const option of ['--config FILE', '--help', '--version']) assert.ok(shown.includes(option), option);
  assert.deepEqual([short?.stdout, command?.stdout], [help.stdout, help.stdout]);
});

test('COMMAND --help, in any order, and help COMMAND show the same', async () => {
  const [after, before, named] = await Promise.all(
    [
      ['admin', 'password', '--help'],
      ['-h', 'admin', 'password'],
      ['help', 'admin', 'password'],
    ].map((args) => callCli(args)),
  );
  assert.ok(
    after?.stdout.startsWith('Usage: remotetask admin password\n\nAsks for a password'),
    after?.stdout,
  );
  assert.deepEqual([after?.status, after?.stderr, before, named], [0, '', after, after]);
});

test('the help of a command has its usage, its options and its exit statuses', () => {
  for (const command of commands) {
    const shown = renderCommandHelp(command, { called: 'remotetask', width: 200, commands });
    assert.ok(shown.startsWith(`Usage: remotetask ${renderUsage(command)}\n`), shown);
    for (const option of [...(command.options ?? []), 'config', 'help'])
      assert.ok(shown.includes(` --${option}`), option);
    assert.match(shown, /\nExit status:\n {2}0 /);
  }
});

test('every option belongs to a command', () => {
  const owned = new Set<string>([
    ...commands.flatMap(({ options: own = [] }) => own),
    ...commonOptions,
    'version',
  ]);
  assert.deepEqual(
    Object.keys(options).filter((name) => !owned.has(name)),
    [],
  );
});

test('help is as wide as the terminal, and 80 columns in a pipe', async () => {
  const longest = async (env: NodeJS.ProcessEnv): Promise<number> =>
    Math.max(...(await runCli(['--help'], { env })).stdout.split('\n').map((line) => line.length));
  const [piped, narrow, wide] = await Promise.all([
    longest({}),
    longest({ COLUMNS: '50' }),
    longest({ COLUMNS: '200' }),
  ]);
  assert.ok(piped > 70 && piped <= 80, String(piped));
  assert.ok(narrow <= 50, String(narrow));
  assert.ok(wide > 80 && wide <= 200, String(wide));
  assert.equal(await longest({ COLUMNS: 'many' }), piped);
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

const takeBase = commands
  .filter(({ options: own = [] }) => own.includes('base'))
  .map(({ name }) => `\`remotetask ${name}\``)
  .join(', ');
const misuses: readonly [args: readonly string[], stderr: string][] = [
  [['nonsense'], `Unknown command "nonsense" [usage]\n${listsCommands}`],
  [['Serve'], `Unknown command "Serve" [usage]\n  Did you mean \`remotetask serve\`?\n${listsCommands}`],
  [['stat'], `Unknown command "stat" [usage]\n  Did you mean \`remotetask status\`?\n${listsCommands}`],
  [['chek'], `Unknown command "chek" [usage]\n  Did you mean \`remotetask check\`?\n${listsCommands}`],
  [
    ['admin'],
    `Unknown command "admin" [usage]\n  Did you mean \`remotetask admin password\`?\n${listsCommands}`,
  ],
  [['help', 'nonsense'], `Unknown command "nonsense" [usage]\n${listsCommands}`],
  [['--nonsense'], `Unknown option "--nonsense" [usage]\n${listsOptions}`],
  [['--toString'], `Unknown option "--toString" [usage]\n${listsOptions}`],
  [['check', '-x'], `Unknown option "-x" [usage]\n${listsOptionsOf('check')}`],
  [['tasks', '--jsn'], `Unknown option "--jsn" [usage]\n  Did you mean --json?\n${listsOptionsOf('tasks')}`],
  [['--magickey=secret'], `Unknown option "--magickey" [usage]\n${listsOptions}`],
  [['check', '--config'], `Give --config a value: --config FILE [usage]\n${listsOptionsOf('check')}`],
  [
    ['check', '-c', '--live'],
    `Give -c a value: "--live" looks like an option [usage]\n  Write -c=VALUE if a value begins with "-"\n${listsOptionsOf('check')}`,
  ],
  [['check', '--config', ''], 'Give --config the path of a file: it is empty [usage]\n'],
  [['--help=1'], `--help takes no value [usage]\n${listsOptions}`],
  [['check', 'it'], 'Too many arguments for `remotetask check` [usage]\n  Usage: remotetask check'],
  [['serve', 'it'], 'Too many arguments for `remotetask serve` [usage]\n  Usage: remotetask serve\n'],
  [['url', '7', '8'], 'Too many arguments for `remotetask url` [usage]\n  Usage: remotetask url [TASK]'],
  [
    ['check', '--base', 'http://x'],
    `\`remotetask check\` does not take --base [usage]\n  It belongs to ${takeBase}\n${listsOptionsOf('check')}`,
  ],
];

for (const [args, stderr] of misuses) {
  test(`remotetask ${args.join(' ')} ends with status 2 and one message on standard error`, async () => {
    const { stderr: shown, ...rest } = await callCli(args);
    assert.deepEqual(rest, { status: 2, signal: null, stdout: '' });
    assert.ok(shown.startsWith(stderr), shown);
  });
}

test('an error is red in a terminal, unless NO_COLOR is set, and in a pipe if FORCE_COLOR is set', async () => {
  const [plain, colored, quiet, forced] = await Promise.all([
    runCli(['nonsense']),
    runInTerminal(['nonsense']),
    runInTerminal(['nonsense'], { env: { NO_COLOR: '1' } }),
    runCli(['nonsense'], { env: { FORCE_COLOR: '1' } }),
  ]);
  const message = 'Unknown command "nonsense"';
  assert.deepEqual([plain.status, colored.status, quiet.status], [2, 2, 2]);
  assert.equal(colored.stdout, `\u001b[31m${message}\u001b[39m \u001b[2m[usage]\u001b[22m\n${listsCommands}`);
  assert.equal(forced.stderr, colored.stdout);
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
  assert.match(stderr, new RegExp(`^There is no ${path.join(folder, 'b')} `));
  assert.deepEqual(fs.readdirSync(folder), []);
});
