// `remotetask log`: what it shows, and that it follows the log over rotations.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { followLines } from '../../src/log/follow.ts';
import { readLast, toLogFiles } from '../../src/log/tail.ts';
import { cleanEnv, quote, runCli, spawnCli } from '../support/cli.ts';
import { findProgram } from '../support/program.ts';
import { createFolder, keyOf, magicKey, until } from '../support/daemon.ts';

const lines = [
  { level: 30, time: '2026-11-21T23:34:07.687Z', event: 'attempt', task: 'a', msg: 'Started A' },
  {
    level: 30,
    time: '2026-11-21T23:34:08.000Z',
    event: 'refused',
    address: '192.0.2.1',
    msg: 'Refused a call',
  },
  {
    level: 40,
    time: '2026-11-21T23:34:09.000Z',
    event: 'run-ended',
    task: 'b',
    msg: 'B \u001b[2J failed',
    reason: 'No disk.',
  },
];

/** A config without a daemon, and its log. */
function write(t: { after(fn: () => void): void }): {
  readonly config: readonly string[];
  readonly log: string;
} {
  const folder = createFolder(t);
  const file = path.join(folder, 'config.json');
  const tasks = { a: { identifier: keyOf('a'), command: ['true'] } };
  fs.writeFileSync(
    file,
    JSON.stringify({ server: { listen: '127.0.0.1', port: 4711, magickey: magicKey }, tasks }),
    { mode: 0o600 },
  );
  const log = path.join(folder, 'log.txt');
  fs.writeFileSync(log, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return { config: ['--config', file], log };
}

test('log shows times and messages with reasons, strangers only if asked for, and nothing that a terminal would obey', async (t) => {
  const { config } = write(t);
  const env = { TZ: 'UTC' };
  const [usual, strangers, ofTask, asJson, none] = await Promise.all(
    [
      ['log'],
      ['log', '--strangers'],
      ['log', '--task', 'b'],
      ['log', '--json', '-n', '1'],
      ['log', '-n', '0'],
    ].map((args) => runCli([...args, ...config], { env })),
  );
  const started = '2026-11-21 23:34:07  Started A\n';
  const failed = `2026-11-21 23:34:09  B \\u001b[2J failed\n${' '.repeat(21)}No disk.\n`;
  assert.equal(usual?.stdout, started + failed);
  assert.equal(strangers?.stdout, `${started}2026-11-21 23:34:08  Refused a call\n${failed}`);
  assert.equal(ofTask?.stdout, failed);
  assert.deepEqual(JSON.parse(asJson?.stdout ?? ''), lines[2]);
  assert.equal(none?.stdout, '');
});

test('log -f continues with new lines', async (t) => {
  const { config, log } = write(t);
  const { printed } = spawnCli(t, ['log', '-f', ...config]);
  await until(() => (printed().includes('failed') ? true : undefined), 'the old lines');
  fs.appendFileSync(log, `${JSON.stringify({ ...lines[0], msg: 'Started again' })}\n`);
  await until(() => (printed().includes('Started again\n') ? true : undefined), 'the new line');
});

test('log -f ends when its reader has gone, without another line', async (t) => {
  const { config } = write(t);
  const command = [process.execPath, findProgram(), 'log', '-f', ...config].map(quote).join(' ');
  for (const reader of ['head -1', 'sleep 0.2', 'sh -c "head -1; exit 3"']) {
    const child = spawn('/bin/bash', ['-c', `${command} | ${reader}; echo "\${PIPESTATUS[0]}"`], {
      env: cleanEnv(),
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    t.after(() => {
      // What a failed test leaves behind.
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    });
    assert.match(await text(child.stdout), /(?:^|\n)141\n$/, reader);
  }
});

test('no line is lost or shown twice while the log is rotated, also twice between two looks', async (t) => {
  const path0 = path.join(createFolder(t), 'log.txt');
  const files = toLogFiles({ path: path0, keep: 3 });
  const rotate = (): void => {
    for (let i = files.length - 2; i >= 0; i--)
      if (fs.existsSync(files[i] ?? '')) fs.renameSync(files[i] ?? '', files[i + 1] ?? '');
  };
  let count = 0;
  const add = (lineCount: number): void => {
    for (let i = 0; i < lineCount; i++)
      fs.appendFileSync(path0, `${count++} ${'x'.repeat(count % 7 === 0 ? 70_000 : 9)}\n`);
  };
  add(5);
  rotate();
  add(5);
  fs.appendFileSync(path0, 'half a ');
  const { lines: last, next } = await readLast(files, {
    limit: 7,
    take: (line) => (line.startsWith('8 ') ? undefined : line),
  });
  assert.deepEqual(
    last.map((line) => line.split(' ')[0]),
    ['2', '3', '4', '5', '6', '7', '9'],
  );
  fs.appendFileSync(path0, 'line\n');
  add(3);
  rotate();
  add(4);
  rotate();
  add(2);
  const seen: string[] = [];
  for await (const line of followLines(files, next)) {
    seen.push(line.split(' x')[0] ?? '');
    if (seen.length === 6) add(1);
    if (seen.at(-1) === '19') break;
  }
  assert.deepEqual(seen, ['half a line', ...Array.from({ length: 10 }, (_, i) => String(10 + i))]);
});

test('a log that does not exist yet is followed from its beginning', async (t) => {
  const file = path.join(createFolder(t), 'log.txt');
  const follow = followLines([file], undefined);
  const first = follow.next();
  fs.writeFileSync(file, 'first\n');
  assert.equal((await first).value, 'first');
  await follow.return(undefined);
});
