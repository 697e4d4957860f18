// What real DSMs answered, through the command line and a daemon.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { callCli } from '../support/call-cli.ts';
import { createFolder, keyOf, magicKey, startDaemon } from '../support/daemon.ts';
import {
  loadSample,
  reshapings,
  startSampleDsm,
  type SampleCall,
  type SampleDsm,
} from '../support/sample-dsm.ts';
import { assertTold, type Told } from '../support/told.ts';

const ok = '{"success":true}';
const empty = '{"data":[],"success":true}';
const tasks = { night: { scheduled: 11 }, boot: { triggered: 'Boot job' }, wrong: { scheduled: 1000 } };

/** Which sample answers a call; a name without a dot is the answer itself. */
type Script = Readonly<Record<string, string | ((call: SampleCall) => string)>>;

const dsm7: Script = {
  'API.Info query 1': 'query-dsm7.json',
  'API.Auth login 7': 'login-v7.json',
  'API.Auth logout 7': ok,
};
const dsm6: Script = {
  'API.Info query 1': 'query-dsm6.json',
  'API.Auth login 6': 'login-v6.json',
  'API.Auth logout 6': ok,
};

async function start(
  t: Parameters<typeof startSampleDsm>[0],
  script: Script,
  reshape = reshapings['as it is'],
): Promise<SampleDsm> {
  return await startSampleDsm(t, (call) => {
    const given = script[call.name];
    const text = typeof given === 'function' ? given(call) : given;
    if (text === undefined) return undefined;
    return text.endsWith('.json') ? reshape?.(loadSample(text)) : text;
  });
}
const webapi = (url: string): object => ({
  via: 'webapi',
  followFor: '6s',
  webapi: { url, account: 'bot', password: 'Pw-Qz7xK2mN9' },
});

async function run(
  t: Parameters<typeof createFolder>[0],
  args: readonly string[],
  dsm: object,
  all: object = tasks,
): ReturnType<typeof callCli> {
  const file = path.join(createFolder(t), 'config.json');
  const keyed = Object.fromEntries(
    Object.entries(all).map(([id, task]: [string, object]) => [id, { identifier: keyOf(id), ...task }]),
  );
  fs.writeFileSync(
    file,
    JSON.stringify({ server: { listen: '127.0.0.1', magickey: magicKey }, dsm, tasks: keyed }),
    { mode: 0o600 },
  );
  return await callCli([...args, '--config', file]);
}

suite('samples through the command line', { concurrency: 2 }, () => {
  test('triggered tasks in the list of scheduled ones are listed as triggered, once, and nothing is missing', async (t) => {
    for (const reshape of Object.values(reshapings)) {
      const script: Script = {
        ...dsm7,
        'TaskScheduler list 3': 'list-event-script.json',
        'EventScheduler list 1': empty,
        'EventScheduler config_get 1': 'event-config-get.json',
      };
      const dsm = await start(t, script, reshape);
      const { status, stdout, stderr } = await run(t, ['tasks', '--json'], webapi(dsm.url));
      assert.deepEqual([status, stderr], [0, '']);
      const [nas] = (
        JSON.parse(stdout) as {
          nases: {
            tasks: { kind: string; id: number | null; name: string; enabled: boolean; config: string[] }[];
            missing: object[];
            savesOutput: boolean;
          }[];
        }
      ).nases;
      assert.deepEqual(
        nas?.tasks.map(({ kind, id, name, enabled, config }) => [kind, id, name, enabled, config]),
        [
          ['scheduled', 11, 'Nightly copy', true, ['night']],
          ['triggered', null, 'Boot job', false, ['boot']],
        ],
      );
      assert.deepEqual(
        [nas?.missing, nas?.savesOutput],
        [[{ config: 'wrong', kind: 'scheduled', id: 1000, name: null }], true],
      );
    }
  });

  test('check --live says of a number that it is that of a triggered task, and nothing of disabled tasks', async (t) => {
    const dsm = await start(t, {
      ...dsm7,
      'TaskScheduler list 3': 'list-event-script.json',
      'EventScheduler list 1': empty,
    });
    const { stdout, stderr } = await run(t, ['check', '--live'], webapi(dsm.url));
    assert.match(
      stdout + stderr,
      /tasks\.wrong: DSM has no scheduled task 1000\. That is the number of a triggered task: give "triggered": "Boot job"/,
    );
    assert.doesNotMatch(stdout + stderr, /disabled|tasks\.boot|tasks\.night/);
  });

  test('lists of DSM 6 and 7 are shown with how the tasks ended', async (t) => {
    const cases: [Script, RegExp][] = [
      [
        {
          ...dsm6,
          'TaskScheduler list 1': 'list-v1-recycle.json',
          'EventScheduler list 1': empty,
          'EventScheduler config_get 1': 'event-config-get.json',
          'TaskScheduler view 1': empty,
        },
        /^ *3 +recycle +root +enabled +\? +-$/m,
      ],
      [
        { ...dsm6, 'TaskScheduler list 1': 'list-v3-script.json', 'TaskScheduler view 1': 'view-v1.json' },
        /^ *11 +Demo +root +enabled +succeeded 2023-10-19 15:04 +night-\S+$/m,
      ],
      [
        {
          ...dsm7,
          'TaskScheduler list 3': 'list-v3-two.json',
          'TaskScheduler get_history_status_list 1': 'history-v1.json',
        },
        /^ *13 +Sync folders +root +disabled +failed \(127\) 2024-09-11 00:00 +-$/m,
      ],
      [
        {
          ...dsm7,
          'TaskScheduler list 3': 'list-event-script.json',
          'EventScheduler result_list 1': 'results-stop-0.json',
        },
        /^ +Boot job +root +disabled +failed 2024-09-13 03:17 +boot-\S+$/m,
      ],
      [
        {
          ...dsm7,
          'TaskScheduler list 3': 'list-event-script.json',
          'EventScheduler result_list 1': 'results-normal-0.json',
        },
        /^ +Boot job +root +disabled +succeeded 2023-10-19 15:01 +boot-\S+$/m,
      ],
    ];
    // One command for all of them: each is a NAS of its own.
    const nases: Record<string, object> = {};
    const lines: RegExp[] = [];
    for (const [script, line] of cases)
      for (const reshape of Object.values(reshapings)) {
        nases[`nas-${lines.length}`] = webapi((await start(t, script, reshape)).url);
        lines.push(line);
      }
    const all = Object.keys(nases).flatMap((nas) =>
      Object.entries(tasks).map(([id, task]) => [`${id}-${nas}`, { nas, ...task }] as const),
    );
    const { stdout } = await run(t, ['tasks'], nases, Object.fromEntries(all));
    const tables = stdout.split('\n\n');
    assert.equal(tables.length, lines.length, stdout);
    for (const [i, line] of lines.entries()) assert.match(tables[i] ?? '', line);
  });
});

