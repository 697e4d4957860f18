// The runner `command`: what a program gets, and how each end or failure is reported.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import type { Outcome } from '../../src/outcome.ts';
import { createFolder } from '../support/daemon.ts';
import { needsRoot } from '../support/needs.ts';
import { runCommand, runScript } from '../support/run-command.ts';
import { withoutCode } from '../support/outcome.ts';

const startMany = path.join(import.meta.dirname, '../support/start-many.ts');
const runFile = promisify(execFile);

test('arguments arrive byte for byte, whatever is in them', async () => {
  const odd = [
    '',
    ' ',
    'a b',
    '"',
    "'",
    '$(id)',
    '`id`',
    ';',
    '*',
    '~',
    '-n',
    '--',
    '\\',
    '\t\n\r',
    '🌉',
    'é',
    'x'.repeat(100_000),
  ];
  const arriving = async (args: readonly string[]): Promise<void> => {
    const run = runCommand(['/usr/bin/printf', '%s\\0', ...args]);
    assert.deepEqual(await run.ended, { kind: 'succeeded', exitCode: 0 });
    assert.deepEqual(run.printed().split('\0').slice(0, -1), args);
  };
  await arriving(odd);
  const argument = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
  await fc.assert(fc.asyncProperty(fc.array(argument, { minLength: 1, maxLength: 5 }), arriving), {
    numRuns: 20,
  });
});

test('the environment is small, fixed and the task’s own; nothing of the daemon’s gets through', async () => {
  process.env['RT_SECRET'] = 'not for programs';
  const run = runCommand(['env'], { env: { ADDED: 'a b', PATH: '/opt/bin:/usr/bin' } });
  await run.ended;
  delete process.env['RT_SECRET'];
  const names = run
    .printed()
    .trimEnd()
    .split('\n')
    .map((line) => line.split('=')[0] ?? '');
  const expected = [
    'ADDED',
    'HOME',
    'LANG',
    'LOGNAME',
    'PATH',
    'REMOTETASK_RUN',
    'SHELL',
    'USER',
    ...(process.env['TZ'] === undefined ? [] : ['TZ']),
  ];
  assert.deepEqual(names.sort(), expected.sort());
  assert.match(run.printed(), /^ADDED=a b$/m);
  assert.match(run.printed(), /^PATH=\/opt\/bin:\/usr\/bin$/m);
});

test('standard input is at its end, the folder is the task’s, and the program leads a group and session of its own', async (t) => {
  const folder = fs.realpathSync(createFolder(t));
  const run = runScript('cat; pwd; cut -d" " -f1,5,6 /proc/$$/stat', { cwd: folder });
  await run.ended;
  const [cwd, pid, ...groupAndSession] = run.printed().trim().split(/\s/);
  assert.deepEqual([cwd, groupAndSession], [folder, [pid, pid]]);
});

test('signals are as they are for any program: none ignored, none blocked', async () => {
  const run = runCommand(['/bin/grep', '-E', '^Sig(Blk|Ign)', '/proc/self/status']);
  await run.ended;
  assert.match(run.printed(), /^SigBlk:\t0+\nSigIgn:\t0+\n$/);
});

test('each way to end is reported as it was', async () => {
  const cases: [string, Outcome][] = [
    ['exit 0', { kind: 'succeeded', exitCode: 0 }],
    ['exit 1', { kind: 'failed', exitCode: 1 }],
    ['exit 255', { kind: 'failed', exitCode: 255 }],
    ['kill -SEGV $$', { kind: 'failed', signal: 'SIGSEGV' }],
    ['kill -KILL $$', { kind: 'failed', signal: 'SIGKILL' }],
    ['kill -PIPE $$', { kind: 'failed', signal: 'SIGPIPE' }],
  ];
  for (const [script, outcome] of cases) assert.deepEqual(await runScript(script).ended, outcome, script);
});

