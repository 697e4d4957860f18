// The runner of DSM's tasks against a simulated DSM in each of its moods: what is reported of how a run ended, and what is not.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { WebApiAccess } from '../../src/dsm/options.ts';
import type { Outcome } from '../../src/outcome.ts';
import { until } from '../support/daemon.ts';
import {
  startFakeDsm,
  type FakeDsm,
  type FakeDsmOptions,
  type FakeSettings,
  type Fault,
} from '../support/fake-dsm/fake-dsm.ts';
import { createAccess, createTestClient, type TestClient } from '../support/web-api.ts';

interface Case {
  readonly dsm?: FakeDsmOptions;
  readonly settings?: Partial<FakeSettings>;
  readonly access?: Partial<WebApiAccess>;
  /** What is run; 7, if not given. */
  readonly task?: number | string;
  readonly followMs?: number;
  readonly stop?: AbortSignal;
  readonly during?: (dsm: FakeDsm, client: TestClient) => Promise<void>;
}

type T = Parameters<typeof startFakeDsm>[0];
const succeeded: Outcome = { kind: 'succeeded', exitCode: 0 };
const followMs = 1500;
const notTold = 'DSM took the start, but this version of DSM does not report how the task ended.';
const noHistory =
  'DSM took the start, but does not report how the task ended. To learn it, switch on "Save output results" in DSM: Control Panel > Task Scheduler > Settings.';

async function runCase(
  t: T,
  { dsm: more, settings = {}, access, task = 7, followMs = 20_000, stop, during }: Case,
): Promise<{ outcome: Outcome; dsm: FakeDsm }> {
  const dsm = await startFakeDsm(t, {
    scheduled: [{ id: 7 }],
    triggered: [{ name: 'camera' }],
    ...more,
    settings,
  });
  const client = createTestClient(t, createAccess(dsm, access), { followMs });
  const running = client.run(task, stop);
  await during?.(dsm, client);
  return { outcome: await running, dsm };
}

async function checkAll(t: T, cases: Readonly<Record<string, readonly [Case, object]>>): Promise<void> {
  const results = Object.entries(cases).map(
    async ([what, [one]]) => [what, (await runCase(t, one)).outcome] as const,
  );
  assert.deepEqual(
    Object.fromEntries(await Promise.all(results)),
    Object.fromEntries(Object.entries(cases).map(([what, [, outcome]]) => [what, outcome])),
  );
}

/** A fault for the first calls of a method. */
function once(method: string, fault: Fault, times = 1): Pick<FakeSettings, 'fault'> {
  let left = times;
  return { fault: (call) => (call.method === method && left-- > 0 ? fault : undefined) };
}

const seen = async (dsm: FakeDsm, method: string, times = 1): Promise<void> =>
  void (await until(
    () => (dsm.calls.filter((call) => call.method === method).length >= times ? true : undefined),
    method,
  ));
const many = Array.from({ length: 500 }, (_, i) => ({
  id: i + 1,
  name: `Task ${i}`,
  realOwner: i % 2 === 0 ? 'root' : 'anna',
}));

