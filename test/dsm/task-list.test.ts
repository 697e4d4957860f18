// The list of a NAS's tasks against a simulated DSM in each of its shapes, and how the tasks ended last.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { CallDsm } from '../../src/dsm/call.ts';
import { loadLastRuns } from '../../src/dsm/last-runs.ts';
import type { LastRun, ListedTask, NotTold, TaskList } from '../../src/dsm/listed-task.ts';
import { loadTaskList } from '../../src/dsm/task-list.ts';
import { until } from '../support/daemon.ts';
import { startFakeDsm, type FakeDsm, type FakeDsmOptions, type Fault } from '../support/fake-dsm/fake-dsm.ts';
import { createAccess, createTestClient } from '../support/web-api.ts';

type T = Parameters<typeof startFakeDsm>[0];
const never = new AbortController().signal;
const tasks: FakeDsmOptions = {
  scheduled: [
    { id: 12, name: 'Nightly copy', realOwner: 'anna' },
    { id: 7, name: 'Back up photos', isEnabled: false },
    { id: 8, name: 'Not yours', canRun: false },
  ],
  triggered: [{ name: 'camera' }, { name: 'At boot-up', isEnabled: false }],
};
const scheduled = [
  ['scheduled 7', 'Back up photos', 'root', false, true],
  ['scheduled 8', 'Not yours', 'root', true, false],
  ['scheduled 12', 'Nightly copy', 'anna', true, true],
];
const triggered = [
  ['triggered At boot-up', 'At boot-up', 'root', false, true],
  ['triggered camera', 'camera', 'root', true, true],
];
/** As the list of triggered tasks alone shows them: without whether they may be started. */
const triggeredAlone = triggered.map(([key, name, owner, isEnabled]) => [
  key,
  name,
  owner,
  isEnabled,
  undefined,
]);

const toCells = ({ which, name, owner, isEnabled, canRun }: ListedTask): unknown[] => [
  which.kind === 'scheduled' ? `scheduled ${which.id}` : `triggered ${which.name}`,
  name,
  owner,
  isEnabled,
  canRun,
];

async function load(
  t: T,
  options: FakeDsmOptions,
): Promise<{ list: TaskList | NotTold; dsm: FakeDsm; call: CallDsm }> {
  const dsm = await startFakeDsm(t, { ...tasks, ...options });
  const { call } = createTestClient(t, createAccess(dsm)).client;
  return { list: await loadTaskList(call, {}, never), dsm, call };
}

async function loadListed(
  t: T,
  options: FakeDsmOptions,
): Promise<{ list: TaskList; dsm: FakeDsm; call: CallDsm }> {
  const { list, ...rest } = await load(t, options);
  assert.ok(list.kind === 'listed', JSON.stringify(list));
  return { list, ...rest };
}

/** A call that is answered with this for one method of the API, whatever is asked for. */
const answering =
  (method: string, api: string, data: unknown): CallDsm =>
  (request) =>
    Promise.resolve({
      kind: 'answered',
      data: request.method === method && request.api.includes(api) ? data : { tasks: [] },
    });