test('a program that cannot be started has failed, with the reason and what to do', async (t) => {
  const folder = createFolder(t);
  const write = (name: string, text: string, mode = 0o755): string => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, text);
    fs.chmodSync(file, mode);
    return file;
  };
  const cases: [string, readonly string[], string, RegExp][] = [
    ['missing', [path.join(folder, 'nothing')], '/', /^The program does not exist\.$/],
    ['missing in PATH', ['no-such-program-anywhere'], '/', /^The program does not exist\.$/],
    [
      'not executable',
      [write('plain', '#!/bin/sh\n', 0o644)],
      '/',
      /^The program is not executable \(chmod \+x\)/,
    ],
    ['a folder', [folder], '/', /^The program is a folder\.$/],
    [
      'a missing interpreter',
      [write('bad', '#!/no/such/interpreter\n')],
      '/',
      /interpreter .* does not exist/,
    ],
    ['Windows line ends', [write('crlf', '#!/bin/sh\r\nexit 0\r\n')], '/', /Windows line ends\?$/],
    [
      'a missing folder',
      ['/bin/true'],
      path.join(folder, 'nothing'),
      /^The folder that it should run in does not exist\.$/,
    ],
    [
      'a file as folder',
      ['/bin/true'],
      write('file', ''),
      /^The folder that it should run in is not a folder\.$/,
    ],
    ['a folder with NUL', ['/bin/true'], '/a\0b', /^The folder that it should run in does not exist\.$/],
    ['arguments too long', ['/bin/true', 'x'.repeat(200_000)], '/', /longer than the system allows/],
  ];
  for (const [what, argv, cwd, reason] of cases) {
    const run = runCommand(argv, { cwd });
    const outcome = await run.ended;
    assert.equal(run.pid, undefined, what);
    assert.equal(outcome.kind, 'failed', what);
    assert.match(outcome.reason ?? '', reason, what);
    assert.ok(!(outcome.reason ?? '').includes(folder), `${what}: the reason names no path`);
  }
  assert.deepEqual(
    await runCommand(['true']).ended,
    { kind: 'succeeded', exitCode: 0 },
    'the next run works',
  );
});

test('a script without #! is run by sh, as the C library does', async (t) => {
  const file = path.join(createFolder(t), 'plain');
  fs.writeFileSync(file, 'echo "got $1"\n', { mode: 0o755 });
  const run = runCommand([file, 'a b']);
  assert.deepEqual(await run.ended, { kind: 'succeeded', exitCode: 0 });
  assert.equal(run.printed(), 'got a b\n');
});

/** Starts sleeps at once in a process with limits. */
async function startLimited(
  limit: string,
  times: number,
): Promise<{ outcomes: Outcome[]; afterwards: Outcome }> {
  const asOther = ['--reuid=64321', '--regid=64321', '--clear-groups'];
  const { stdout } = await runFile('setpriv', [
    ...asOther,
    'prlimit',
    limit,
    process.execPath,
    startMany,
    String(times),
    '/bin/sleep',
    // None may have ended before the last is started.
    '3',
  ]);
  return JSON.parse(stdout) as { outcomes: Outcome[]; afterwards: Outcome };
}

for (const [limit, code] of [
  ['--nproc=40', 'EAGAIN'],
  ['--nofile=60', 'EMFILE'],
] as const) {
  test(
    `where the system gives no further process (${code}), that run has failed, and the others and the next one have not`,
    { skip: needsRoot },
    async () => {
      const { outcomes, afterwards } = await startLimited(limit, 60);
      const failed = outcomes.filter(({ kind }) => kind === 'failed');
      assert.ok(failed.length > 0 && failed.length < 60, `${failed.length} of 60 failed`);
      for (const outcome of failed)
        assert.deepEqual(withoutCode(outcome), {
          kind: 'failed',
          reason: `The system could not start another process (${code}).`,
        });
      assert.deepEqual(afterwards, { kind: 'succeeded', exitCode: 0 });
    },
  );
}

test(
  'without the right to enter the folder or to run the program, the reason names which',
  { skip: needsRoot },
  (t) => {
    const folder = createFolder(t);
    fs.chmodSync(folder, 0o755);
    const locked = path.join(folder, 'locked');
    fs.mkdirSync(locked, { mode: 0o700 });
    const program = path.join(folder, 'program');
    fs.writeFileSync(program, '#!/bin/sh\n', { mode: 0o700 });
    const script = `
    import { startCommand } from ${JSON.stringify(path.join(import.meta.dirname, '../../src/runners/command.ts'))};
    const io = { onOutput() {}, stop: new AbortController().signal, graceMs: 1 };
    for (const [program, cwd] of [['/bin/true', ${JSON.stringify(locked)}], [${JSON.stringify(program)}, '/']])
      console.log((await startCommand({ argv: [program], cwd, env: {} }, io, { open() {} }).ended).reason);`;
    const asOther = [
      '--reuid=64322',
      '--regid=64322',
      '--clear-groups',
      process.execPath,
      '--input-type=module',
      '-e',
      script,
    ];
    const { stdout, stderr } = spawnSync('setpriv', asOther, { cwd: '/', encoding: 'utf8' });
    assert.equal(
      stdout,
      'The folder that it should run in may not be entered.\nThe program is not executable (chmod +x), or may not be read.\n',
      stderr,
    );
  },
);

test(
  'root refuses a program that others could have written, also when that changed since the config was read',
  { skip: needsRoot },
  async (t) => {
    const folder = createFolder(t);
    const program = path.join(folder, 'program');
    fs.writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
    assert.equal((await runCommand([program]).ended).kind, 'succeeded');
    fs.chmodSync(program, 0o777);
    const refused = runCommand([program]);
    assert.equal(refused.pid, undefined);
    assert.deepEqual(await refused.ended, {
      kind: 'failed',
      reason:
        'Others than root can change the program (the file is writable for group or others). The daemon runs as root and refuses it.',
    });
  },
);
