// What is written down of a run in DSM, and when; and how one that an earlier daemon has started is followed on.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { DsmTrace } from '../../src/history/records.ts';
import type { Outcome } from '../../src/outcome.ts';
import { createDsmRunner, type DsmRunner } from '../../src/runners/dsm.ts';
import { withoutCode } from '../support/outcome.ts';
import { until } from '../support/daemon.ts';
import { startFakeDsm, type FakeDsm, type FakeDsmOptions } from '../support/fake-dsm/fake-dsm.ts';
import { createDsmIo } from '../support/run-in-dsm.ts';
import { createAccess, createTestClient } from '../support/web-api.ts';

type T = Parameters<typeof startFakeDsm>[0];

const forever = new AbortController().signal;
const camera = { kind: 'triggered', name: 'camera' } as const;
const hour = 3_600_000;
const cutOff =
  'The daemon was cut off while it asked DSM to start the task: whether it was started is not known.';

async function createNas(
  t: T,
  options: FakeDsmOptions = {},
  followMs = 1500,
): Promise<{ dsm: FakeDsm; runner: DsmRunner }> {
  const dsm = await startFakeDsm(t, { triggered: [{ name: 'camera', ms: 'held' }], ...options });
  const { client } = createTestClient(t, createAccess(dsm));
  return { dsm, runner: createDsmRunner(client, { followMs, versions: {}, tellUnclear: () => {} }) };
}

const starts = ({ calls }: FakeDsm): number => calls.filter(({ method }) => method === 'run').length;

suite('what is written down of a run in DSM', { concurrency: true }, () => {
  test('before DSM is asked: what was there; then that DSM took the start; then the key', async (t) => {
    // What was there before has to show at once: the first look may come within milliseconds.
    const { dsm, runner } = await createNas(t, { settings: { historyDelayMs: 0 } });
    dsm.start('camera');
    dsm.end('camera', 9);
    const notes: [trace: DsmTrace, starts: number][] = [];
    const { ended } = runner.start(camera, {
      ...createDsmIo(forever),
      note: async (trace) => {
        // Long enough for a start to be made that does not wait.
        await new Promise((resolve) => setTimeout(resolve, 200));
        notes.push([trace, starts(dsm)]);
        return true;
      },
    });
    await until(() => (notes.length === 3 ? true : undefined), 'the notes');
    dsm.end('camera', 0);
    assert.deepEqual(await ended, { kind: 'succeeded', exitCode: 0 });
    const { local, ...before } = notes[0]?.[0].before ?? assert.fail();
    assert.equal(typeof local, 'number');
    assert.deepEqual(before, { order: 100, keys: ['100'], state: { running: [], lastEnd: 'by_signal 9' } });
    for (const [trace] of notes) delete (trace.before as { local?: number }).local;
    assert.deepEqual(notes, [
      [{ before }, 0],
      [{ before, isAccepted: true }, 1],
      [{ before, isAccepted: true, key: '101' }, 1],
    ]);
  });

  test('what cannot be written down is not started', async (t) => {
    const { dsm, runner } = await createNas(t);
    const { ended } = runner.start(camera, { ...createDsmIo(forever), note: () => Promise.resolve(false) });
    assert.deepEqual(withoutCode(await ended), {
      kind: 'failed',
      reason: 'It could not be written down, and was not started.',
    });
    assert.equal(starts(dsm), 0);
  });

  test('where DSM keeps no history there is nothing to write down', async (t) => {
    const { dsm, runner } = await createNas(t, {
      profile: 6,
      scheduled: [{ id: 7 }],
      settings: { without: ['view'] },
    });
    const note = (): never => assert.fail('a note');
    const { ended } = runner.start({ kind: 'scheduled', id: 7 }, { ...createDsmIo(forever), note });
    assert.equal((await ended).kind, 'unconfirmed');
    assert.equal(starts(dsm), 1);
  });
});

