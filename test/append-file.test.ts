// Files that only grow: who may read them, whose they are, and what a failed write leaves.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { openAppendFile } from '../src/append-file.ts';
import { createFolder } from './support/daemon.ts';
import { needsRoot } from './support/needs.ts';

const modeOf = (file: string): number => fs.statSync(file).mode & 0o7777;
const fail = (code: string): never => {
  throw Object.assign(new Error(code), { code });
};

/** A write of so many bytes, and then none. */
function writeOnly(t: TestContext, bytes: number): { restore(): void } {
  const write = fs.writeSync.bind(fs);
  const { mock } = t.mock.method(fs, 'writeSync', (fd: number, buffer: Uint8Array, offset: number) =>
    offset >= bytes ? fail('ENOSPC') : write(fd, buffer, offset, bytes - offset),
  );
  return mock;
}

test('a file that others may read or write is closed to them when it is opened, and that is said', (t) => {
  for (const mode of [0o644, 0o640, 0o666, 0o604, 0o777, 0o600]) {
    const file = path.join(createFolder(t), 'file');
    fs.writeFileSync(file, 'one\n');
    fs.chmodSync(file, mode);
    const opened = openAppendFile(file);
    assert.equal(modeOf(file), 0o600);
    assert.equal(opened.warnings.length, mode === 0o600 ? 0 : 1, String(opened.warnings));
    opened.close();
  }
});

test('a file whose mode cannot be changed is used all the same, and that is said', (t) => {
  const file = path.join(createFolder(t), 'file');
  fs.writeFileSync(file, '');
  fs.chmodSync(file, 0o644);
  t.mock.method(fs, 'fchmodSync', () => fail('EPERM'));
  const opened = openAppendFile(file);
  assert.match(
    opened.warnings.join(),
    /mode 0644, which lets other users read or write it, and cannot be changed$/,
  );
  opened.close();
});

test('a folder that others may write to is warned of', (t) => {
  for (const [mode, isWarned] of [
    [0o700, false],
    [0o755, false],
    [0o775, true],
    [0o777, true],
  ] as const) {
    const folder = createFolder(t);
    fs.chmodSync(folder, mode);
    const opened = openAppendFile(path.join(folder, 'file'));
    assert.equal(opened.warnings.length === 1, isWarned, mode.toString(8));
    opened.close();
  }
});

test('a link, hard or symbolic, is not opened, and what it leads to is not touched', (t) => {
  const folder = createFolder(t);
  const target = path.join(folder, 'target');
  fs.writeFileSync(target, 'secret');
  fs.chmodSync(target, 0o644);
  fs.linkSync(target, path.join(folder, 'hard'));
  fs.symlinkSync(target, path.join(folder, 'soft'));
  assert.throws(() => openAppendFile(path.join(folder, 'hard')), { code: 'ELINKED' });
  assert.throws(() => openAppendFile(path.join(folder, 'soft')), { code: 'ELOOP' });
  assert.deepEqual([fs.readFileSync(target, 'utf8'), modeOf(target)], ['secret', 0o644]);
});

test('a file of another user is not opened', { skip: needsRoot }, (t) => {
  const file = path.join(createFolder(t), 'file');
  fs.writeFileSync(file, 'one\n');
  fs.chownSync(file, 12_345, 12_345);
  assert.throws(() => openAppendFile(file), { code: 'EOWNER' });
});

test('a refused file is closed again', (t) => {
  const folder = createFolder(t);
  fs.writeFileSync(path.join(folder, 'a'), '');
  fs.linkSync(path.join(folder, 'a'), path.join(folder, 'b'));
  const openFiles = (): number => fs.readdirSync('/proc/self/fd').length;
  const before = openFiles();
  for (let n = 0; n < 5; n++) assert.throws(() => openAppendFile(path.join(folder, 'b')));
  assert.equal(openFiles(), before);
});

test('behind a torn line every line stands on its own, however many writes fail first', (t) => {
  for (const written of [0, 1, 5]) {
    for (const failures of [1, 2]) {
      const file = path.join(createFolder(t), 'file');
      fs.writeFileSync(file, 'one\n{"torn');
      const opened = openAppendFile(file);
      const failing = writeOnly(t, written);
      for (let n = 0; n < failures; n++) assert.throws(() => opened.append('refused\n'), { code: 'ENOSPC' });
      failing.restore();
      assert.equal(fs.readFileSync(file, 'utf8'), 'one\n{"torn');
      opened.append('two\n');
      opened.append('three\n');
      assert.equal(fs.readFileSync(file, 'utf8'), 'one\n{"torn\ntwo\nthree\n');
      opened.close();
    }
  }
});

test('what is cut back to a torn line begins on its own afterwards', (t) => {
  const file = path.join(createFolder(t), 'file');
  fs.writeFileSync(file, '{"torn');
  const opened = openAppendFile(file);
  const before = opened.size();
  opened.append('refused\n');
  opened.truncate(before);
  opened.append('two\n');
  assert.equal(fs.readFileSync(file, 'utf8'), '{"torn\ntwo\n');
  opened.close();
});

test('what could not be cut off is cut off before the next line, and until then nothing is appended', (t) => {
  const file = path.join(createFolder(t), 'file');
  fs.writeFileSync(file, 'one\n');
  const opened = openAppendFile(file);
  const failing = writeOnly(t, 10);
  const uncut = t.mock.method(fs, 'ftruncateSync', () => fail('EIO'));
  assert.throws(() => opened.append('refused\nrefused\n'), { code: 'ENOSPC' });
  failing.restore();
  assert.throws(() => opened.append('two\n'), { code: 'EIO' });
  uncut.mock.restore();
  opened.append('two\n');
  assert.equal(fs.readFileSync(file, 'utf8'), 'one\ntwo\n');
  opened.close();
});

test('a write of nothing is a failure and no endless loop', (t) => {
  const file = path.join(createFolder(t), 'file');
  const opened = openAppendFile(file);
  const nothing = t.mock.method(fs, 'writeSync', () => 0);
  assert.throws(() => opened.append('one\n'), { code: 'EIO' });
  nothing.mock.restore();
  opened.close();
});
