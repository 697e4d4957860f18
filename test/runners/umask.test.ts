// What files are open for: those of programs as everywhere, those of the daemon to its owner only, whatever it was started with.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createFolder, startDaemon } from '../support/daemon.ts';
import { withoutPipes } from '../support/pipes.ts';
import { runScript } from '../support/run-command.ts';

const modeOf = (file: string): string => (fs.statSync(file).mode & 0o777).toString(8);

test('programs get 022, or the umask of their task, and the daemon keeps its own', async (t) => {
  const before = process.umask(0o077);
  t.after(() => process.umask(before));
  for (const pipes of [undefined, withoutPipes]) {
    for (const [umask, printed] of [
      [undefined, '0022\n'],
      [0o077, '0077\n'],
      [0o002, '0002\n'],
      [0, '0000\n'],
    ] as const) {
      const run = runScript('umask', { umask, ...(pipes === undefined ? {} : { pipes }) });
      assert.equal(process.umask(), 0o077);
      await run.ended;
      assert.equal(run.printed(), printed);
    }
  }
  await runScript('', { cwd: '/no/such/folder' }).ended;
  assert.equal(process.umask(), 0o077, 'also after a start that failed');
});

for (const own of [0o077, 0o000]) {
  test(`a daemon that was started with the umask ${own.toString(8).padStart(3, '0')} gives its tasks theirs, and keeps its own files to itself`, async (t) => {
    const folder = createFolder(t);
    const command = ['/bin/sh', '-c', 'echo > file; mkdir folder; echo x'];
    const place = (name: string): string => {
      fs.mkdirSync(path.join(folder, name), { mode: 0o755 });
      return path.join(folder, name);
    };
    const tasks = {
      usual: { command, cwd: place('usual') },
      'usual-shown': { command, cwd: place('usual-shown'), output: 'all' },
      private: { command, cwd: place('private'), umask: '0077', output: 'all' },
      group: { command, cwd: place('group'), umask: '002' },
    };
    const before = process.umask(own);
    const daemon = await startDaemon(t, { folder, tasks }).finally(() => process.umask(before));
    const modes: Record<string, string[]> = {};
    for (const id of Object.keys(tasks)) {
      assert.equal((await fetch(`${daemon.url(id)}?wait=60`)).status, 200);
      modes[id] = ['file', 'folder'].map((name) => modeOf(path.join(folder, id, name)));
    }
    assert.deepEqual(modes, {
      usual: ['644', '755'],
      'usual-shown': ['644', '755'],
      private: ['600', '700'],
      group: ['664', '775'],
    });
    const files = fs.readdirSync(folder).filter((name) => fs.statSync(path.join(folder, name)).isFile());
    assert.ok(files.length >= 3, files.join());
    for (const name of files) assert.equal(modeOf(path.join(folder, name)), '600', name);
  });
}
