// DSM's own tools through a real daemon: what is reported of a run in each mood of a tool, and what the tools are called with.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { findTraces } from '../support/canary.ts';
import { createFolder, keyOf, magicKey, startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import {
  createFakeSynowebapi,
  type Fault,
  type Moods as CallerMoods,
} from '../support/fake-synowebapi/fake-synowebapi.ts';
import {
  createFakeTool,
  type FakeTask,
  type Moods as SchedulerMoods,
} from '../support/fake-synoschedtask.ts';
import { assertTold, type Told } from '../support/told.ts';

type T = Parameters<typeof createFolder>[0] & Parameters<typeof startDaemon>[0];

const succeeded: Told = { kind: 'succeeded', exitCode: 0 };
const failed = (reason: string): Told => ({ kind: 'failed', reason });
const unconfirmed = (reason: string): Told => ({ kind: 'unconfirmed', reason });
const isRoot = process.getuid?.() === 0;
/** Names that something on the way to a tool, or to a page, could stumble over. */
const oddNames = [
  '"quoted" \'and\' `so` <b>&amp;',
  '[A][B] {"a":1} ]}',
  'two\nlines\r\n\t',
  '😀 ä 日本',
  '$(touch evil); touch evil | touch evil > evil && touch evil',
  '-s --exec api=X method=delete',
];

/** How long to look for a run: soon over where none will be seen, and long enough for a busy machine where one will. */
const toFollowFor = (told: Told | undefined): string => (told?.kind === 'unconfirmed' ? '2s' : '60s');
const toTold = (cases: Readonly<Record<string, readonly [unknown, Told, unknown?]>>): Record<string, Told> =>
  Object.fromEntries(Object.entries(cases).map(([name, [, told]]) => [name, told]));

/** Goes through cases a few at a time: each call of a tool is a process. */
async function checkFew<T>(cases: Iterable<T>, check: (one: T) => Promise<void>): Promise<void> {
  const left = [...cases];
  const work = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await check(one);
  };
  await Promise.all([work(), work(), work(), work()]);
}

/** Nothing of a call, and nothing of the daemon's own environment. */
function assertNothingSecret(text: string, daemon: TestDaemon, ids: readonly string[]): void {
  for (const secret of [magicKey, ...ids.map(keyOf)]) assert.deepEqual(findTraces(secret, text), [], 'a key');
  for (const { run } of daemon.history()) assert.ok(!text.includes(String(run)), 'a run id');
  assert.doesNotMatch(text, /canary-of-the-environment/);
}

