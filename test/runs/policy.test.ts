// The policies of a task as a table: what a call gets, and why a run that has waited must not begin.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReasonCode } from '../../src/reasons/reason.ts';
import { decide, findHindrance, type Decision, type Facts } from '../../src/runs/policy.ts';
import { createTask } from '../support/runs.ts';

const same = { id: 'same' };
const running = { id: 'running' };
const last = { id: 'last' };
type Run = { readonly id: string };

const open = { untilHoursSeconds: 0, untilAllowedSeconds: 0 };
const idle: Facts<Run> = {
  ...open,
  same: undefined,
  running: undefined,
  last: undefined,
  isQueueFull: false,
};
const busy: Facts<Run> = { ...idle, running, last: { run: running, agoMs: 5000 } };
const justStarted: Facts<Run> = { ...busy, last: { run: last, agoMs: 1999 } };
const justEnded: Facts<Run> = { ...idle, last: { run: last, agoMs: 1999 } };
const tooLate: Partial<Facts<Run>> = { untilHoursSeconds: 60, untilAllowedSeconds: 70 };
const notNow = (code: 'hours' | 'max-per-day', retryAfterSeconds: number): Decision<Run> => ({
  kind: 'not-now',
  why: code === 'hours' ? { code, hours: [], retryAfterSeconds } : { code, retryAfterSeconds },
});

const policies = ['join', 'parallel', 'queue', 'reject'] as const;

test('what a call gets by each policy', () => {
  const start: Decision<Run> = { kind: 'start' };
  const joined = (run: Run): Decision<Run> => ({ kind: 'joined', run });
  const table: [string, Facts<Run>, Record<(typeof policies)[number], Decision<Run>>][] = [
    ['nothing runs', idle, { join: start, parallel: start, queue: start, reject: start }],
    [
      'an earlier run ended long ago',
      { ...idle, last: { run: last, agoMs: 2000 } },
      { join: start, parallel: start, queue: start, reject: start },
    ],
    [
      'an earlier run was started just now, and has ended',
      justEnded,
      { join: joined(last), parallel: joined(last), queue: joined(last), reject: joined(last) },
    ],
    [
      'one is running',
      busy,
      {
        join: joined(running),
        parallel: start,
        queue: { kind: 'queue' },
        reject: { kind: 'busy', run: running },
      },
    ],
    [
      'one is running, another was accepted just now',
      justStarted,
      {
        join: joined(last),
        parallel: joined(last),
        queue: joined(last),
        reject: { kind: 'busy', run: running },
      },
    ],
    [
      'one is running, and the queue is full',
      { ...busy, isQueueFull: true },
      {
        join: joined(running),
        parallel: start,
        queue: { kind: 'full', run: running },
        reject: { kind: 'busy', run: running },
      },
    ],
    [
      'the same call came before, whatever else is known',
      { ...justStarted, ...tooLate, isQueueFull: true, same },
      { join: joined(same), parallel: joined(same), queue: joined(same), reject: joined(same) },
    ],
    [
      'nothing runs, at a wrong hour',
      { ...idle, ...tooLate },
      {
        join: notNow('hours', 60),
        parallel: notNow('hours', 60),
        queue: notNow('hours', 60),
        reject: notNow('hours', 60),
      },
    ],
    [
      'one is running, and no more may be started today',
      { ...busy, untilAllowedSeconds: 70 },
      {
        join: joined(running),
        parallel: notNow('max-per-day', 70),
        queue: notNow('max-per-day', 70),
        reject: { kind: 'busy', run: running },
      },
    ],
  ];
  for (const [what, facts, expected] of table)
    for (const whenBusy of policies)
      assert.deepEqual(
        decide({ whenBusy, cooldownMs: 2000, hours: undefined }, {}, facts),
        expected[whenBusy],
        `${what}, ${whenBusy}`,
      );
});

test('a full queue points to the last run, and the cooldown to none that is tried again', () => {
  const full: Facts<Run> = { ...justStarted, isQueueFull: true };
  assert.deepEqual(decide({ whenBusy: 'queue', cooldownMs: 0, hours: undefined }, {}, full), {
    kind: 'full',
    run: last,
  });
  const task = { whenBusy: 'join', cooldownMs: 2000, hours: undefined } as const;
  assert.deepEqual(decide(task, { again: 'last' }, justEnded), { kind: 'start' });
  assert.deepEqual(decide(task, { again: 'another' }, justEnded), { kind: 'joined', run: last });
});

test('why a run that has waited must not begin', () => {
  const accepted = createTask();
  const changed = createTask({
    runner: { kind: 'command', command: { argv: ['/bin/false'], cwd: '/', env: {}, user: undefined } },
  });
  const may = { ...open, mayStart: true };
  const table: [
    Parameters<typeof findHindrance>[1],
    Parameters<typeof findHindrance>[2],
    ReasonCode | undefined,
  ][] = [
    [createTask({ name: 'Renamed', maxPerDay: 3 }), may, undefined],
    [undefined, may, 'task-removed'],
    [createTask({ isEnabled: false }), may, 'task-disabled'],
    [changed, may, 'task-changed'],
    [accepted, { ...may, mayStart: false }, 'caller-no-longer-allowed'],
    [accepted, { ...may, untilHoursSeconds: 1 }, 'hours-over'],
    [accepted, { ...may, untilAllowedSeconds: 1 }, 'max-per-day'],
  ];
  for (const [task, facts, expected] of table) {
    const hindrance = findHindrance(accepted, task, facts);
    assert.equal(hindrance?.code, expected);
  }
});
