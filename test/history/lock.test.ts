// One daemon for one history.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { test } from 'node:test';
import { loadStartTicks } from '../../src/process-identity.ts';
import { startDaemon } from '../support/daemon.ts';
import { createTestHistory } from '../support/history.ts';

test('a second one is refused while the first lives, and the first is not disturbed', async (t) => {
  const { file, open } = createTestHistory(t);
  const history = open();
  const lock = fs.readFileSync(`${file}.lock`, 'utf8');
  assert.throws(open, { code: 'history-in-use', message: `Another remotetask (process ${process.pid}) uses ${file}` });
  assert.equal(fs.readFileSync(`${file}.lock`, 'utf8'), lock);
  await history.close();
  assert.equal(fs.existsSync(`${file}.lock`), false);
});

test('a lock that nobody alive holds is taken over: of a dead process, of another process with its id, or torn', async (t) => {
  const gone = spawn('/bin/true');
  await once(gone, 'exit');
  const cases = [
    `${gone.pid} 12345\n`,
    `${process.pid} 1\n`,
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
    assert.equal(fs.readFileSync(`${file}.lock`, 'utf8'), `${process.pid} ${loadStartTicks(process.pid)}\n`, JSON.stringify(text));
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
