// Several runs of one task of DSM at once: which is which, and what is reported where that is uncertain.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { until } from '../support/daemon.ts';
import { startFakeDsm, type FakeDsm } from '../support/fake-dsm/fake-dsm.ts';
import { createAccess, createTestClient } from '../support/web-api.ts';

const started = async (dsm: FakeDsm, times: number): Promise<void> =>
  void (await until(() => (dsm.starts().length >= times ? true : undefined), `start ${times}`));
const shown = async (dsm: FakeDsm): Promise<void> => {
  const before = dsm.calls.length;
  await until(() => (dsm.calls.length >= before + 4 ? true : undefined), 'more looks');
};

suite('runs together', { concurrency: true }, () => {
  for (const task of [7, 'camera'])
    test(`two runs of ${task} close together get each its own end, whichever comes first`, async (t) => {
      const dsm = await startFakeDsm(t, {
        scheduled: [{ id: 7, ms: 'held' }],
        triggered: [{ name: 'camera', ms: 'held' }],
      });
      const client = createTestClient(t, createAccess(dsm));
      const ended: string[] = [];
      const follow = async (name: string): Promise<void> => {
        const { kind, exitCode } = await client.run(task);
        ended.push(`${name} ${kind} ${exitCode}`);
      };
      const first = follow('first');
      await started(dsm, 1);
      const second = follow('second');
      await started(dsm, 2);
      await shown(dsm);
      // The first held one is ended: the first run.
      dsm.end(task, 3);
      await until(() => (ended.length === 1 ? true : undefined), 'an end');
      dsm.end(task, 0);
      await Promise.all([first, second]);
      assert.deepEqual(ended, ['first failed 3', 'second succeeded 0']);
    });

  test('five at once, one after the other in DSM, each with its own end', async (t) => {
    const dsm = await startFakeDsm(t, { scheduled: [{ id: 7, ms: 'held' }] });
    const client = createTestClient(t, createAccess(dsm));
    const runs = Array.from({ length: 5 }, async () => await client.run(7));
    await started(dsm, 5);
    for (let code = 1; code <= 5; code++) dsm.end(7, code);
    assert.deepEqual(
      (await Promise.all(runs)).map(({ exitCode }) => exitCode),
      [1, 2, 3, 4, 5],
    );
  });

  test('runs of the past, and of later, are not taken for this one', async (t) => {
    const dsm = await startFakeDsm(t, { scheduled: [{ id: 7, ms: 'held' }] });
    const client = createTestClient(t, createAccess(dsm));
    dsm.start(7);
    dsm.end(7, 9);
    dsm.start(7);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const run = client.run(7);
    await started(dsm, 3);
    dsm.end(7, 8);
    await new Promise((resolve) => setTimeout(resolve, 3200));
    dsm.start(7);
    dsm.end(7, 0);
    assert.deepEqual(await run, { kind: 'succeeded', exitCode: 0 });
  });

  test('two daemons with one account that start the same task at once: ends that agree are reported, others are not guessed', async (t) => {
    for (const [codes, expected] of [
      [[0, 0], 'succeeded'],
      [[0, 5], 'unconfirmed'],
    ] as const) {
      const dsm = await startFakeDsm(t, {
        scheduled: [{ id: 7, ms: 'held' }],
        settings: { historyDelayMs: 600 },
      });
      const clients = [createTestClient(t, createAccess(dsm)), createTestClient(t, createAccess(dsm))];
      const runs = clients.map(async (client) => await client.run(7));
      await started(dsm, 2);
      for (const code of codes) dsm.end(7, code);
      assert.deepEqual(
        (await Promise.all(runs)).map(({ kind }) => kind),
        [expected, expected],
      );
    }
  });

  test('a run that was started elsewhere a moment before, and that ended first, is not taken for ours', async (t) => {
    const dsm = await startFakeDsm(t, { scheduled: [{ id: 7, ms: 'held' }] });
    dsm.set({
      fault({ method }) {
        if (method !== 'run') return undefined;
        dsm.set({ historyDelayMs: 0 });
        dsm.start(7);
        dsm.end(7, 5);
        dsm.set({ historyDelayMs: 700 });
        return undefined;
      },
    });
    const run = createTestClient(t, createAccess(dsm)).run(7);
    await started(dsm, 2);
    dsm.end(7, 0);
    assert.equal((await run).kind, 'unconfirmed');
  });

  test('two daemons whose sessions end each other do not fight over them', async (t) => {
    const dsm = await startFakeDsm(t, {
      scheduled: [{ id: 7, ms: 'held' }],
      triggered: [{ name: 'camera', ms: 'held' }],
      settings: { isSingleSession: true },
    });
    const runs = [
      createTestClient(t, createAccess(dsm)).run(7),
      createTestClient(t, createAccess(dsm)).run('camera'),
    ];
    await started(dsm, 2);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    assert.ok(dsm.signIns.length <= 6, `${dsm.signIns.length} sign-ins`);
    dsm.end(7);
    dsm.end('camera');
    assert.deepEqual(
      (await Promise.all(runs)).map(({ kind }) => kind),
      ['succeeded', 'succeeded'],
    );
  });

  test('names reach DSM as they are', async (t) => {
    const names = [
      'plain',
      'a b+c&d=e%20?#',
      '"quoted" \'and\' `so`',
      '[A][B]',
      '{"a":1}',
      'two\nlines\r\n',
      '😀 ä 日本',
      '$(reboot); rm -rf / | x > y',
      '7',
      'true',
      'null',
      '-1.5e3',
      '\\u0041\\',
      '\t\u200f ',
      'x'.repeat(255),
    ];
    const dsm = await startFakeDsm(t, { triggered: names.map((name) => ({ name, output: name })) });
    const client = createTestClient(t, createAccess(dsm));
    const outcomes = await Promise.all(names.map(async (name) => await client.run(name)));
    assert.deepEqual(
      outcomes,
      names.map((name) => ({ kind: 'succeeded', exitCode: 0, printed: name })),
    );
    assert.deepEqual(new Set(dsm.starts().map(String)), new Set(names));
  });
});
