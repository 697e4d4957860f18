// What a reload means to runs under way: nothing.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { createFolder, keyOf, magicKey, until } from '../support/daemon.ts';
import { startReloadable, type Reloadable } from '../support/reload.ts';

/** Runs until the file `go` is in its folder, then ends with status 3. */
const waiting = (cwd: string): object => ({
  command: ['/bin/sh', '-c', 'until [ -e go ] || [ ! -d "$PWD" ]; do sleep 0.1; done; exit 3'],
  cwd,
  cooldown: '0s',
  whenBusy: 'parallel',
  stoppable: true,
});

/** Starts a run, and gives its id. */
async function startRun(daemon: Reloadable, id: string): Promise<string> {
  const response = await fetch(daemon.url(id), { headers: { accept: 'application/json' } });
  return ((await response.json()) as { run: string }).run;
}

const endOf = async (daemon: Reloadable, run: string): Promise<unknown> =>
  (
    await until(
      () => daemon.history().find((line) => line['event'] === 'end' && line['run'] === run),
      'the end of the run',
    )
  )['outcome'];

describe('a reload during runs', { concurrency: true }, () => {
  test('a task that is removed: its run goes on, can be looked at, and ends with its outcome in the history', async (t) => {
    const folder = createFolder(t);
    const daemon = await startReloadable(t, { folder, tasks: { a: waiting(folder), b: waiting(folder) } });
    const [a, b] = [await startRun(daemon, 'a'), await startRun(daemon, 'b')];
    const changes = await daemon.takes((config) => {
      const { a: renamed, ...rest } = config.tasks;
      config.tasks = { ...rest, c: { ...renamed } };
      delete config.tasks['b'];
    });
    assert.deepEqual(changes, ['added c', 'removed a, b']);
    assert.equal(await daemon.call(magicKey, keyOf('b')), 404);
    const look = async (run: string): Promise<unknown> =>
      (
        (await (
          await fetch(`${daemon.base}/runs/${run}`, { headers: { accept: 'application/json' } })
        ).json()) as { state: unknown }
      ).state;
    assert.deepEqual([await look(a), await look(b)], ['running', 'running']);
    const c = await startRun(daemon, 'a');
    assert.equal(
      (await fetch(`${daemon.base}/runs/${b}/stop`, { method: 'POST', redirect: 'manual' })).ok,
      true,
    );
    assert.deepEqual(await endOf(daemon, b), { kind: 'stopped', signal: 'SIGTERM' });
    fs.writeFileSync(path.join(folder, 'go'), '');
    assert.deepEqual(
      [await endOf(daemon, a), await endOf(daemon, c)],
      Array.from({ length: 2 }, () => ({ kind: 'failed', exitCode: 3 })),
    );
    const starts = daemon.history().filter(({ event }) => event === 'start');
    assert.deepEqual(
      starts.map(({ run, task }) => [run, task]),
      [
        [a, 'a'],
        [b, 'b'],
        [c, 'c'],
      ],
    );
  });

  test('a time-out given or taken away counts for later runs only', async (t) => {
    const folder = createFolder(t);
    const timed = { ...waiting(folder), timeout: '3s' };
    const daemon = await startReloadable(t, { folder, tasks: { without: waiting(folder), timed } });
    const [old, oldTimed] = [await startRun(daemon, 'without'), await startRun(daemon, 'timed')];
    await daemon.takes(({ tasks }) => {
      tasks['without'] = { ...tasks['without'], timeout: '200ms' };
      delete tasks['timed']?.['timeout'];
    });
    const [timedNow, withoutNow] = [await startRun(daemon, 'without'), await startRun(daemon, 'timed')];
    const timedOut = { kind: 'timed-out', signal: 'SIGTERM' };
    assert.deepEqual([await endOf(daemon, timedNow), await endOf(daemon, oldTimed)], [timedOut, timedOut]);
    const ended = daemon
      .history()
      .filter(({ event }) => event === 'end')
      .map(({ run }) => run);
    assert.deepEqual(new Set(ended), new Set([timedNow, oldTimed]));
    fs.writeFileSync(path.join(folder, 'go'), '');
    const failed = { kind: 'failed', exitCode: 3 };
    assert.deepEqual([await endOf(daemon, old), await endOf(daemon, withoutNow)], [failed, failed]);
  });
});
