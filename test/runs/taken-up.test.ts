// Runs that an earlier daemon left: looked after where their very process lives, else remembered or lost.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { test } from 'node:test';
import type { DsmTrace, RunBegin } from '../../src/history/records.ts';
import type { Outcome } from '../../src/outcome.ts';
import { findByEnvironment, isAlive, loadAgeMs, loadIdentity } from '../../src/processes/process-identity.ts';
import type { Execution, RunIo } from '../../src/runners/execution.ts';
import { takeUp, type TakingUp } from '../../src/runs/taken-up.ts';
import { createUsual } from '../../src/runs/usual.ts';
import { until } from '../support/daemon.ts';
import { createTestLogger } from '../support/logger.ts';
import { createPast, toRecord, type PastRun } from '../support/past.ts';
import { readProc, startSleeper } from '../support/processes.ts';
import { adoptWithoutPipe } from '../support/pipes.ts';
import { createRestoredHouse, createTask } from '../support/runs.ts';
import { withoutCode } from '../support/outcome.ts';
import { createTestWorker } from '../support/worker.ts';

const caller = { address: '192.0.2.7', label: undefined, idempotencyKey: undefined };
const wallMs = Date.UTC(2026, 0, 1);
const clock = { nowMs: () => 5000, wallMs: () => wallMs };
const run = 'a-run-of-the-past-....';
const { logger } = createTestLogger();
const createTakingUp = (): TakingUp => ({
  history: { runs: createPast([], clock), record: () => assert.fail('nothing is written down') },
  worker: createTestWorker({ findTask: () => createTask(), adopt: adoptWithoutPipe, logger }),
  findTask: () => createTask(),
  usual: createUsual(),
  clock,
});

const toDsm = (trace: Partial<DsmTrace>, id = 7): NonNullable<RunBegin['dsm']> => ({
  nas: '',
  task: { kind: 'scheduled', id },
  trace: { before: { order: 5, keys: ['five'] }, ...trace },
});

test('a run goes on only if its very process lives; else it was not started, or its end is not known', async (t) => {
  const sleeper = await startSleeper(t);
  const zombie = spawn('/bin/true', { stdio: 'ignore' });
  const zombieIdentity = loadIdentity(zombie.pid ?? 0);
  await once(zombie, 'exit');
  const waited = 'The daemon was cut off before it was its turn; it was not started.';
  const cases: [string, Omit<PastRun, 'run'>, Outcome | 'adopted'][] = [
    ['never begun', {}, { kind: 'lost' }],
    ['begun without a process', { begun: true }, { kind: 'lost' }],
    ['still in the queue', { isQueued: true }, { kind: 'failed', reason: waited }],
    ['out of the queue, perhaps begun', { isQueued: true, begun: true }, { kind: 'lost' }],
    ['no such process', { begun: zombieIdentity ?? true }, { kind: 'lost' }],
    [
      'same id, other start',
      { begun: { ...sleeper, startTicks: `${Number(sleeper.startTicks) - 1}` } },
      { kind: 'lost' },
    ],
    ['same id and start, other boot', { begun: { ...sleeper, bootId: 'another' } }, { kind: 'lost' }],
    ['a living process', { begun: sleeper }, 'adopted'],
    ['a living process, of a run that waited', { begun: sleeper, isQueued: true }, 'adopted'],
  ];
  for (const [what, past, expected] of cases) {
    const taken = await takeUp(toRecord({ run, ...past }), createTakingUp());
    if (taken.kind === 'adopted')
      assert.deepEqual([expected, taken.pid, taken.run.id], ['adopted', sleeper.pid, run], what);
    else assert.deepEqual(withoutCode(taken.outcome), expected, what);
  }
});

test('a run whose end was written down is shown as it ended, and nothing of it is news', async () => {
  const outcome = { kind: 'failed', exitCode: 3 } as const;
  const { runs, ends, news } = await createRestoredHouse({ past: [toRecord({ run, begun: true, outcome })] });
  const views = [runs.find(Buffer.from(run))?.view(), runs.last('task')];
  assert.deepEqual(
    views.map((view) => [view?.run, view?.outcome, view?.state, view?.isStoppable]),
    views.map(() => [run, outcome, 'ended', false]),
  );
  assert.deepEqual([ends, news, runs.live()], [[], [], []]);
});