suite('tasks of DSM', { concurrency: true }, () => {
  test('the end of a task is reported as DSM reports it', async (t) => {
    await checkAll(t, {
      'a scheduled task': [{}, succeeded],
      'a failure': [
        { dsm: { scheduled: [{ id: 7, exitCode: 3, ms: 1500 }] } },
        { kind: 'failed', exitCode: 3 },
      ],
      'an exit status beside "by_signal"': [
        { dsm: { scheduled: [{ id: 7, exitCode: 127, exitType: 'by_signal' }] } },
        { kind: 'failed', exitCode: 127 },
      ],
      'a signal': [
        { dsm: { scheduled: [{ id: 7, exitType: 'by_signal' }] } },
        { kind: 'failed', reason: 'DSM says that a signal ended it.' },
      ],
      'what a scheduled task printed': [
        { dsm: { scheduled: [{ id: 7, output: 'copied\n' }] } },
        { ...succeeded, printed: 'copied\n' },
      ],
      'the same on DSM 6, which reports it by one call': [
        { dsm: { profile: 6, scheduled: [{ id: 7, exitCode: 3, output: 'half\n' }] } },
        { kind: 'failed', exitCode: 3, printed: 'half\n' },
      ],
      'DSM 5': [{ dsm: { profile: 5, scheduled: [{ id: 7 }] } }, succeeded],
      'a scheduled task where DSM does not report what it printed': [
        { dsm: { scheduled: [{ id: 7, output: 'copied\n' }] }, settings: { without: ['view'] } },
        succeeded,
      ],
      'a triggered task where DSM cannot be asked whether it is there': [
        { settings: { without: ['get'] }, task: 'camera' },
        succeeded,
      ],
      'a command that was not found': [
        {
          dsm: { triggered: [{ name: 'camera', exitCode: 127, output: 'hello: command not found\n' }] },
          task: 'camera',
        },
        {
          kind: 'failed',
          reason: 'DSM says that it was interrupted: most likely a command was not found (exit status 127).',
          printed: 'hello: command not found\n',
        },
      ],
      'an end of an unknown kind': [
        { dsm: { scheduled: [{ id: 7, exitType: 'odd' }] } },
        { kind: 'unconfirmed', reason: 'DSM says that it ended, but not how.' },
      ],
      'a task of another owner, far down in a list of 500': [
        { dsm: { scheduled: many }, task: 498 },
        succeeded,
      ],
      'the same where the list knows no pages': [
        { dsm: { scheduled: many }, settings: { hasPages: false }, task: 500 },
        succeeded,
      ],
      'a triggered task, and what it printed': [
        { dsm: { triggered: [{ name: 'camera', output: 'off\n' }] }, task: 'camera' },
        { ...succeeded, printed: 'off\n' },
      ],
      'a triggered task that failed': [
        { dsm: { triggered: [{ name: 'camera', exitCode: 2, output: 'é' }] }, task: 'camera' },
        { kind: 'failed', exitCode: 2, printed: 'é' },
      ],
      'a history that shows runs only at their end': [{ settings: { showsRunning: false } }, succeeded],
      'a history that is slow': [{ settings: { historyDelayMs: 2000 } }, succeeded],
      'a DSM that ignores what it does not know': [{ settings: { isSloppy: true } }, succeeded],
    });
  });

  test('nothing is claimed that DSM did not report', async (t) => {
    const unconfirmed = (reason: string): Outcome => ({ kind: 'unconfirmed', reason });
    await checkAll(t, {
      'no history': [{ settings: { isOutputSaved: false }, followMs }, unconfirmed(noHistory)],
      'no history of a triggered task': [
        { settings: { isOutputSaved: false, without: ['get'] }, followMs, task: 'camera' },
        unconfirmed(noHistory),
      ],
      'DSM 6 without any': [
        { dsm: { profile: 6, scheduled: [{ id: 7 }] }, settings: { without: ['view'] } },
        unconfirmed(notTold),
      ],
      'a task that is no script': [
        { dsm: { scheduled: [{ id: 7, type: 'recycle' }] }, followMs },
        unconfirmed('DSM took the start. It reports how a task ended of user-defined scripts only.'),
      ],
      'DSM takes the start and does nothing': [
        { settings: { startsNothing: true }, followMs },
        unconfirmed('DSM took the start, but its history shows no run of the task in time.'),
      ],
      'a triggered task that is not there, on a DSM that does not mind': [
        { settings: { isSloppy: true, without: ['get'] }, followMs, task: 'nobody' },
        unconfirmed('DSM took the start, but its history shows no run of the task in time.'),
      ],
      'the start breaks off before it was done': [
        { settings: once('run', 'cut'), followMs },
        unconfirmed('DSM did not answer: whether the task was started is not known.'),
      ],
    });
  });

  test('a refusal is a failure, with the reason', async (t) => {
    const failed = (reason: string): Outcome => ({ kind: 'failed', reason });
    const cannot = failed(
      'DSM refused the call: it cannot do this with the task; can it be run in Control Panel > Task Scheduler? (error 4800).',
    );
    await checkAll(t, {
      'no such task': [{ task: 8 }, failed('DSM has no such scheduled task.')],
      'no such task among 500': [
        { dsm: { scheduled: many }, task: 501 },
        failed('DSM has no such scheduled task.'),
      ],
      'no such triggered task': [{ task: 'nobody' }, failed('DSM has no such triggered task.')],
      'no such triggered task, on a DSM that cannot be asked': [
        { task: 'nobody', settings: { without: ['get'] } },
        cannot,
      ],
      'the number of a triggered task': [
        { dsm: { triggered: [{ name: 'camera', id: 1000 }] }, task: 1000 },
        failed(
          'DSM has no such scheduled task: this is the number of a triggered task, which is started by its name.',
        ),
      ],
      'a task that may not be run': [
        { dsm: { scheduled: [{ id: 7, canRun: false }] } },
        failed('DSM does not let the account run this task.'),
      ],
      'the start is refused': [{ settings: once('run', 'error 4800') }, cannot],
      'DSM 5 has no triggered tasks': [
        { dsm: { profile: 5 }, task: 'camera' },
        failed(
          'DSM refused the call: it does not know this API; is this DSM, and does dsm.webapi.url lead to it? (error 102).',
        ),
      ],
    });
  });

  test('DSM is asked to start a task once, whatever happens around it', async (t) => {
    let looks = 0;
    const around: [what: string, settings: Partial<FakeSettings>, outcome: Outcome['kind']][] = [
      ['the answer to the start is lost', once('run', 'cut-after'), 'succeeded'],
      ['the start is answered by a proxy', once('run', '502'), 'unconfirmed'],
      ['the session has lapsed at the start', once('run', 'error 119'), 'succeeded'],
      ['DSM is busy before the start', once('list', 'error 117', 2), 'succeeded'],
      ['DSM is away for a moment before the start', once('list', '502'), 'succeeded'],
      ['the list breaks off', once('list', 'cut'), 'succeeded'],
      ['the first look at the history breaks off', once('get_history_status_list', 'cut'), 'succeeded'],
      [
        'looks at the history break off later',
        {
          fault: ({ method }) =>
            method === 'get_history_status_list' && ++looks % 3 === 0 ? 'cut' : undefined,
        },
        'succeeded',
      ],
    ];
    await Promise.all(
      around.map(async ([what, settings, kind]) => {
        // What is seen in the end may be seen late on a busy machine.
        const followMs = kind === 'succeeded' ? 60_000 : 3000;
        const { outcome, dsm } = await runCase(t, { settings, followMs });
        assert.equal(outcome.kind, kind, what);
        assert.ok(dsm.starts().length <= 1, `${what}: ${dsm.starts().length} starts`);
        assert.equal(dsm.starts().length, kind === 'succeeded' ? 1 : 0, what);
      }),
    );
  });

  test('a followed run outlasts a lapse of the session, and a restart of DSM', async (t) => {
    const held = { scheduled: [{ id: 7, ms: 'held' as const, exitCode: 4 }] };
    const lapse = async (dsm: FakeDsm): Promise<void> => {
      await seen(dsm, 'get_history_status_list', 3);
      dsm.endSessions(119);
      await until(() => (dsm.signIns.length === 2 ? true : undefined), 'another sign-in');
      dsm.end(7);
    };
    const reboot = async (dsm: FakeDsm): Promise<void> => {
      await seen(dsm, 'get_history_status_list', 3);
      await dsm.down();
      dsm.endSessions(119);
      dsm.set({ fault: () => '502' });
      const before = dsm.calls.length;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await dsm.up();
      await until(() => (dsm.calls.length > before ? true : undefined), 'a call while DSM starts up');
      dsm.set({ fault: () => 'slow' });
      await until(() => (dsm.signIns.length === 2 ? true : undefined), 'another sign-in');
      dsm.set({ fault: () => undefined });
      dsm.end(7);
    };
    await checkAll(t, {
      'a lapse': [
        { dsm: held, during: lapse },
        { kind: 'failed', exitCode: 4 },
      ],
      'a new start': [
        { dsm: held, during: reboot },
        { kind: 'failed', exitCode: 4 },
      ],
    });
  });

  test('where DSM is away, a start fails after some tries, and has not happened', async (t) => {
    const dsm = await startFakeDsm(t, { scheduled: [{ id: 7 }] });
    const client = createTestClient(t, createAccess(dsm));
    await dsm.down();
    const outcome = await client.run(7);
    assert.match(outcome.reason ?? '', /^DSM cannot be reached: it takes no connections/);
    await dsm.up();
    assert.deepEqual([outcome.kind, dsm.starts(), dsm.signIns], ['failed', [], []]);
    assert.deepEqual(await client.run(7), succeeded);
  });

  test('a stop ends only the following, and the reason says so', async (t) => {
    const stop = new AbortController();
    const { outcome } = await runCase(t, {
      dsm: { scheduled: [{ id: 7, ms: 'held' }] },
      stop: stop.signal,
      async during(dsm) {
        await seen(dsm, 'get_history_status_list', 3);
        stop.abort();
      },
    });
    assert.deepEqual(outcome, {
      kind: 'unconfirmed',
      reason:
        'DSM started the task and did not report its end in time. It may still be running: DSM offers no way to stop it.',
    });
    const hanging = new AbortController();
    const unknown = await runCase(t, {
      settings: once('run', 'hang'),
      stop: hanging.signal,
      async during(dsm) {
        await seen(dsm, 'run');
        hanging.abort();
      },
    });
    assert.deepEqual(unknown.outcome, {
      kind: 'unconfirmed',
      reason: 'DSM did not answer: whether the task was started is not known.',
    });
    const early = await runCase(t, { stop: AbortSignal.abort() });
    assert.deepEqual([early.outcome.kind, early.dsm.starts()], ['failed', []]);
  });
});
