// One daemon for one history.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { loadIdentity, loadStartTicks } from '../../src/processes/process-identity.ts';
import { startDaemon } from '../support/daemon.ts';
import { createTestHistory } from '../support/history.ts';

test('a second one is refused while the first lives, and the first is not disturbed', async (t) => {
  const { file, open } = createTestHistory(t);
  const history = open();
  const lock = fs.readFileSync(`${file}.lock`, 'utf8');
  assert.throws(open, {
    code: 'history-in-use',
    message: `Another remotetask (process ${process.pid}) uses ${file}`,
  });
  assert.equal(fs.readFileSync(`${file}.lock`, 'utf8'), lock);
  await history.close();
  assert.equal(fs.existsSync(`${file}.lock`), false);
});

test('a lock without a living owner is taken over: of a dead process, of another process with its id, or torn', async (t) => {
  const gone = spawn('/bin/true');
  await once(gone, 'exit');
  const cases = [
    `${gone.pid} 12345\n`,
    `${process.pid} 1\n`,
    `${process.pid} ${loadStartTicks(process.pid)} 00000000-0000-0000-0000-000000000000 aa\n`,
    `1 ${Number(loadStartTicks(1) ?? 0) + 1}\n`,
    '',
    'x',
    `${process.pid}`,
    '-1 5\n',
  ];
  for (const text of cases) {
    const { file, open } = createTestHistory(t);
    fs.writeFileSync(`${file}.lock`, text);
    const history = open();
    const { startTicks, bootId } = loadIdentity(process.pid) ?? {};
    assert.ok(
      fs.readFileSync(`${file}.lock`, 'utf8').startsWith(`${process.pid} ${startTicks} ${bootId} `),
      JSON.stringify(text),
    );
    await history.close();
    assert.deepEqual(fs.readdirSync(file.replace(/[^/]*$/, '')), ['history.jsonl']);
  }
});

test('after kill -9 the next daemon takes the lock over', async (t) => {
  const first = await startDaemon(t, { tasks: {} });
  assert.ok(fs.existsSync(`${first.folder}/history.jsonl.lock`));
  await first.kill();
  const second = await startDaemon(t, { tasks: {}, folder: first.folder });
  assert.match(fs.readFileSync(`${first.folder}/history.jsonl.lock`, 'utf8'), new RegExp(`^${second.pid} `));
  assert.equal(await second.stop(), 0);
});

test('a lock of an earlier version, without the boot, is respected while its owner lives', (t) => {
  const { file, open } = createTestHistory(t);
  fs.writeFileSync(`${file}.lock`, `${process.pid} ${loadStartTicks(process.pid)}\n`);
  assert.throws(open, { code: 'history-in-use' });
});

test('where there are no hard links the lock is taken all the same, and respected', async (t) => {
  for (const code of ['EPERM', 'ENOTSUP', 'ENOSYS']) {
    const { mock } = t.mock.method(fs, 'linkSync', () => {
      throw Object.assign(new Error(), { code });
    });
    const { file, folder, open } = createTestHistory(t);
    fs.writeFileSync(`${file}.lock`, '999999 1 boot aa\n');
    const history = open();
    assert.throws(open, { code: 'history-in-use' });
    await history.close();
    assert.deepEqual(fs.readdirSync(folder), ['history.jsonl']);
    mock.restore();
  }
});

test('a lock that cannot be read or created is an error that names the reason, and no endless loop', (t) => {
  const cases: Record<string, (lock: string) => void> = {
    EISDIR: (lock) => fs.mkdirSync(lock),
    ELOOP: (lock) => fs.symlinkSync('/nowhere', lock),
  };
  for (const [code, make] of Object.entries(cases)) {
    const { file, open } = createTestHistory(t);
    make(`${file}.lock`);
    assert.throws(open, {
      code: 'history-unusable',
      message: new RegExp(`Cannot create .*\\.lock \\(${code}\\)`),
    });
  }
  for (const code of ['EROFS', 'EACCES', 'ENOSPC']) {
    const { folder, open } = createTestHistory(t);
    const { mock } = t.mock.method(fs, 'writeFileSync', () => {
      throw Object.assign(new Error(), { code });
    });
    assert.throws(open, { code: 'history-unusable', message: new RegExp(`\\(${code}\\)`) });
    mock.restore();
    assert.deepEqual(fs.readdirSync(folder), []);
  }
});

test('of many that race for a free lock, or for that of a dead owner, one gets it', async (t) => {
  const racer = path.join(import.meta.dirname, '../support/race-for-lock.ts');
  for (const stale of [undefined, '999999 1 boot aa\n', '']) {
    const { file, folder } = createTestHistory(t);
    if (stale !== undefined) fs.writeFileSync(`${file}.lock`, stale);
    const racers = Array.from({ length: 8 }, () =>
      spawn(process.execPath, [racer, file], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    const readAll = racers.map(
      async ({ stdout }) => await once(stdout, 'data').then(([said]) => String(said).trim()),
    );
    // All are loaded and wait for this; a process that gets the lock keeps it until its input ends.
    for (const said of await Promise.all(readAll)) assert.equal(said, 'ready');
    const results = racers.map(
      async ({ stdout }) => await once(stdout, 'data').then(([said]) => String(said).trim()),
    );
    for (const { stdin } of racers) stdin.write('go\n');
    const said = await Promise.all(results);
    assert.equal(said.filter((word) => word === 'locked').length, 1, String(said));
    assert.equal(said.filter((word) => word === 'history-in-use').length, 7, String(said));
    for (const { stdin } of racers) stdin.end();
    await Promise.all(racers.map(async (one) => one.exitCode ?? (await once(one, 'exit'))));
    assert.deepEqual(fs.readdirSync(folder), []);
  }
});