test('a run whose process was not written down any more is found by the run id in its environment', async (t) => {
  const leader = spawn('/bin/sleep', ['60'], {
    detached: true,
    stdio: 'ignore',
    env: { REMOTETASK_RUN: `${run}2` },
  });
  t.after(async () => {
    leader.kill('SIGKILL');
    await once(leader, 'exit');
  });
  await until(
    () => (findByEnvironment(`REMOTETASK_RUN=${run}2`).length > 0 ? true : undefined),
    'the process to be there',
  );
  const taken = await takeUp(toRecord({ run: `${run}2` }), createTakingUp());
  assert.ok(taken.kind === 'adopted');
  assert.equal(taken.pid, leader.pid);
});

test('how long a run has gone on is told by its process, however the clock for people was set', async (t) => {
  const sleeper = await startSleeper(t);
  const day = 86_400_000;
  for (const at of [wallMs - day, wallMs, wallMs + day]) {
    const taken = await takeUp(toRecord({ run, at, begun: sleeper }), createTakingUp());
    assert.ok(taken.kind === 'adopted');
    const elapsedMs = taken.run.elapsedMs() ?? -1;
    assert.ok(elapsedMs >= 0 && elapsedMs <= loadAgeMs(sleeper) + 20, `${elapsedMs} ms`);
    assert.equal(taken.run.view().acceptedAt, new Date(at).toISOString());
  }
  // A process is a little older than the clock of its Node, how much depends on how busy the machine is.
  const olderMs = loadAgeMs(loadIdentity(process.pid) ?? sleeper) - performance.now();
  assert.ok(olderMs > -20 && olderMs < 30_000, `${olderMs} ms`);
  assert.ok(loadAgeMs(loadIdentity(1) ?? sleeper) > performance.now());
});

test(
  'the time-out of a run counts from its beginning, not from when it was taken up or accepted',
  { timeout: 120_000 },
  async () => {
    const hour = 3_600_000;
    const stoppedAfterBegin = async (begunAgoMs: number): Promise<boolean> => {
      const task = createTask({ timeoutMs: hour });
      const resume = (_run: unknown, { stop }: RunIo): Execution => ({
        process: undefined,
        ended: new Promise((resolve) => {
          stop.addEventListener('abort', () => resolve({ kind: 'lost' }));
          setTimeout(() => resolve({ kind: 'succeeded' }), 100);
        }),
      });
      const taken = await takeUp(toRecord({ run, at: wallMs - begunAgoMs, dsm: toDsm({ key: 'six' }) }), {
        ...createTakingUp(),
        worker: createTestWorker({ findTask: () => task, resume, logger }),
      });
      assert.ok(taken.kind === 'adopted');
      await taken.run.begin();
      return (await taken.run.ended).kind === 'timed-out';
    };
    assert.deepEqual(await Promise.all([stoppedAfterBegin(hour), stoppedAfterBegin(1000)]), [true, false]);
  },
);

test('a run that goes on is joined, and lost when it has ended', async (t) => {
  const sleeper = await startSleeper(t);
  const task = createTask({ isStoppable: true });
  const { runs, ends, log, executions, news } = await createRestoredHouse({
    past: [toRecord({ run, begun: sleeper })],
    tasks: [task],
  });
  assert.deepEqual(
    log.map(({ event, pid }) => [event, pid]),
    [['run-adopted', sleeper.pid]],
  );
  const joined = await runs.start(task, caller);
  assert.ok(joined.kind === 'joined');
  assert.deepEqual(
    [joined.run.id, joined.run.state(), joined.run.view().isStoppable, executions.length],
    [run, 'running', true, 0],
  );
  assert.equal(runs.live().length, 1);
  process.kill(sleeper.pid, 'SIGTERM');
  const end = await until(() => ends[0], 'the end to be noticed');
  const reason = 'It kept running while the daemon restarted, so its exit status is unknown.';
  assert.deepEqual([end.run, withoutCode(end.outcome)], [run, { kind: 'lost', reason }]);
  assert.deepEqual(
    news.map(({ what, view }) => [what, view.outcome?.kind]),
    [['ended', 'lost']],
  );
  assert.equal((await runs.start(task, caller)).kind, 'started');
});

test(
  'a run that goes on is stopped with its group, also one that ignores TERM, and in its time',
  { timeout: 180_000 },
  async (t) => {
    for (const [script, more, kind] of [
      ['exec sleep 60', {}, 'stopped'],
      ['trap "" TERM; while :; do sleep 1; done', { graceMs: 100 }, 'stopped'],
      ['exec sleep 60', { timeoutMs: 1 }, 'timed-out'],
    ] as const) {
      const sleeper = await startSleeper(t, script);
      const { runs, ends } = await createRestoredHouse({
        past: [toRecord({ run, begun: sleeper })],
        tasks: [createTask(more)],
      });
      if (kind === 'stopped') assert.equal(runs.stop(run.slice(0, 8))?.view().run, run);
      const end = await until(() => ends[0], 'the run to end');
      assert.equal(end.outcome.kind, kind);
      assert.equal(isAlive(sleeper), false);
    }
  },
);

