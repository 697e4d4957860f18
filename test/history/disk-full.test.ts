// A full disk under a running daemon, and a read-only one.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { createFolder, startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { needsMounts } from '../support/needs.ts';

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

/**
 * What was reported of the history, the log or the attempts: `no ` for each time that they could not be written, `yes `
 * for each that they could again. A short line may still find room where a longer one did not: a few of each are right.
 */
const reportsOf = (daemon: TestDaemon, kind: string): string =>
  [...daemon.printed().matchAll(/"event":"(\w+)-(un)?writable"/g)]
    .filter(([, name]) => name === kind)
    .map(([, , un]) => (un === undefined ? 'yes ' : 'no '))
    .join('');

const tasks = (folder: string): Record<string, object> => ({
  touch: { command: ['/bin/sh', '-c', `echo x >> ${folder}/ran`], cooldown: '0s', whenBusy: 'parallel' },
  sleep: {
    command: [
      '/bin/sh',
      '-c',
      `while [ -d ${folder} ] && [ ! -e ${folder}/gate ]; do sleep 0.05; done; exit 3`,
    ],
    cooldown: '0s',
  },
});

for (const [what, more] of [
  ['history and log', {}],
  ['history alone', { log: { file: 'elsewhere/log.txt' } }],
] as const) {
  test(
    `${what} on a full disk: strangers are served, nothing starts, a few reports, and it goes on once there is room`,
    { skip: needsMounts },
    async (t) => {
      const outside = createFolder(t);
      const folder = mountSmall(t);
      fs.symlinkSync(outside, path.join(folder, 'elsewhere'));
      const daemon = await startDaemon(t, {
        tasks: tasks(outside),
        folder,
        more,
        server: { rateLimit: { runs: 100_000 } },
      });
      const starts = (): number => daemon.history().filter(({ event }) => event === 'start').length;
      assert.equal(await statusOf(`${daemon.url('touch')}?wait=60`), 200);
      assert.equal(await statusOf(daemon.url('sleep')), 202);
      const hasBegun = ({ event, process }: Record<string, unknown>): boolean =>
        event === 'begin' && process !== undefined;
      await until(
        () => daemon.history().some(({ event }) => event === 'end') || undefined,
        'the end of the first',
      );
      await until(() => daemon.history().findLast(hasBegun), 'the process of the second');

      fill(folder);
      const refusedBy = async (): Promise<void> => {
        for (let n = 0; n < 300; n++) {
          if ((await statusOf(daemon.url('touch'))) === 503) return;
        }
        assert.fail('The disk never became full');
      };
      await refusedBy();
      const [started, ran] = [starts(), (): number => fs.readFileSync(`${outside}/ran`, 'utf8').length / 2];
      const statuses = await Promise.all(
        Array.from({ length: 20 }, async () => await statusOf(daemon.url('touch'))),
      );
      assert.deepEqual([...new Set(statuses)], [503]);
      const json = await fetch(daemon.url('touch'), { headers: { accept: 'application/json' } });
      assert.equal(((await json.json()) as Record<string, unknown>)['code'], 'could-not-record');
      assert.equal(await statusOf(`${daemon.base}/`), 404);
      assert.equal(await statusOf(`${daemon.url('touch')}x`), 404);
      fs.writeFileSync(`${outside}/gate`, '');
      await until(
        () => daemon.printed().includes('failed with exit status 3') || undefined,
        'the running one to end',
      );
      assert.equal(starts(), started, 'nothing more is in the history, and each line of it can be read');
      await until(() => ran() === started - 1 || undefined, 'each that was accepted to have run');

      fs.rmSync(path.join(folder, 'filler'));
      assert.equal(await statusOf(`${daemon.url('touch')}?wait=60`), 200, 'without a restart');
      await until(
        () =>
          daemon
            .history()
            .some(({ outcome }) => (outcome as { exitCode?: number } | undefined)?.exitCode === 3) ||
          undefined,
        'the end of the one that ran meanwhile',
      );
      assert.equal(starts(), started + 1);
      for (const kind of ['history', 'log'])
        assert.match(reportsOf(daemon, kind), /^(?:no yes ){0,3}$/, kind);
      assert.match(reportsOf(daemon, 'attempts'), /^(?:no yes ){0,3}(?:no )?$/);
      assert.notEqual(
        reportsOf(daemon, 'history') + reportsOf(daemon, 'log'),
        '',
        'what could not be written is reported',
      );
      assert.equal(await daemon.stop(), 0);
      for (const line of fs.readFileSync(path.join(folder, 'history.jsonl'), 'utf8').split('\n').slice(0, -1))
        JSON.parse(line);
    },
  );
}

test(
  'on a read-only disk a daemon does not start, and names what it cannot write',
  { skip: needsMounts },
  async (t) => {
    const folder = mountSmall(t);
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    await assert.rejects(
      startDaemon(t, { tasks: {}, more: { log: { file: `${folder}/log.txt` } } }),
      /ended with 1:\n.*Cannot write the log file .*\n.*folder that the daemon may write to/s,
    );
    await assert.rejects(
      startDaemon(t, { tasks: {}, more: { history: { file: `${folder}/history.jsonl` } } }),
      /ended with 1:\n.*Cannot create .*history\.jsonl\.lock \(EROFS\) \[history-unusable\]\n.*folder that it may write to/s,
    );
  },
);
