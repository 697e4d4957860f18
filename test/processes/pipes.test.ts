// What a program finds as its standard output, and what reads it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { searchPath } from '../../src/processes/clean-environment.ts';
import { createPipes, type Pipes } from '../../src/processes/pipes.ts';
import { loadUser } from '../../src/processes/user.ts';
import { createFolder, until } from '../support/daemon.ts';
import { createTestLogger } from '../support/logger.ts';
import { needsRoot } from '../support/needs.ts';
import { withoutPipes } from '../support/pipes.ts';
import { runCommand, runScript } from '../support/run-command.ts';

const succeeded = { kind: 'succeeded', exitCode: 0 } as const;
const hasPython = spawnSync('python3', ['-c', ''], { env: { PATH: searchPath } }).status === 0;

const countDescriptors = (): number => fs.readdirSync('/proc/self/fd').length;

test('standard output and standard error come in the order in which they were printed', async () => {
  const run = runScript('for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done');
  assert.deepEqual(await run.ended, succeeded);
  assert.equal(run.printed(), [1, 2, 3, 4, 5].map((i) => `out ${i}\nerr ${i}\n`).join(''));
});

test('a program can open its own output by name', async () => {
  const run = runScript(
    'echo a > /dev/stdout; echo b > /dev/stderr; echo c >> /proc/self/fd/1; echo d | tee /dev/stderr',
  );
  assert.deepEqual(await run.ended, succeeded);
  assert.equal(run.printed(), 'a\nb\nc\nd\nd\n');
});

test('so can a program that runs as another user', { skip: needsRoot }, async () => {
  const user = loadUser('nobody', undefined);
  assert.ok(typeof user === 'object');
  const run = runCommand(['/bin/sh', '-c', 'echo a > /dev/stdout && echo b > /dev/stderr'], { user });
  assert.deepEqual(await run.ended, succeeded);
  assert.equal(run.printed(), 'a\nb\n');
});

test('a program prints into one pipe that has no name any more', async () => {
  const run = runScript('readlink /proc/$$/fd/1 /proc/$$/fd/2');
  await run.ended;
  const [out = '', err = ''] = run.printed().split('\n');
  assert.match(out, /\/remotetask-[0-9a-f]{12}-\w+\/\d+ \(deleted\)$/);
  assert.equal(err, out);
});

test('the last that a program prints is there when its run is over', async () => {
  for (const bytes of [1, 65_536, 500_000]) {
    const run = runScript(`head -c ${bytes} /dev/zero`);
    await run.ended;
    assert.equal(run.printed().length, bytes);
  }
});

test('a run ends with its program, even if another process has its output open and prints on', async (t) => {
  const folder = createFolder(t);
  const job = `(until [ -e ${folder}/gate ] || [ ! -e ${folder} ]; do sleep 0.01; done; head -c 1000000 /dev/zero && : > ${folder}/done)`;
  for (const pipes of [undefined, withoutPipes]) {
    const run = runScript(`${job} & echo first`, pipes === undefined ? {} : { pipes });
    const begunMs = performance.now();
    assert.deepEqual(await run.ended, succeeded);
    if (pipes === undefined) t.diagnostic(`over after ${Math.round(performance.now() - begunMs)} ms`);
    fs.writeFileSync(path.join(folder, 'gate'), '');
    await until(() => fs.existsSync(path.join(folder, 'done')) || undefined, 'the job to print all of it');
    assert.equal(run.printed(), 'first\n');
    for (const name of ['gate', 'done']) fs.rmSync(path.join(folder, name));
  }
});

test('a program that closes its output early continues, and so does one that prints into a pipe of its own making', async () => {
  const run = runScript('echo first; exec >&- 2>&-; sleep 0.1; exit 4');
  assert.deepEqual(await run.ended, { kind: 'failed', exitCode: 4 });
  assert.equal(run.printed(), 'first\n');
  assert.deepEqual(await runScript('yes | head -n 3').ended, succeeded);
});

test(
  'a program that makes its output non-blocking harms neither itself nor others',
  { skip: !hasPython && 'needs python3 (apt-get install python3)' },
  async () => {
    const script = `import fcntl, os, sys
fcntl.fcntl(1, fcntl.F_SETFL, fcntl.fcntl(1, fcntl.F_GETFL) | os.O_NONBLOCK)
for i in range(100): os.write(1, b"x")`;
    const [odd, other] = [runCommand(['python3', '-c', script]), runScript('head -c 1000000 /dev/zero')];
    assert.deepEqual([await odd.ended, await other.ended], [succeeded, succeeded]);
    assert.deepEqual([odd.printed().length, other.printed().length], [100, 1_000_000]);
  },
);

