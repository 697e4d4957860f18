// The log's file: rotated by size, found again after it was moved, and honest about what is not in it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createLogFile, type LogFile, type LogFileOptions } from '../../src/log/log-file.ts';
import { createFolder } from '../support/daemon.ts';

interface TestLogFile {
  readonly file: LogFile;
  readonly folder: string;
  readonly path: string;
  readonly problems: (string | undefined)[];
  tick(ms: number): void;
  /** The files by name with what they hold. */
  files(): Record<string, string>;
}

function createTestLogFile(
  t: Parameters<typeof createFolder>[0],
  options: Partial<LogFileOptions> = {},
): TestLogFile {
  const folder = path.join(createFolder(t), 'log');
  fs.mkdirSync(folder);
  const file = path.join(folder, 'log.txt');
  const problems: (string | undefined)[] = [];
  let now = 0;
  const log = createLogFile({
    path: file,
    maxBytes: 1000,
    keep: 3,
    onProblem: (code) => problems.push(code),
    nowMs: () => now,
    ...options,
  });
  t.after(() => log.close());
  return {
    file: log,
    folder,
    path: file,
    problems,
    tick: (ms) => void (now += ms),
    files: () =>
      Object.fromEntries(
        fs.readdirSync(folder).map((name) => [name, fs.readFileSync(path.join(folder, name), 'utf8')]),
      ),
  };
}

test('lines are in the file once written, and it is for its owner only, whatever the umask', (t) => {
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  const { file, path, files } = createTestLogFile(t);
  file.write('one\n');
  file.write('two\n');
  assert.equal(file.flush(), true);
  assert.deepEqual(files(), { 'log.txt': 'one\ntwo\n' });
  assert.equal(fs.statSync(path).mode & 0o777, 0o600);
});

test('the file is rotated before it would grow beyond its size, and as many old ones stay as are to be kept', (t) => {
  for (const keep of [0, 1, 3]) {
    const { file, files, problems } = createTestLogFile(t, { keep, maxBytes: 20 });
    for (let n = 0; n < 10; n++) file.write(`line ${n} äöü\n`);
    const lines = Array.from({ length: 10 }, (_, n) => `line ${n} äöü\n`);
    const expected = Object.fromEntries(
      lines
        .slice(-1 - keep)
        .map((line, i, all) => [i === all.length - 1 ? 'log.txt' : `log.txt.${all.length - 1 - i}`, line]),
    );
    assert.deepEqual(files(), expected, `keep ${keep}`);
    assert.deepEqual(problems, []);
  }
});

test('a size is counted in bytes: no file grows beyond it, but by a line that is longer itself', (t) => {
  const { file, files } = createTestLogFile(t, { maxBytes: 100 });
  for (let n = 0; n < 30; n++) file.write(`${'日'.repeat(12)}\n`);
  for (const [name, text] of Object.entries(files())) assert.ok(Buffer.byteLength(text) <= 100, name);
  file.write(`${'x'.repeat(500)}\n`);
  assert.equal(files()['log.txt'], `${'x'.repeat(500)}\n`);
});

test('a file found at the start is gone on with, also where its last line is torn', (t) => {
  const { file, path, files } = createTestLogFile(t);
  fs.writeFileSync(path, 'old\n{"torn');
  file.write('new\n');
  file.write('more\n');
  assert.deepEqual(files(), { 'log.txt': 'old\n{"torn\nnew\nmore\n' });
});

test('a file that was moved or deleted is opened anew at the next look, or when told to', (t) => {
  const cases: Record<string, (path: string) => void> = {
    moved: (path) => fs.renameSync(path, `${path}.moved`),
    deleted: (path) => fs.rmSync(path),
    replaced: (path) => (fs.rmSync(path), fs.writeFileSync(path, '')),
  };
  for (const [what, spoil] of Object.entries(cases)) {
    for (const how of ['look', 'reopen'] as const) {
      const { file, path, files, tick } = createTestLogFile(t);
      file.write('before\n');
      tick(1000);
      file.write('before\n');
      spoil(path);
      if (how === 'look') tick(1000);
      else file.reopen();
      file.write('after\n');
      assert.equal(files()['log.txt'], 'after\n', `${what}, ${how}`);
      if (what === 'moved') assert.equal(files()['log.txt.moved'], 'before\nbefore\n');
    }
  }
});