test('a run that goes on is not lost while /proc cannot be read, and a stop reaches it once it can', async (t) => {
  for (const code of ['EMFILE', 'EACCES', 'ENOENT']) {
    const sleeper = await startSleeper(t);
    const { runs, ends } = await createRestoredHouse({ past: [toRecord({ run, begun: sleeper })] });
    const { readFileSync } = fs;
    let looks = 0;
    t.mock.method(fs, 'readFileSync', (...args: Parameters<typeof readFileSync>) => {
      if (!String(args[0]).startsWith('/proc/')) return readFileSync(...args);
      looks++;
      throw Object.assign(new Error(code), { code });
    });
    runs.stop(run);
    await until(() => looks > 5 || undefined, 'some looks at it');
    assert.equal(ends.length, 0);
    t.mock.restoreAll();
    assert.equal(isAlive(sleeper), true, 'it could have been another process');
    const end = await until(() => ends[0], 'the run to end');
    assert.equal(end.outcome.kind, 'stopped');
    assert.equal(isAlive(sleeper), false);
  }
});

test('what the stop of a run that was taken up did not reach is named', async (t) => {
  const sleeper = await startSleeper(t, `export REMOTETASK_RUN='${run}'; setsid sleep 60 & exec sleep 60`);
  const escaped = await until(() => {
    const others = findByEnvironment(`REMOTETASK_RUN=${run}`).filter((pid) => pid !== sleeper.pid);
    return others.find((pid) => readProc(`${pid}/comm`) === 'sleep\n');
  }, 'the one that leaves the group');
  t.after(() => process.kill(escaped, 'SIGKILL'));
  const { runs, ends } = await createRestoredHouse({ past: [toRecord({ run, begun: sleeper })] });
  runs.stop(run);
  const { outcome } = await until(() => ends[0], 'the run to end');
  assert.deepEqual(withoutCode(outcome), {
    kind: 'stopped',
    reason: `Processes that made themselves independent go on: ${escaped}.`,
  });
  process.kill(escaped, 0);
});

test('a run of a task that is gone is looked after under its old name, and can still be stopped', async (t) => {
  const sleeper = await startSleeper(t);
  const { runs, ends } = await createRestoredHouse({
    past: [toRecord({ run, name: 'Of old', begun: sleeper })],
  });
  const view = runs.find(Buffer.from(run))?.view();
  assert.deepEqual(
    [view?.name, view?.state, view?.isStoppable, view?.output],
    ['Of old', 'running', false, undefined],
  );
  runs.stop(run);
  assert.equal((await until(() => ends[0], 'the run to end')).outcome.kind, 'stopped');
});

test('what a new run waits behind may have been started by another daemon', async (t) => {
  const sleeper = await startSleeper(t);
  const task = createTask({ whenBusy: 'queue' });
  const { runs, executions } = await createRestoredHouse({
    past: [toRecord({ run, begun: sleeper })],
    tasks: [task],
  });
  assert.deepEqual([(await runs.start(task, caller)).kind, executions.length], ['queued', 0]);
  runs.stop(run);
  await until(() => executions[0], 'the queued run to begin');
});

test('a process that was given the id of a lost run is never signalled', async (t) => {
  const foreign = await startSleeper(t);
  const past = [
    toRecord({ run: 'other-start', begun: { ...foreign, startTicks: `${Number(foreign.startTicks) + 1}` } }),
    toRecord({ run: 'other-boot', begun: { ...foreign, bootId: '00000000-0000-0000-0000-000000000000' } }),
  ];
  const { runs, ends } = await createRestoredHouse({
    past,
    tasks: [createTask({ timeoutMs: 1, atShutdown: 'stop' })],
  });
  assert.deepEqual(
    ends.map(({ run, outcome }) => [run, outcome.kind]),
    [
      ['other-start', 'lost'],
      ['other-boot', 'lost'],
    ],
  );
  for (const id of ['other-start', 'other-boot', 'other']) assert.equal(runs.stop(id), undefined);
  assert.deepEqual(await runs.close(0), []);
  assert.equal(isAlive(foreign), true);
});