suite('task list', { concurrency: true }, () => {
  test('each task is listed once, with what DSM reports of it, in whatever shape', async (t) => {
    const shapes: Record<string, FakeDsmOptions> = {
      'DSM 7': {},
      'no triggered ones among the scheduled': { settings: { mixesTriggered: false } },
      'an object around the triggered ones': { settings: { triggeredShape: 'object' } },
      'no pages': { settings: { hasPages: false } },
      'small pages, and no total': { settings: { pageMax: 2, hasTotal: false } },
      'no pages, and no total': { settings: { hasPages: false, hasTotal: false } },
      'DSM 6': { profile: 6 },
    };
    await Promise.all(
      Object.entries(shapes).map(async ([what, shape]) => {
        const { list } = await loadListed(t, shape);
        const isAlone = shape.settings?.mixesTriggered === false;
        assert.deepEqual(
          list.tasks.map(toCells),
          [...scheduled, ...(isAlone ? triggeredAlone : triggered)],
          what,
        );
        assert.deepEqual(list.triggered, { kind: 'listed' }, what);
      }),
    );
  });

  test('DSM 5 has no list of triggered tasks, and they are unknown', async (t) => {
    const { list } = await loadListed(t, { profile: 5 });
    assert.deepEqual([list.tasks.map(toCells), list.triggered], [scheduled, { kind: 'unsupported' }]);
  });

  test('500 tasks are all there, also where DSM gives them by twenty and counts none', async (t) => {
    const many = Array.from({ length: 500 }, (_, i) => ({ id: 500 - i }));
    const { list, dsm } = await loadListed(t, {
      scheduled: many,
      settings: { pageMax: 20, hasTotal: false },
    });
    assert.deepEqual(
      list.tasks.flatMap(({ which }) => (which.kind === 'scheduled' ? [which.id] : [])),
      Array.from({ length: 500 }, (_, i) => i + 1),
    );
    assert.ok(dsm.calls.length < 40, `${dsm.calls.length} calls`);
  });

  test('names are listed as they are, whatever stands in them', async (t) => {
    const names = [
      '"\'`$(reboot)`; rm -rf /',
      'a\nb\u001b[2J',
      '] [x]: {y}',
      '日本語 👩‍👩‍👧',
      '\u202egpj.exe',
      '__proto__',
      ' ',
    ];
    const { list } = await loadListed(t, {
      scheduled: names.map((name, i) => ({ id: i + 1, name })),
      triggered: names.map((name) => ({ name })),
    });
    const found = (kind: string): string[] =>
      list.tasks.flatMap(({ which, name }) => (which.kind === kind ? [name] : []));
    assert.deepEqual(found('scheduled'), names);
    assert.deepEqual(found('triggered').toSorted(), names.toSorted());
  });

  test('what DSM refuses or leaves out is reported as such; the scheduled tasks are listed even without the triggered ones', async (t) => {
    const at = (method: string, api: string, fault: Fault): FakeDsmOptions => ({
      settings: { fault: (call) => (call.method === method && call.api.endsWith(api) ? fault : undefined) },
    });
    const cases: [FakeDsmOptions, RegExp, boolean][] = [
      [at('list', 'TaskScheduler', 'error 105'), /put it into the group administrators/, false],
      [at('list', 'TaskScheduler', 'error 117'), /busy/, true],
      [at('list', 'TaskScheduler', '502'), /not ready/, true],
      [at('login', '', 'error 400'), /password is wrong/, false],
    ];
    for (const [options, reason, isPassing] of cases) {
      const { list } = await load(t, options);
      assert.ok(list.kind === 'not-told', String(reason));
      assert.match(list.reason, reason);
      assert.equal(list.isPassing, isPassing, list.reason);
    }
    const { list } = await loadListed(t, { ...at('list', 'EventScheduler', 'error 117') });
    assert.ok(list.triggered.kind === 'not-told' && list.triggered.isPassing);
    assert.equal(list.tasks.length, 5);
  });

  test('an unknown shape is reported with its first lines, and is never "no tasks"', async (t) => {
    const { list } = await loadListed(t, { settings: { triggeredShape: 'junk' } });
    assert.deepEqual(list.triggered, {
      kind: 'not-told',
      reason: 'DSM answered in a form that is not understood (the list of triggered tasks).',
      lines: ['{', '  "surprise": "of another version"', '}'],
      isPassing: true,
    });
    for (const [data, line] of [
      [undefined, '(no data)'],
      [{ task_list: [] }, '  "task_list": []'],
      [{ tasks: [{ id: 1, name: 'x' }, { title: 'a\u001b[2Jb' }], total: 2 }, '  "title": "a\\u001b[2Jb"'],
      [{ tasks: ['x'], total: 1 }, '"x"'],
    ] as const) {
      const list = await loadTaskList(answering('list', 'TaskScheduler', data), {}, never);
      assert.ok(list.kind === 'not-told');
      assert.match(list.reason, /in a form that is not understood/);
      assert.ok(list.lines.includes(line), JSON.stringify(list.lines));
    }
  });
});

