// How long runs usually take: learnt from those that succeeded last, and from no others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createUsual, type Usual } from '../../src/runs/usual.ts';
import { toRecord, type PastRun } from '../support/past.ts';
import { createHouse, createTask, idOf, settle } from '../support/runs.ts';

const succeeded = { kind: 'succeeded', exitCode: 0 } as const;
const past = (...runs: Omit<PastRun, 'run'>[]): ReturnType<typeof toRecord>[] =>
  runs.map((run, n) => toRecord({ run: `run-${n}`, ...run }));
const took = (durationMs: number, parts: Omit<PastRun, 'run'> = {}): Omit<PastRun, 'run'> => ({
  outcome: succeeded,
  durationMs,
  ...parts,
});
const learn = (records: readonly ReturnType<typeof toRecord>[]): Usual => {
  const usual = createUsual();
  for (const record of records) usual.noteEarlier(record);
  return usual;
};

test('the usual duration is the median of the runs of a task that succeeded, from three on', () => {
  assert.equal(learn(past(took(10), took(20))).toMs('task'), undefined);
  assert.equal(learn(past(took(30), took(10), took(20))).toMs('task'), 20);
  assert.equal(learn(past(took(30), took(10), took(20), took(1000))).toMs('task'), 25);
  assert.equal(learn(past(took(10), took(20), took(30, { task: 'other' }))).toMs('task'), undefined);
  assert.equal(learn([]).toMs('__proto__'), undefined);
});

test('runs that failed, whose end is unknown, or that never began do not count; waiting counts for none', () => {
  const others = (['failed', 'timed-out', 'stopped', 'lost', 'unconfirmed'] as const).map((kind) =>
    took(5, { outcome: { kind } }),
  );
  assert.equal(
    learn(past(took(10), took(20), ...others, took(99, { isQueued: true }), { begun: true })).toMs('task'),
    undefined,
  );
  const waited = took(99, { isQueued: true, begun: true });
  assert.equal(learn(past(took(10), took(20), waited)).toMs('task'), 20);
});

test('only the last 20 runs count', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { minLength: 3, maxLength: 60 }), fc.nat(60), (durations, known) => {
      const usual = learn(past(...durations.slice(0, known).map((ms) => took(ms))));
      for (const ms of durations.slice(known)) usual.note('task', ms);
      const last = durations.slice(-20).sort((a, b) => a - b);
      const ms = usual.toMs('task') ?? -1;
      const below = last.filter((duration) => duration < ms).length;
      const above = last.filter((duration) => duration > ms).length;
      assert.ok(below <= last.length / 2 && above <= last.length / 2, `${ms} of ${last.join(' ')}`);
    }),
  );
});

test('a run says what is usual for its task, by the history and by the runs that ended since', async () => {
  const task = createTask();
  const { runs, executions, tick } = createHouse({ past: past(took(60_000), took(60_000)), tasks: [task] });
  const usualMs = (run: string): number | undefined => runs.find(Buffer.from(run))?.view().usualMs;
  const first = idOf(await runs.start(task, { address: '::1', label: undefined, idempotencyKey: undefined }));
  assert.equal(usualMs(first), undefined);
  tick(90_000);
  executions[0]?.();
  await settle();
  assert.deepEqual([usualMs(first), usualMs('run-0')], [60_000, 60_000]);
});