suite('synowebapi through a daemon', { concurrency: true }, () => {
  /** A daemon with a NAS for each tool, and a task for each, of the same name. */
  const start = async (
    t: T,
    tools: Readonly<Record<string, string>>,
    task: object,
    told: Readonly<Record<string, Told>> = {},
  ): Promise<TestDaemon> =>
    await startDaemon(t, {
      tasks: Object.fromEntries(Object.keys(tools).map((nas) => [nas, { nas, output: 'all', ...task }])),
      more: {
        dsm: Object.fromEntries(
          Object.entries(tools).map(([nas, synowebapi]) => [
            nas,
            { via: 'synowebapi', followFor: toFollowFor(told[nas]), synowebapi },
          ]),
        ),
      },
    });

  const notKnown = unconfirmed('DSM did not answer: whether the task was started is not known.');
  const unclear = failed("DSM's synowebapi answered in a form that is not understood.");
  const exit = (status: number): Told =>
    failed(
      `DSM's synowebapi failed without an answer (exit status ${status})${isRoot ? '' : ': it has to be run as root'}.`,
    );
  const unseen = unconfirmed('DSM took the start, but its history shows no run of the task in time.');
  const printed: Told = { ...succeeded, output: 'é <done>\n' };
  const before = (fault: Fault): Partial<CallerMoods> => ({ faults: [{ method: 'result_list', fault }] });
  const atStart = (fault: Fault): Partial<CallerMoods> => ({ faults: [{ method: 'run', fault }] });
  /** One case of each kind of report; test/dsm/synowebapi.test.ts has all moods. */
  const cases: Record<string, readonly [moods: Partial<CallerMoods>, told: Told]> = {
    plain: [{}, printed],
    noisy: [
      { logTo: 'stdout', before: '[Line 1] {"success":true}\n', after: '[Line 265] Not a json value: x\n' },
      printed,
    ],
    sloppy: [{ isSloppy: true, startsNothing: true }, unseen],
    'no-history': [
      { isOutputSaved: false },
      unconfirmed(
        'DSM took the start, but does not report how the task ended. To learn it, switch on "Save output results" in DSM: Control Panel > Task Scheduler > Settings.',
      ),
    ],
    'not-root': [{ isRoot: false }, exit(13)],
    'killed-before': [before('killed'), failed("DSM's synowebapi was ended by SIGKILL before it answered.")],
    html: [before('html'), unclear],
    busy: [
      before('error 117'),
      failed('DSM refused the call: it is busy or has an internal error; try again later (error 117).'),
    ],
    killed: [atStart('killed'), notKnown],
    'killed-after': [atStart('killed-after'), printed],
    'no-right': [
      atStart('error 105'),
      failed('DSM refused the call: that may not be done; run remotetask as root (error 105).'),
    ],
    refused: [
      atStart('error 4800'),
      failed(
        'DSM refused the call: it cannot do this with the task; can it be run in Control Panel > Task Scheduler? (error 4800).',
      ),
    ],
  };

  test('in each mood of the tool every reader gets the same report of a run, and a start is made once', async (t) => {
    const folder = createFolder(t);
    const tools = Object.entries(cases).map(([name, [moods]]) => {
      const triggered = [{ name: 'camera', output: 'é <done>\n' }];
      return [name, createFakeSynowebapi(path.join(folder, name), { triggered, moods })] as const;
    });
    const files = Object.fromEntries(tools.map(([name, { file }]) => [name, file]));
    const daemon = await start(t, files, { triggered: 'camera' }, toTold(cases));
    await checkFew(tools, async ([name, tool]) => {
      await assertTold(daemon, name, cases[name]?.[1] ?? assert.fail());
      assert.ok(tool.methods().filter((method) => method === 'run').length <= 1, name);
    });
    assert.equal(await daemon.stop(), 0);
  });

  test('a tool that is missing, or cannot be started, is reported, with the remedy in the log', async (t) => {
    const folder = createFolder(t);
    fs.writeFileSync(path.join(folder, 'text'), 'no program', { mode: 0o644 });
    const daemon = await start(
      t,
      { missing: path.join(folder, 'nothing'), text: path.join(folder, 'text') },
      { triggered: 'camera' },
    );
    await assertTold(daemon, 'missing', failed("DSM's synowebapi is not on this machine."));
    await assertTold(daemon, 'text', failed("DSM's synowebapi could not be started (EACCES)."));
    for (const nas of ['missing', 'text'])
      await daemon.logged(
        (line) => line['event'] === 'dsm-way' && line['nas'] === nas && line['level'] === 40,
      );
  });

  test('for a run that is stopped while the tool hangs, the report says whether it was started, or that this is unknown', async (t) => {
    const folder = createFolder(t);
    const [hangsBefore, hangsAtStart] = [before('hang'), atStart('hang')].map((moods, i) =>
      createFakeSynowebapi(path.join(folder, String(i)), { triggered: [{ name: 'camera' }], moods }),
    );
    assert.ok(hangsBefore !== undefined && hangsAtStart !== undefined);
    const daemon = await start(
      t,
      { before: hangsBefore.file, start: hangsAtStart.file },
      { triggered: 'camera', stoppable: true },
    );
    const stopOnce = (fake: typeof hangsBefore, method: string) => async (run: string) => {
      await until(() => (fake.methods().includes(method) ? true : undefined), method);
      await fetch(`${daemon.base}/runs/${run}/stop`, { method: 'POST' });
    };
    const notStarted: Told = { kind: 'stopped', reason: 'It was ended before DSM was asked to start it.' };
    await Promise.all([
      assertTold(daemon, 'before', notStarted, stopOnce(hangsBefore, 'result_list')),
      assertTold(daemon, 'start', notKnown, stopOnce(hangsAtStart, 'run')),
    ]);
    await daemon.logged(({ event }) => event === 'dsm-tool-left');
  });

  test('names of any kind reach the tool unchanged, nothing else is run, and nothing secret is in its arguments or environment', async (t) => {
    const folder = createFolder(t);
    const scheduled = [{ id: 1 }, { id: 2, exitCode: 5, realOwner: 'DOMAIN\\joe "x" $(touch evil)' }];
    const tool = createFakeSynowebapi(path.join(folder, 'tool'), {
      scheduled,
      triggered: oddNames.map((name) => ({ name, output: name })),
    });
    const odd = Object.fromEntries(
      oddNames.map((triggered, i) => [`odd-${i}`, { triggered, output: 'all' }]),
    );
    const tasks = { '1': {}, '2': {}, '3': {}, ...odd };
    const daemon = await startDaemon(t, {
      tasks,
      more: { dsm: { via: 'synowebapi', synowebapi: tool.file } },
      env: { SOMETHING: 'canary-of-the-environment' },
    });
    const told: Record<string, Told> = {
      '1': succeeded,
      '2': { kind: 'failed', exitCode: 5 },
      '3': failed('DSM has no such scheduled task.'),
      ...Object.fromEntries(oddNames.map((output, i) => [`odd-${i}`, { ...succeeded, output }])),
    };
    await checkFew(Object.entries(told), async ([id, one]) => await assertTold(daemon, id, one));
    assert.deepEqual(new Set(tool.starts()), new Set([1, 2, ...oddNames]));
    for (const place of [folder, daemon.folder, '/', process.cwd()])
      assert.equal(fs.existsSync(path.join(place, 'evil')), false);
    assertNothingSecret(JSON.stringify(tool.calls()), daemon, Object.keys(tasks));
  });
});

