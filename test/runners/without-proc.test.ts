// A daemon that cannot read /proc: stops and time-outs work, and nothing throws.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { createFolder, startDaemon, until } from '../support/daemon.ts';
import { lives } from '../support/processes.ts';

const nodeArgs = ['--import', path.join(import.meta.dirname, '../support/without-proc.ts')];

for (const code of ['ENOENT', 'EACCES', 'EMFILE']) {
  test(`where /proc fails with ${code}, runs end, time out and are stopped with their groups, and the daemon ends in order`, async (t) => {
    const folder = createFolder(t);
    const lasting = ['/bin/sh', '-c', 'sleep 60 & echo $!; wait'];
    const daemon = await startDaemon(t, {
      nodeArgs,
      env: { NO_PROC: code },
      server: { stopGrace: '50ms' },
      tasks: {
        quick: { command: ['/bin/sh', '-c', 'echo x'], output: 'all' },
        late: { command: lasting, timeout: '300ms', output: 'all' },
        stopped: { command: lasting, stoppable: true, output: 'all' },
        left: { command: ['/bin/sh', '-c', 'while [ -e $PWD ]; do sleep 0.1; done'], cwd: folder },
      },
    });
    const call = async (url: string, method = 'GET'): Promise<Record<string, unknown>> => {
      const response = await fetch(url, { method, headers: { accept: 'application/json' } });
      return (await response.json()) as Record<string, unknown>;
    };
    const quick = await call(`${daemon.url('quick')}?wait=60`);
    assert.deepEqual([quick['state'], quick['output']], ['succeeded', 'x\n']);
    const late = await call(`${daemon.url('late')}?wait=60`);
    assert.deepEqual([late['state'], lives(Number(late['output']))], ['timed-out', false]);
    const { run } = await call(daemon.url('stopped'));
    const page = `${daemon.base}/runs/${String(run)}`;
    const child = await until(
      async () => Number((await call(page))['output']) || undefined,
      'the id of the child',
    );
    await fetch(`${page}/stop`, { method: 'POST' });
    const stopped = await call(`${page}?wait=60`);
    assert.deepEqual([stopped['state'], lives(child)], ['stopped', false]);
    await call(daemon.url('left'));
    assert.equal(await daemon.stop(), 0);
    assert.deepEqual(daemon.log().filter(({ event }) => event === 'run-left').length, 1);
  });
}