suite('a run in DSM that is followed on', { concurrency: true }, () => {
  const before = { order: 100, keys: ['100'] };
  const resume = async (runner: DsmRunner, trace: Partial<DsmTrace>, agoMs = hour): Promise<Outcome> =>
    withoutCode(
      await runner.resume(camera, { trace: { before, ...trace }, agoMs }, createDsmIo(forever)).ended,
    );
  /** A history with runs 100, which was there before, 101 and 102. */
  const fill = (dsm: FakeDsm): void => {
    for (const exitCode of [9, 1, 2]) {
      dsm.start('camera');
      dsm.end('camera', exitCode);
    }
  };
  const failed = (exitCode: number): Outcome => ({ kind: 'failed', exitCode });

  test('is recognised by its key, else as the first new run that no other run has claimed', async (t) => {
    const { dsm, runner } = await createNas(t, { settings: { historyDelayMs: 0 } });
    dsm.start('camera');
    dsm.end('camera', 9);
    await new Promise((resolve) => setTimeout(resolve, 3200));
    dsm.start('camera');
    dsm.end('camera', 1);
    await new Promise((resolve) => setTimeout(resolve, 3200));
    dsm.start('camera');
    dsm.end('camera', 2);
    assert.deepEqual(await resume(runner, { isAccepted: true, key: '102' }), failed(2));
    assert.deepEqual(await resume(runner, { isAccepted: true, key: '101' }), failed(1));
    const next = await createNas(t, { settings: { historyDelayMs: 0 } });
    fill(next.dsm);
    const others = { order: 100, keys: ['100', '101'] };
    assert.deepEqual(await resume(next.runner, { isAccepted: true, before: others }), failed(2));
    assert.deepEqual([starts(dsm), starts(next.dsm)], [0, 0]);
  });

  test('is never taken for another one: not seen is not known', async (t) => {
    const { dsm, runner } = await createNas(t);
    const unseen = {
      kind: 'unconfirmed',
      reason: 'DSM took the start, but its history shows no run of the task in time.',
    };
    assert.deepEqual(await resume(runner, { isAccepted: true }), unseen);
    fill(dsm);
    const calls = dsm.calls.length;
    assert.deepEqual(await resume(runner, {}), { kind: 'unconfirmed', reason: cutOff });
    assert.equal(dsm.calls.length, calls, 'what any newer run could be is not even asked');
    const gone = {
      kind: 'unconfirmed',
      reason: 'DSM started the task, but its history no longer shows that run.',
    };
    assert.deepEqual(await resume(runner, { isAccepted: true, key: '99' }), gone);
    assert.equal(starts(dsm), 0);
  });

  test('is looked for as long as without the restart, if it is unknown whether DSM took the start', async (t) => {
    const { dsm, runner } = await createNas(t);
    const [notSeen, seen] = [resume(runner, { before: { keys: [] } }, 0), await createNas(t, {}, 30_000)];
    assert.deepEqual(await notSeen, { kind: 'unconfirmed', reason: cutOff });
    const found = resume(seen.runner, { before: { keys: [] } }, 0);
    await until(
      () => (seen.dsm.calls.some(({ method }) => method === 'result_list') ? true : undefined),
      'the first look',
    );
    seen.dsm.start('camera');
    seen.dsm.end('camera', 4);
    assert.deepEqual(await found, failed(4));
    assert.deepEqual([starts(dsm), starts(seen.dsm)], [0, 0]);
  });

  test('is left again, without an end, when the daemon is stopped again', async (t) => {
    const { dsm, runner } = await createNas(t);
    dsm.start('camera');
    dsm.start('camera');
    let hasEnded = false;
    void resume(runner, { isAccepted: true, key: '101' }).then(() => (hasEnded = true));
    await until(
      () => (dsm.calls.filter(({ method }) => method === 'result_list').length >= 2 ? true : undefined),
      'looks',
    );
    await runner.close();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(hasEnded, false);
  });
});