suite('last runs', { concurrency: true }, () => {
  const kindsOf = (all: readonly ListedTask[]): LastRun['kind'][] => all.map(({ lastRun }) => lastRun.kind);
  const options = { versions: {}, withinMs: 60_000, isFirst: () => false, stop: never };

  test('each task has its last end, of either kind', async (t) => {
    const { list, dsm, call } = await loadListed(t, {
      scheduled: [
        { id: 1 },
        { id: 2, exitCode: 3 },
        { id: 3, ms: 'held' },
        { id: 4 },
        { id: 5, exitCode: 0, exitType: 'by_signal' },
      ],
      triggered: [{ name: 'a', exitCode: 9 }, { name: 'b' }],
    });
    for (const task of [1, 2, 3, 5, 'a']) dsm.start(task);
    await until(async () => {
      const { tasks, isOutputSaved } = await loadLastRuns(call, list.tasks, options);
      assert.equal(isOutputSaved, true);
      const ends = tasks.map(({ lastRun }) => (lastRun.kind === 'failed' ? lastRun.exitCode : lastRun.kind));
      return JSON.stringify(ends) === JSON.stringify(['succeeded', 3, 'running', 'none', null, 9, 'none'])
        ? true
        : undefined;
    }, 'all ends');
    dsm.end(3, 4);
    const { tasks } = await loadLastRuns(call, list.tasks, options);
    const ended = tasks.find(({ name }) => name === 'Task 3')?.lastRun;
    assert.deepEqual([ended?.kind, ended?.kind === 'failed' && ended.exitCode], ['failed', 4]);
    assert.match(String(ended?.kind === 'failed' && ended.startedAt), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  });

  test('the newest run counts, not the first in the list', async () => {
    const row = (timestamp: number, exit_code: number): object => ({
      timestamp: String(timestamp),
      start_time: `at ${timestamp}`,
      stop_time: 'then',
      exit_code,
      exit_type: 'normal',
    });
    const call = answering('get_history_status_list', 'TaskScheduler', [row(5, 1), row(9, 0), row(7, 2)]);
    const task: ListedTask = {
      which: { kind: 'scheduled', id: 1 },
      name: 'x',
      owner: undefined,
      isEnabled: undefined,
      canRun: undefined,
      lastRun: { kind: 'unknown' },
    };
    const { tasks } = await loadLastRuns(call, [task], options);
    assert.deepEqual(tasks[0]?.lastRun, { kind: 'succeeded', startedAt: 'at 9' });
  });

  test('without "Save output results" an empty history proves nothing', async (t) => {
    const { list, call } = await loadListed(t, { settings: { isOutputSaved: false } });
    const { tasks, isOutputSaved } = await loadLastRuns(call, list.tasks, options);
    assert.deepEqual([kindsOf(tasks), isOutputSaved], [Array(5).fill('unknown'), false]);
  });

  test('DSM 6 reports the ends of scheduled tasks, with what they printed', async (t) => {
    const { list, dsm, call } = await loadListed(t, { profile: 6 });
    dsm.start(7);
    await until(async () => {
      const { tasks } = await loadLastRuns(call, list.tasks, options);
      return kindsOf(tasks).join(' ') === 'succeeded none none none none' ? true : undefined;
    }, 'the end');
  });

  test('of tasks that are no scripts, no history does not mean that they never ran', async (t) => {
    const { list, call } = await loadListed(t, {
      scheduled: [{ id: 1, type: 'recycle' }, { id: 2 }],
      triggered: [],
    });
    const { tasks } = await loadLastRuns(call, list.tasks, options);
    assert.deepEqual(kindsOf(tasks), ['unknown', 'none']);
  });

  test('a DSM without histories of scheduled tasks is not asked for all of them', async (t) => {
    const scheduled = Array.from({ length: 100 }, (_, i) => ({ id: i + 1 }));
    const { list, dsm, call } = await loadListed(t, {
      profile: 6,
      scheduled,
      settings: { without: ['view'] },
    });
    const before = dsm.calls.length;
    const { tasks } = await loadLastRuns(call, list.tasks, options);
    assert.deepEqual([...new Set(kindsOf(tasks))], ['unknown']);
    assert.ok(dsm.calls.length - before < 20, `${dsm.calls.length - before} calls`);
  });

  test('500 histories are asked for a few at a time; what has not come within the time stays unknown', async (t) => {
    const scheduled = Array.from({ length: 500 }, (_, i) => ({ id: i + 1 }));
    const { list, dsm, call } = await loadListed(t, { scheduled });
    let open = 0;
    let most = 0;
    const counted: CallDsm = async (request, stop) => {
      most = Math.max(most, ++open);
      return await call(request, stop).finally(() => open--);
    };
    const { tasks } = await loadLastRuns(counted, list.tasks, { ...options, withinMs: 120_000 });
    assert.deepEqual([[...new Set(kindsOf(tasks))], most], [['none'], 4]);
    const before = dsm.calls.length;
    dsm.set({ fault: ({ params }) => (Number(params.get('id')) > 3 ? 'hang' : undefined) });
    const isFirst = ({ which }: ListedTask): boolean => which.kind === 'scheduled' && which.id >= 499;
    const late = await loadLastRuns(call, list.tasks, { ...options, withinMs: 1500, isFirst });
    assert.deepEqual([late.isCutShort, kindsOf(late.tasks).slice(3)], [true, Array(499).fill('unknown')]);
    const asked = dsm.calls.slice(before).flatMap(({ params }) => params.get('id') ?? []);
    assert.deepEqual(asked.slice(0, 2).toSorted(), ['499', '500'], 'those that matter are asked for first');
  });
});