test(
  'what is no regular file is not written to, reported once, and lines wait until it can be',
  { timeout: 20_000 },
  (t) => {
    const cases: Record<string, [(path: string) => void, (path: string) => void, code: string]> = {
      link: [(path) => fs.symlinkSync('/dev/null', path), (path) => fs.rmSync(path), 'ELOOP'],
      'link to a file': [
        (path) => (fs.writeFileSync(`${path}.other`, ''), fs.symlinkSync(`${path}.other`, path)),
        (path) => fs.rmSync(path),
        'ELOOP',
      ],
      FIFO: [(path) => execFileSync('mkfifo', [path]), (path) => fs.rmSync(path), 'ENOTREG'],
      folder: [(path) => fs.mkdirSync(path), (path) => fs.rmdirSync(path), 'EISDIR'],
      'no folder': [
        (file) => fs.rmdirSync(path.dirname(file)),
        (file) => fs.mkdirSync(path.dirname(file)),
        'ENOENT',
      ],
    };
    for (const [what, [spoil, mend, code]] of Object.entries(cases)) {
      const { file, path, files, problems } = createTestLogFile(t);
      spoil(path);
      for (const line of ['one\n', 'two\n']) file.write(line);
      assert.equal(file.flush(), false, what);
      assert.deepEqual(problems, [code], what);
      mend(path);
      assert.equal(file.flush(), true, what);
      assert.deepEqual(problems, [code, undefined], what);
      assert.equal(files()['log.txt'], 'one\ntwo\n', what);
      assert.equal(files()['log.txt.other'] ?? '', '', what);
    }
  },
);

test('while nothing can be written, the newest lines are kept, of no more than 200', (t) => {
  const { file, path, files } = createTestLogFile(t, { maxBytes: 100_000 });
  fs.mkdirSync(path);
  for (let n = 0; n < 1000; n++) file.write(`${n}\n`);
  fs.rmdirSync(path);
  assert.equal(file.flush(), true);
  assert.deepEqual(
    files()['log.txt']?.trimEnd().split('\n').map(Number),
    Array.from({ length: 200 }, (_, n) => 800 + n),
  );
});

test('a file that lost its place to a link while open is given up, not written through', (t) => {
  const { file, path, folder, problems, tick } = createTestLogFile(t);
  file.write('one\n');
  fs.renameSync(path, `${path}.moved`);
  fs.writeFileSync(`${folder}/victim`, '');
  fs.symlinkSync(`${folder}/victim`, path);
  tick(1000);
  file.write('two\n');
  assert.deepEqual(problems, ['ELOOP']);
  assert.equal(fs.readFileSync(`${folder}/victim`, 'utf8'), '');
});

test('lines that were given up while the file could not be written are counted once it can be', (t) => {
  const told: [string | undefined, number][] = [];
  const { file, folder, files } = createTestLogFile(t, {
    maxBytes: 100_000,
    onProblem: (code, lost) => told.push([code, lost]),
  });
  file.write('before\n');
  fs.renameSync(folder, `${folder}-gone`);
  file.reopen();
  for (let n = 0; n < 250; n++) file.write(`line ${n}\n`);
  fs.renameSync(`${folder}-gone`, folder);
  file.write('after\n');
  assert.deepEqual(told, [
    ['ENOENT', 0],
    [undefined, 51],
  ]);
  const lines = files()['log.txt']?.split('\n');
  assert.deepEqual(
    [lines?.[0], lines?.[1], lines?.at(-2), lines?.length],
    ['before', 'line 51', 'after', 202],
  );
});

test('a log whose failed write cannot be taken back is written all the same, on a line of its own', (t) => {
  const { file, files, problems } = createTestLogFile(t);
  file.write('one\n');
  const write = fs.writeSync.bind(fs);
  const failing = t.mock.method(fs, 'writeSync', (fd: number, bytes: Uint8Array, offset: number) => {
    if (offset > 0) throw Object.assign(new Error(), { code: 'ENOSPC' });
    return write(fd, bytes, offset, 2);
  });
  t.mock.method(fs, 'ftruncateSync', () => {
    throw Object.assign(new Error(), { code: 'EPERM' });
  });
  file.write('two\n');
  failing.mock.restore();
  file.write('three\n');
  assert.deepEqual(files(), { 'log.txt': 'one\ntw\ntwo\nthree\n' });
  assert.deepEqual(problems, ['ENOSPC', undefined]);
});