test('a beginning that fits more than one run stops none', async () => {
  const { runs, executions } = await createRestoredHouse();
  const task = createTask({ whenBusy: 'parallel' });
  const ids: string[] = [];
  // There are 64 first letters.
  while (ids.length < 65) {
    const started = await runs.start(task, caller);
    assert.ok(started.kind === 'started');
    ids.push(started.run.id);
  }
  const shared = ids.map((id) => id.slice(0, 1)).find((letter, i, all) => all.indexOf(letter) !== i) ?? '';
  assert.equal(runs.stop(shared), undefined);
  assert.equal(runs.stop(''), undefined);
  assert.equal(runs.live().length, executions.length);
});

test('a run in DSM is followed on, with what is known of it and how long ago it has begun, and nothing is started', async () => {
  const hour = 3_600_000;
  const dsm = toDsm({ isAccepted: true, key: 'six' });
  const house = await createRestoredHouse({
    past: [toRecord({ run, at: wallMs - hour, dsm })],
    tasks: [createTask()],
  });
  const [resumed] = house.resumed;
  assert.deepEqual([resumed?.run, house.executions.length, house.begins], [{ ...dsm, agoMs: hour }, 0, []]);
  assert.deepEqual(
    house.log.map(({ event, pid, msg }) => [event, pid, msg]),
    [
      [
        'run-adopted',
        undefined,
        'Resumed watching a run of Task (process of DSM) started by an earlier daemon',
      ],
    ],
  );
  assert.deepEqual(
    [house.runs.find(Buffer.from(run))?.view().state, house.runs.live().length],
    ['running', 1],
  );
  assert.equal(await resumed?.note({ ...dsm.trace, key: 'seven' }), true);
  const at = new Date(wallMs - hour).toISOString();
  assert.deepEqual(house.begins, [
    { event: 'begin', run, at, dsm: toDsm({ isAccepted: true, key: 'seven' }) },
  ]);
  resumed?.end({ kind: 'failed', exitCode: 3 });
  const end = await until(() => house.ends[0], 'the end');
  assert.deepEqual([end.run, end.outcome, end.durationMs], [run, { kind: 'failed', exitCode: 3 }, hour]);
});

test('runs in DSM that belong to other runs of ours count as having been there before', async () => {
  const past = [
    toRecord({ run: 'ended', dsm: toDsm({ key: 'six' }), outcome: { kind: 'succeeded' } }),
    toRecord({ run: 'other-task', dsm: toDsm({ key: 'eight' }, 8), outcome: { kind: 'succeeded' } }),
    toRecord({
      run: 'other-nas',
      dsm: { ...toDsm({ key: 'nine' }), nas: 'other' },
      outcome: { kind: 'succeeded' },
    }),
    toRecord({ run: 'unseen', dsm: toDsm({ isAccepted: true }) }),
    toRecord({ run: 'seen', dsm: toDsm({ key: 'ten' }) }),
    toRecord({ run: 'command', begun: true, outcome: { kind: 'succeeded' } }),
  ];
  const { resumed } = await createRestoredHouse({ past, tasks: [createTask()] });
  assert.deepEqual(
    resumed.map(({ run }) => [run.trace.key, run.trace.before.keys]),
    [
      [undefined, ['five', 'six', 'ten']],
      ['ten', ['five', 'six']],
    ],
  );
});

test('a run in DSM whose task has left the config is unconfirmed', async () => {
  const { resumed, ends, news } = await createRestoredHouse({
    past: [toRecord({ run, dsm: toDsm({ key: 'six' }) })],
  });
  const reason =
    'The daemon was started again, and the config no longer has this task: how it ended is not known.';
  assert.deepEqual(
    [resumed, ends.map(({ outcome }) => withoutCode(outcome)), news.length],
    [[], [{ kind: 'unconfirmed', reason }], 1],
  );
});

test('where DSM has a run is written down with the NAS and the task that it was started for', async () => {
  const runner = { kind: 'dsm', nas: 'attic', task: { kind: 'triggered', name: 'camera' } } as const;
  const house = await createRestoredHouse();
  const started = await house.runs.start(createTask({ runner }), caller);
  assert.ok(started.kind === 'started');
  const trace = { before: { keys: [] } };
  house.tick(1000);
  assert.equal(await house.ios[0]?.note(trace), true);
  house.tick(1000);
  const at = '2026-01-01T00:00:01.000Z';
  assert.deepEqual(house.begins, [
    { event: 'begin', run: started.run.id, at, dsm: { nas: 'attic', task: runner.task, trace } },
  ]);
  const put = house.holdDisk();
  const noted = house.ios[0]?.note({ ...trace, isAccepted: true });
  assert.equal(house.begins[1]?.at, at, 'the work has begun when DSM was about to be asked');
  put(false);
  assert.equal(await noted, false);
});