test('80 runs that print, and as many that cannot be started, leave no descriptor open', async () => {
  await runScript('echo first').ended;
  const before = countDescriptors();
  for (let i = 0; i < 8; i++) {
    const runs = Array.from({ length: 10 }, () => [
      runScript('echo a; echo b >&2'),
      runCommand(['/no/such/program']),
    ]).flat();
    await Promise.all(runs.map(async ({ ended }) => await ended));
  }
  await until(() => countDescriptors() === before || undefined, 'all descriptors to be closed');
});

test('if no pipe can be made, programs run all the same, and one line is logged', async (t) => {
  const temporary = process.env['TMPDIR'];
  process.env['TMPDIR'] = path.join(createFolder(t), 'missing');
  t.after(() => {
    if (temporary === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = temporary;
  });
  const { logger, lines } = createTestLogger();
  const pipes = createPipes('/history', logger);
  t.after(() => void pipes.close());
  for (let i = 0; i < 3; i++) {
    const run = runScript('echo out; echo err >&2', { pipes });
    assert.deepEqual(await run.ended, succeeded);
    assert.deepEqual(run.printed().split('\n').sort(), ['', 'err', 'out']);
  }
  assert.deepEqual(
    lines.map(({ event, reason }) => [event, reason]),
    [['no-pipes', 'ENOENT']],
  );
  assert.match(
    String(lines[0]?.['msg']),
    /^Cannot make named pipes in \/\S+\/missing with mkfifo .* TMPDIR names/,
  );
});

test('pipes that something tidied away are made again', async (t) => {
  const historyPath = `/${randomUUID()}`;
  const before = new Set(fs.readdirSync(os.tmpdir()));
  const pipes = createPipes(historyPath, createTestLogger().logger);
  t.after(() => void pipes.close());
  const print = async (): Promise<void> => {
    const run = runScript('readlink /proc/$$/fd/1', { pipes });
    await run.ended;
    assert.match(run.printed(), /\(deleted\)$/m);
  };
  await print();
  for (const name of fs.readdirSync(os.tmpdir()))
    if (!before.has(name) && /^remotetask-[0-9a-f]{12}-/.test(name))
      fs.rmSync(path.join(os.tmpdir(), name), { recursive: true });
  await print();
});

test('nothing is left in the folder for temporary files: neither by a daemon that ends, nor by one that was killed once the next is there', async (t) => {
  const folder = createFolder(t);
  const temporary = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  t.after(() => {
    if (temporary === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = temporary;
  });
  const [other, killed, next] = ['/a', '/b', '/b'].map((history) =>
    createPipes(history, createTestLogger().logger),
  );
  const open = (pipes: Pipes | undefined): void => {
    const pipe = pipes?.open('run', () => {}, false);
    pipe?.begin();
    pipe?.end();
  };
  open(other);
  open(killed);
  assert.equal(fs.readdirSync(folder).length, 2);
  next?.takeUp();
  assert.equal(fs.readdirSync(folder).length, 1, 'the other daemon keeps its own');
  other?.close();
  assert.deepEqual(fs.readdirSync(folder), []);
});

test('of many background jobs the oldest are handed to other readers, so that descriptors do not run out', async (t) => {
  const folder = createFolder(t);
  const before = countDescriptors();
  const job = `(until [ -e ${folder}/gate ] || [ ! -e ${folder} ]; do sleep 0.5; done; head -c 100000 /dev/zero && echo >> ${folder}/done) &`;
  const jobs = 300;
  for (let i = 0; i < jobs; i += 20)
    await Promise.all(Array.from({ length: 20 }, async () => await runScript(job).ended));
  assert.ok(countDescriptors() - before <= 256 + 5, `${countDescriptors() - before} descriptors`);
  fs.writeFileSync(path.join(folder, 'gate'), '');
  const done = (): number => (fs.existsSync(`${folder}/done`) ? fs.readFileSync(`${folder}/done`).length : 0);
  await until(() => done() === jobs || undefined, 'all jobs to print all of it', 120_000);
});

test('the pipe of a program that was started before earlier pipes are looked for is not opened a second time', async (t) => {
  const folder = createFolder(t);
  const pipes = createPipes(folder, createTestLogger().logger);
  t.after(() => void pipes.close());
  const run = runScript(`until [ -e ${folder}/gate ] || [ ! -e ${folder} ]; do sleep 0.01; done; echo mine`, {
    pipes,
  });
  const openBefore = fs.readdirSync('/proc/self/fd').length;
  pipes.takeUp();
  assert.equal(fs.readdirSync('/proc/self/fd').length, openBefore);
  fs.writeFileSync(path.join(folder, 'gate'), '');
  await run.ended;
  assert.equal(run.printed(), 'mine\n');
});