suite('synoschedtask through a daemon', { concurrency: true }, () => {
  const start = async (
    t: T,
    tools: Readonly<Record<string, string>>,
    task: object = {},
    told: Readonly<Record<string, Told>> = {},
  ): Promise<TestDaemon> =>
    await startDaemon(t, {
      tasks: Object.fromEntries(Object.keys(tools).map((nas) => [nas, { nas, scheduled: 7, ...task }])),
      more: {
        dsm: Object.fromEntries(
          Object.entries(tools).map(([nas, synoschedtask]) => [
            nas,
            { via: 'synoschedtask', followFor: toFollowFor(told[nas]), synoschedtask },
          ]),
        ),
      },
    });

  const took = unconfirmed('DSM took the start, but does not report how the task ended.');
  const refused = (status: number): Told =>
    failed(
      `DSM's synoschedtask refused (exit status ${status}).${isRoot ? '' : ' It has to be run as root.'}`,
    );
  const script = '#!/bin/bash\ncd /\n[ -e /etc ] && echo "a]"\n\n[ 1 = 1 ]\nexit 3';
  /** One case of each kind of report; test/runners/synoschedtask.test.ts has all moods. */
  const cases: Record<
    string,
    readonly [moods: Partial<SchedulerMoods>, told: Told, task?: Partial<FakeTask>]
  > = {
    plain: [{ run: 'wait' }, succeeded],
    fails: [{ run: 'wait' }, { kind: 'failed', exitCode: 3 }, { command: 'exit 3' }],
    script: [{ run: 'wait' }, { kind: 'failed', exitCode: 3 }, { command: script }],
    'built-in': [{ run: 'wait' }, took, { isBuiltIn: true, command: 'true' }],
    again: [{ run: 'wait' }, took, { status: 'Success' }],
    'error-text': [
      { run: 'error-text' },
      failed("DSM's synoschedtask reported an error and did not start the task."),
    ],
    refuses: [{ run: 'refuse' }, refused(1)],
    'not-root': [{ isRoot: false }, refused(13)],
    junk: [{ get: 'junk' }, failed("DSM's synoschedtask answered in a form that is not understood.")],
    blank: [{ get: 'blank' }, failed('DSM has no such scheduled task.')],
    ...Object.fromEntries(oddNames.map((name, i) => [`odd-${i}`, [{ run: 'wait' }, succeeded, { name }]])),
  };

  test('in each mood of the tool every reader gets the same report of a run, and a start is made once', async (t) => {
    const folder = createFolder(t);
    const tools = Object.entries(cases).map(
      ([name, [moods, , task]]) =>
        [name, createFakeTool(path.join(folder, name), [{ id: 7, ...task }], moods)] as const,
    );
    const files = Object.fromEntries(tools.map(([name, { file }]) => [name, file]));
    const daemon = await start(t, files, {}, toTold(cases));
    await checkFew(tools, async ([name, tool]) => {
      await assertTold(daemon, name, cases[name]?.[1] ?? assert.fail());
      const starts = tool.calls().filter(([what]) => what === '--run');
      assert.deepEqual(
        starts,
        starts.length === 0 ? [] : [['--run', 'id=7', 'check_time=0', 'check_status=0']],
        name,
      );
    });
    assert.equal(await daemon.stop(), 0);
  });

  test('a missing tool and an unknown id are reported, and nothing is started', async (t) => {
    const folder = createFolder(t);
    const tool = createFakeTool(path.join(folder, 'tool'), [{ id: 7 }]);
    const silent = createFakeTool(path.join(folder, 'silent'), [{ id: 7 }], { unknownId: 0 });
    const tools = { missing: path.join(folder, 'nothing'), loud: tool.file, silent: silent.file };
    const daemon = await start(t, tools, { scheduled: 8 });
    await assertTold(daemon, 'missing', failed("DSM's synoschedtask is not on this machine."));
    await assertTold(daemon, 'loud', refused(1));
    await assertTold(daemon, 'silent', failed('DSM has no such scheduled task.'));
    assert.deepEqual(
      [...tool.calls(), ...silent.calls()].filter(([what]) => what === '--run'),
      [],
    );
  });

  test('for a run that is stopped while the tool hangs, the report says whether it was started, or that this is unknown', async (t) => {
    const folder = createFolder(t);
    const [hangsBefore, hangsAtStart] = [{ get: 'hang' }, { run: 'hang' }].map((moods, i) =>
      createFakeTool(path.join(folder, String(i)), [{ id: 7 }], moods as Partial<SchedulerMoods>),
    );
    assert.ok(hangsBefore !== undefined && hangsAtStart !== undefined);
    const daemon = await start(
      t,
      { before: hangsBefore.file, start: hangsAtStart.file },
      { stoppable: true },
    );
    const stopOnce = (fake: typeof hangsBefore, what: string) => async (run: string) => {
      await until(() => (fake.calls().some(([option]) => option === what) ? true : undefined), what);
      await fetch(`${daemon.base}/runs/${run}/stop`, { method: 'POST' });
    };
    const unknown = unconfirmed(
      "DSM's synoschedtask did not answer in time: whether the task was started is not known.",
    );
    await Promise.all([
      assertTold(
        daemon,
        'before',
        { kind: 'stopped', reason: "DSM's synoschedtask did not answer." },
        stopOnce(hangsBefore, '--get'),
      ),
      assertTold(daemon, 'start', unknown, stopOnce(hangsAtStart, '--run')),
    ]);
  });
});