suite('samples through a daemon', { concurrency: true }, () => {
  const list = { 'TaskScheduler list 3': 'list-event-script.json' };
  const later =
    (name: string): ((call: SampleCall) => string) =>
    ({ starts }) =>
      starts > 0 ? name : empty;
  const triggered: Script = {
    ...dsm7,
    ...list,
    'EventScheduler run 1': ok,
    'EventScheduler get 1': 'event-get.json',
  };
  const scheduled: Script = { ...dsm7, ...list, 'TaskScheduler run 2': ok };
  const lapsed = (sample: string, script: Script): Script => {
    let calls = 0;
    return Object.fromEntries(
      Object.entries(script).map(([name, given]) => [
        name,
        name.startsWith('API.')
          ? given
          : (call: SampleCall) =>
              calls++ === 1 ? sample : typeof given === 'function' ? given(call) : given,
      ]),
    );
  };
  const failed = (reason: string): Told => ({ kind: 'failed', reason });
  const commandNotFound = loadSample('result-file-127.json').replace(/^.*"script_out":"(.*)\\n".*$/s, '$1\n');
  const notFound: Told = {
    ...failed('DSM says that it was interrupted: most likely a command was not found (exit status 127).'),
    output: commandNotFound,
  };
  const stopped: Script = {
    ...triggered,
    'EventScheduler result_list 1': later('results-stop-0.json'),
    'EventScheduler result_get_file 1': 'result-file-127.json',
  };
  const good: Script = {
    ...triggered,
    'EventScheduler result_list 1': later('results-normal-0.json'),
    'EventScheduler result_get_file 1': '{"data":{"script_in":"","script_out":"done\\n"},"success":true}',
  };
  const history: Script = {
    ...scheduled,
    'TaskScheduler get_history_status_list 1': later('history-v1.json'),
  };
  const only = (
    sample: string,
    change: (row: Record<string, unknown>) => object,
  ): ((call: SampleCall) => string) =>
    later(
      JSON.stringify({
        ...JSON.parse(loadSample(sample)),
        data: (JSON.parse(loadSample(sample)) as { data: Record<string, unknown>[] }).data
          .slice(0, 1)
          .map(change),
      }),
    );
  const unknownEnd: Told = { kind: 'unconfirmed', reason: 'DSM says that it ended, but not how.' };
  const cases: Record<string, readonly [which: 'night' | 'boot' | 'wrong', Script, Told]> = {
    normal: ['boot', good, { kind: 'succeeded', exitCode: 0, output: 'done\n' }],
    stop: ['boot', stopped, notFound],
    'stop-105': ['boot', lapsed('refused-105.json', stopped), notFound],
    'stop-119': ['boot', lapsed('refused-119.json', stopped), notFound],
    history: ['night', { ...history }, { kind: 'failed', exitCode: 127 }],
    'no-zone': [
      'night',
      {
        ...scheduled,
        'TaskScheduler get_history_status_list 1': only('history-v1.json', (row) => ({
          ...row,
          timestamp: null,
        })),
      },
      { kind: 'failed', exitCode: 127 },
    ],
    zone: [
      'night',
      {
        ...scheduled,
        'TaskScheduler view 1': only('view-v1.json', (row) => ({
          ...row,
          start_time: '2023-10-19T15:04:07+02:00',
        })),
      },
      { kind: 'succeeded', exitCode: 0 },
    ],
    view: [
      'night',
      { ...scheduled, 'TaskScheduler view 1': later('view-v1.json') },
      { kind: 'succeeded', exitCode: 0 },
    ],
    'view-6': [
      'night',
      {
        ...dsm6,
        'TaskScheduler list 1': 'list-event-script.json',
        'TaskScheduler run 1': ok,
        'TaskScheduler view 1': only('view-v1.json', (row) => ({ ...row, script_out: 'copied\n' })),
      },
      { kind: 'succeeded', exitCode: 0, output: 'copied\n' },
    ],
    nulls: [
      'boot',
      {
        ...triggered,
        'EventScheduler result_get_file 1': '{"data":{"script_in":null,"script_out":null},"success":true}',
        'EventScheduler result_list 1': only('results-normal-0.json', (row) => ({
          ...row,
          exit_info: null,
          extra: null,
        })),
      },
      unknownEnd,
    ],
    translated: [
      'night',
      {
        ...scheduled,
        'TaskScheduler view 1': only('view-v1.json', (row) => ({ ...row, exit_type: '正常' })),
      },
      unknownEnd,
    ],
    'not-there': [
      'boot',
      { ...triggered, 'EventScheduler get 1': 'refused-4800.json' },
      failed('DSM has no such triggered task.'),
    ],
    number: [
      'wrong',
      scheduled,
      failed(
        'DSM has no such scheduled task: this is the number of a triggered task, which is started by its name.',
      ),
    ],
    refused: [
      'night',
      { ...history, 'TaskScheduler run 2': 'refused-4800.json' },
      failed(
        'DSM refused the call: it cannot do this with the task; can it be run in Control Panel > Task Scheduler? (error 4800).',
      ),
    ],
    'refused-120': [
      'night',
      { ...history, 'TaskScheduler run 2': 'refused-120-errors.json' },
      failed(
        'DSM refused the call: it does not take a parameter; this DSM may need other versions (dsm.webapi.versions) (error 120).',
      ),
    ],
    unsaved: [
      'boot',
      {
        ...triggered,
        'EventScheduler result_list 1': empty,
        'EventScheduler config_get 1': '{"data":{"enable_output":false},"success":true}',
      },
      {
        kind: 'unconfirmed',
        reason:
          'DSM took the start, but does not report how the task ended. To learn it, switch on "Save output results" in DSM: Control Panel > Task Scheduler > Settings.',
      },
    ],
  };

  for (const [how, reshape] of Object.entries(reshapings))
    test(`${how}: what is told is what DSM showed, and DSM is asked to start once`, async (t) => {
      const nases: [string, SampleDsm][] = [];
      for (const [name, [, script]] of Object.entries(cases))
        nases.push([name, await start(t, script, reshape)]);
      const daemon = await startDaemon(t, {
        tasks: Object.fromEntries(
          Object.entries(cases).map(([name, [which]]) => [
            name,
            { nas: `nas-${name}`, output: 'all', ...tasks[which] },
          ]),
        ),
        more: { dsm: Object.fromEntries(nases.map(([name, { url }]) => [`nas-${name}`, webapi(url)])) },
      });
      await Promise.all(
        Object.entries(cases).map(async ([name, [, , told]]) => {
          const reason = told.reason?.replaceAll('dsm.webapi', `dsm.nas-${name}.webapi`);
          await assertTold(daemon, name, { ...told, ...(reason === undefined ? {} : { reason }) });
        }),
      );
      for (const [name, { starts }] of nases) assert.ok(starts() <= 1, name);
      const used = daemon.log().filter(({ event }) => event === 'dsm-call-used');
      assert.equal(
        new Set(used.map(({ nas, call }) => `${String(nas)} ${String(call)}`)).size,
        used.length,
        'what was used is told once',
      );
      assert.equal(await daemon.stop(), 0);
    });
});
