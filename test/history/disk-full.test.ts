// A full disk under a running daemon, and a read-only one.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { createFolder, startDaemon, until, type TestDaemon } from '../support/daemon.ts';

/** A file system of its own, as small as that. */
function mountSmall(t: { after(fn: () => void): void }): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'remotetask-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=700', 'tmpfs', folder]);
  t.after(() => {
    execFileSync('umount', ['--lazy', folder]);
    fs.rmdirSync(folder);
  });
  return folder;
}

/** Takes all the room that is left. */
function fill(folder: string): void {
  const fd = fs.openSync(path.join(folder, 'filler'), 'w');
  try {
    for (;;) fs.writeSync(fd, Buffer.alloc(4096));
  } catch {
    // Full.
  } finally {
    fs.closeSync(fd);
  }
}

const statusOf = async (url: string): Promise<number> => {
  const response = await fetch(url);
  await response.text();
  return response.status;
};

const printedEvents = (daemon: TestDaemon): unknown[] =>
  daemon
    .printed()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => (JSON.parse(line) as { event: unknown }).event);

const tasks = (folder: string): Record<string, object> => ({
  touch: { command: ['/bin/sh', '-c', `echo x >> ${folder}/ran`], cooldown: '0s', whenBusy: 'parallel' },
  sleep: { command: ['/bin/sh', '-c', `while [ -d ${folder} ] && [ ! -e ${folder}/gate ]; do sleep 0.05; done; exit 3`], cooldown: '0s' },
});

for (const [what, more] of [
  ['history and log', {}],
  ['history alone', { log: { file: 'elsewhere/log.txt' } }],
] as const) {
  test(`${what} on a full disk: strangers are served, nothing starts, one report, and it goes on once there is room`, async (t) => {
    const outside = createFolder(t);
    const folder = mountSmall(t);
    fs.symlinkSync(outside, path.join(folder, 'elsewhere'));
    const daemon = await startDaemon(t, { tasks: tasks(outside), folder, more, server: { rateLimit: { runs: 100_000 } } });
    const starts = (): number => daemon.history().filter(({ event }) => event === 'start').length;
    assert.equal(await statusOf(`${daemon.url('touch')}?wait=60`), 200);
    assert.equal(await statusOf(daemon.url('sleep')), 202);
    await until(() => daemon.history().length >= 3 || undefined, 'two starts and an end');

    fill(folder);
    const refusedBy = async (): Promise<void> => {
      for (let n = 0; n < 300; n++) {
        if ((await statusOf(daemon.url('touch'))) === 503) return;
      }
      assert.fail('The disk never became full');
    };
    await refusedBy();
    const [started, ran] = [starts(), (): number => fs.readFileSync(`${outside}/ran`, 'utf8').length / 2];
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => await statusOf(daemon.url('touch'))));
    assert.deepEqual([...new Set(statuses)], [503]);
    assert.equal(await statusOf(`${daemon.base}/`), 404);
    assert.equal(await statusOf(`${daemon.url('touch')}x`), 404);
    fs.writeFileSync(`${outside}/gate`, '');
    await until(() => daemon.printed().includes('failed with exit status 3') || undefined, 'the running one to end');
    assert.equal(starts(), started, 'nothing more is in the history, and each line of it can be read');
    await until(() => ran() === started - 1 || undefined, 'each that was accepted to have run');

    fs.rmSync(path.join(folder, 'filler'));
    assert.equal(await statusOf(`${daemon.url('touch')}?wait=60`), 200, 'without a restart');
    await until(
      () => daemon.history().some(({ outcome }) => (outcome as { exitCode?: number } | undefined)?.exitCode === 3) || undefined,
      'the end of the one that ran meanwhile',
      60_000,
    );
    assert.equal(starts(), started + 1);
    const reports = printedEvents(daemon).filter((event) => String(event).endsWith('writable'));
    const kinds = [...new Set(reports)];
    assert.ok(kinds.length >= 2 && reports.length <= 4, `reported: ${reports.join(', ')}`);
    assert.equal(await daemon.stop(), 0);
    for (const line of fs.readFileSync(path.join(folder, 'history.jsonl'), 'utf8').split('\n').slice(0, -1)) JSON.parse(line);
  });
}

test('on a read-only disk a daemon does not start, and says what it cannot write', async (t) => {
  const folder = mountSmall(t);
  execFileSync('mount', ['-o', 'remount,ro', folder]);
  await assert.rejects(
    startDaemon(t, { tasks: {}, more: { log: { file: `${folder}/log.txt` } } }),
    /ended with 1:\n.*Cannot write the log file .*\n.*folder that the daemon may write to/s,
  );
  await assert.rejects(
    startDaemon(t, { tasks: {}, more: { history: { file: `${folder}/history.jsonl` } } }),
    /ended with 1:\n.*Cannot create .*history\.jsonl\.lock \(EROFS\)\n.*folder that it may write to/s,
  );
});
