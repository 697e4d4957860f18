// The client of the tool synowebapi against a stand-in for that tool in each of its moods: what is reported of a run, and what the tool is called with.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import type { DsmRequest } from '../../src/dsm/call.ts';
import type { SynowebapiOptions } from '../../src/dsm/synowebapi.ts';
import type { Outcome } from '../../src/outcome.ts';
import { createFolder, until } from '../support/daemon.ts';
import {
  createFakeSynowebapi,
  type FakeSynowebapi,
  type Moods,
} from '../support/fake-synowebapi/fake-synowebapi.ts';
import { lives } from '../support/processes.ts';
import { createTestTool, type TestTool } from '../support/synowebapi.ts';

type T = Parameters<typeof createFolder>[0];
type FakeOptions = NonNullable<Parameters<typeof createFakeSynowebapi>[1]>;

interface Case {
  readonly fake?: FakeOptions;
  readonly moods?: Partial<Moods>;
  /** What is run; 7, if not given. */
  readonly task?: number | string;
  readonly options?: Partial<SynowebapiOptions> & { readonly followMs?: number };
}

const isRoot = process.getuid?.() === 0;
const forever = new AbortController().signal;
const succeeded: Outcome = { kind: 'succeeded', exitCode: 0 };
const shortly = { followMs: 2000 };
const list: DsmRequest = {
  api: 'SYNO.Core.TaskScheduler',
  method: 'list',
  forms: [{ version: 1, params: {} }],
};
const notKnown = 'DSM did not answer: whether the task was started is not known.';
const failed = (reason: string): Outcome => ({ kind: 'failed', reason });
const unconfirmed = (reason: string): Outcome => ({ kind: 'unconfirmed', reason });

function createCase(
  t: T,
  { fake = {}, moods = {}, options }: Case,
): { tool: FakeSynowebapi; client: TestTool } {
  const tool = createFakeSynowebapi(path.join(createFolder(t), 'it’s "DSM" $HOME'.replaceAll("'", '')), {
    scheduled: [{ id: 7 }],
    triggered: [{ name: 'camera' }],
    ...fake,
    moods,
  });
  return { tool, client: createTestTool(tool, options) };
}

async function checkAll(t: T, cases: Readonly<Record<string, readonly [Case, object]>>): Promise<void> {
  const results = Object.entries(cases).map(async ([what, [one]]) => {
    const { tool, client } = createCase(t, one);
    const outcome = await client.run(one.task ?? 7);
    assert.ok(tool.methods().filter((method) => method === 'run').length <= 1, `${what}: one start`);
    return [what, outcome] as const;
  });
  assert.deepEqual(
    Object.fromEntries(await Promise.all(results)),
    Object.fromEntries(Object.entries(cases).map(([what, [, outcome]]) => [what, outcome])),
  );
}

suite('synowebapi', { concurrency: 2 }, () => {
  test('the end of a task is reported as DSM reports it, whatever the tool prints around its answers', async (t) => {
    const noise = '[Line 295] Exec WebAPI:  api=X, param={"success":true}, runner=SYSTEM_ADMIN\n';
    await checkAll(t, {
      'a scheduled task': [{}, succeeded],
      'a failure': [
        { fake: { scheduled: [{ id: 7, exitCode: 3, realOwner: 'anna' }] } },
        { kind: 'failed', exitCode: 3 },
      ],
      'a triggered task, and what it printed': [
        { fake: { triggered: [{ name: 'camera', output: 'off\n' }] }, task: 'camera' },
        { ...succeeded, printed: 'off\n' },
      ],
      'a log on standard output': [{ moods: { logTo: 'stdout' } }, succeeded],
      'noise before and after': [{ moods: { logTo: 'stdout', before: noise, after: noise } }, succeeded],
      'answers on one line': [{ moods: { isOnOneLine: true } }, succeeded],
      'exit status 255 beside each answer': [{ moods: { exitStatus: 255 } }, succeeded],
      'slow answers': [{ moods: { faults: [{ fault: 'slow' }] } }, succeeded],
      'a DSM that ignores what it does not know': [{ moods: { isSloppy: true } }, succeeded],
      'a history that shows runs only at their end': [{ moods: { showsRunning: false } }, succeeded],
    });
  });

  test('nothing is claimed that DSM did not report, and a start is made once', async (t) => {
    const unseen = 'DSM took the start, but its history shows no run of the task in time.';
    const atStart = (fault: Moods['faults'][number]['fault']): Case => ({
      moods: { faults: [{ method: 'run', fault }] },
      options: shortly,
    });
    await checkAll(t, {
      'no history': [
        { moods: { isOutputSaved: false }, options: shortly },
        unconfirmed(
          'DSM took the start, but does not report how the task ended. To learn it, switch on "Save output results" in DSM: Control Panel > Task Scheduler > Settings.',
        ),
      ],
      'DSM 6 without any': [
        { fake: { profile: 6 }, moods: { silentOption: 'forbidden', without: ['view'] } },
        unconfirmed('DSM took the start, but this version of DSM does not report how the task ended.'),
      ],
      'a start that does nothing': [
        { moods: { startsNothing: true }, options: shortly },
        unconfirmed(unseen),
      ],
      'an unknown name, and a DSM that does not mind': [
        { moods: { isSloppy: true, without: ['get'] }, options: shortly, task: 'nobody' },
        unconfirmed(unseen),
      ],
      'the tool is killed at the start, before it was done': [atStart('killed'), unconfirmed(notKnown)],
      'the tool is killed at the start, when it was done': [atStart('killed-after'), succeeded],
      'half an answer to a start that was not done': [atStart('cut'), unconfirmed(notKnown)],
      'half an answer to a start that was done': [atStart('cut-after'), succeeded],
      'nothing but the log, at the start': [atStart('mute'), unconfirmed(notKnown)],
      'junk at the start': [atStart('junk'), unconfirmed(notKnown)],
    });
  });

  test('a refusal is a failure, with the reason and a remedy', async (t) => {
    const everywhere = (fault: Moods['faults'][number]['fault']): Case => ({
      moods: { faults: [{ fault }] },
    });
    const unclear = failed("DSM's synowebapi answered in a form that is not understood.");
    const byWebApi = 'try this DSM by its Web API ("via": "webapi")';
    await checkAll(t, {
      'no such task': [{ task: 8 }, failed('DSM has no such scheduled task.')],
      'no such triggered task': [{ task: 'nobody' }, failed('DSM has no such triggered task.')],
      'no such method': [
        everywhere('error 103'),
        failed(`DSM refused the call: it does not know this method; ${byWebApi} (error 103).`),
      ],
      'no right': [
        everywhere('error 105'),
        failed('DSM refused the call: that may not be done; run remotetask as root (error 105).'),
      ],
      'an unknown number': [
        everywhere('error 12345'),
        failed('DSM refused the call: the number is not known (error 12345).'),
      ],
      'not root': [
        { moods: { isRoot: false } },
        failed(
          `DSM's synowebapi failed without an answer (exit status 13)${isRoot ? '' : ': it has to be run as root'}.`,
        ),
      ],
      killed: [everywhere('killed'), failed("DSM's synowebapi was ended by SIGKILL before it answered.")],
      'half an answer': [everywhere('cut'), unclear],
      'nothing but the log': [everywhere('mute'), unclear],
      'nothing at all': [everywhere('empty'), unclear],
      'another language': [everywhere('html'), unclear],
      'far too much': [everywhere('huge'), unclear],
      'more than one answer': [{ moods: { after: '{"success":true}\n' } }, unclear],
      junk: [
        everywhere('junk'),
        failed(
          `DSM's synowebapi failed without an answer (exit status 139)${isRoot ? '' : ': it has to be run as root'}.`,
        ),
      ],
      'no answer': [
        { ...everywhere('hang'), options: { callMs: 1500 } },
        failed("DSM's synowebapi did not answer within 1.5 s."),
      ],
      'no tool': [
        { options: { tool: '/nowhere/synowebapi' } },
        failed("DSM's synowebapi is not on this machine."),
      ],
      'no program': [
        { options: { tool: import.meta.filename } },
        failed("DSM's synowebapi could not be started (EACCES)."),
      ],
    });
  });

  test('the log shows what was not understood, made harmless; callers do not see it', async (t) => {
    const { client } = createCase(t, { moods: { faults: [{ fault: 'junk' }], logTo: 'stdout' } });
    const answer = await client.call(list, forever);
    assert.ok(answer.kind === 'unanswered');
    assert.deepEqual(answer.lines?.slice(1), [
      'Segmentation \\u001b[31mfault\\u0007',
      '{ this is no answer }',
      '}',
    ]);
    assert.match(answer.lines?.[0] ?? '', /^\[Line 295\] Exec WebAPI: {2}api=SYNO\.Core\.TaskScheduler/);
    assert.doesNotMatch(answer.reason, /Segmentation/);
  });

  test('the tool gets its arguments one by one, each value as JSON, and a clean environment', async (t) => {
    const { tool, client } = createCase(t, {
      fake: { scheduled: [{ id: 7, realOwner: 'DOMAIN\\joe "x"' }] },
    });
    assert.deepEqual(await client.run(7), succeeded);
    const call = (method: string): readonly string[] =>
      tool.calls().find(({ argv }) => argv.includes(`method=${method}`))?.argv ?? assert.fail(method);
    const api = 'api=SYNO.Core.TaskScheduler';
    assert.deepEqual(call('list'), [
      '-s',
      '--exec',
      api,
      'method=list',
      'version=3',
      'sort_by="name"',
      'sort_direction="ASC"',
      'offset=0',
      'limit=100',
    ]);
    assert.deepEqual(call('run'), [
      '-s',
      '--exec',
      api,
      'method=run',
      'version=2',
      'tasks=[{"id":7,"real_owner":"DOMAIN\\\\joe \\"x\\""}]',
    ]);
    assert.deepEqual(call('get_history_status_list'), [
      '-s',
      '--exec',
      api,
      'method=get_history_status_list',
      'version=1',
      'id=7',
    ]);
    for (const { environment } of tool.calls())
      for (const name of Object.keys(environment))
        assert.match(name, /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|TZ|PWD|SHLVL|OLDPWD|_)$/);
  });

  test('names reach DSM as they are, and nothing else is run', async (t) => {
    const folder = createFolder(t);
    const evil = path.join(folder, 'evil');
    const names = [
      '"quoted" \'and\' `so`',
      '[A][B] {"a":1} ]}',
      'two\nlines\r\n\t',
      '😀 ä 日本 \u200f',
      `$(touch ${evil}); touch ${evil} | touch ${evil} > ${evil} && touch ${evil}`,
      '-s --exec api=X method=delete',
      'a=b',
      '7',
      'true',
      '\\u0041\\ %s %n',
      'Create CredRequest fail',
      '{"success":false}',
      '\n{\n   "success" : false\n}\n',
    ];
    const tool = createFakeSynowebapi(path.join(folder, 'tool'), {
      triggered: names.map((name) => ({ name, output: name })),
      moods: { logTo: 'stdout' },
    });
    const client = createTestTool(tool);
    const outcomes = await Promise.all(names.map(async (name) => await client.run(name)));
    assert.deepEqual(
      outcomes,
      names.map((name) => ({ ...succeeded, printed: name })),
    );
    assert.deepEqual(new Set(tool.starts()), new Set(names));
    assert.equal(fs.existsSync(evil), false);
  });

  test('the option of DSM 7 is given on DSM 7, and left away on DSM 6', async (t) => {
    const cases: [profile: 6 | 7, silentOption: Moods['silentOption']][] = [
      [7, 'needed'],
      [6, 'forbidden'],
      [6, 'unknown'],
    ];
    for (const [profile, silentOption] of cases) {
      const { tool, client } = createCase(t, { fake: { profile }, moods: { silentOption } });
      assert.equal((await client.call(list, forever)).kind, 'answered');
      assert.equal(tool.calls().length, 1, 'at the first try');
    }
  });

  test('if the tool wants the option otherwise, a call that only reads finds out, before anything is started', async (t) => {
    for (const task of [7, 'camera'])
      for (const silentOption of ['forbidden', 'unknown'] as const) {
        const { tool, client } = createCase(t, { moods: { silentOption, logTo: 'stdout' } });
        assert.deepEqual(await client.run(task), succeeded);
        const options = tool.calls().map(({ argv }) => argv[0]);
        assert.deepEqual(options, ['-s', ...options.slice(1).map(() => '--exec')]);
      }
    const { tool, client } = createCase(t, { fake: { profile: 6 }, moods: { silentOption: 'needed' } });
    assert.equal((await client.call(list, forever)).kind, 'answered');
    assert.deepEqual(
      tool.calls().map(({ argv }) => argv[0]),
      ['--exec', '-s'],
    );
  });

  test('a start is never made a second time, even if it seems to be called in the wrong way', async (t) => {
    const { tool, client } = createCase(t, { moods: { silentOption: 'forbidden' } });
    const start: DsmRequest = {
      api: 'SYNO.Core.EventScheduler',
      method: 'run',
      forms: [{ version: 1, params: { task_name: 'camera' } }],
    };
    const { kind, reason, mayHaveActed, isLasting } = (await client.call(start, forever)) as Record<
      string,
      unknown
    >;
    assert.deepEqual(
      [kind, reason, mayHaveActed, isLasting],
      ['unanswered', "DSM's synowebapi does not take calls as they are made to DSM 6 and 7.", false, true],
    );
    assert.deepEqual(tool.methods(), ['run']);
  });

  test('a DSM of unknown version is taken for DSM 7', async (t) => {
    for (const content of [undefined, '', 'minorversion="2"\n', 'majorversion=7\n', 'majorversion="8"\n']) {
      const { tool } = createCase(t, {});
      if (content === undefined) fs.rmSync(tool.versionFile);
      else fs.writeFileSync(tool.versionFile, content);
      const client = createTestTool(tool);
      await client.call(
        {
          ...list,
          forms: [
            { version: 3, params: {} },
            { version: 1, params: {} },
          ],
        },
        forever,
      );
      assert.deepEqual(
        [tool.calls()[0]?.argv[0], tool.calls()[0]?.argv[4]],
        ['-s', 'version=3'],
        content ?? 'no file',
      );
    }
  });

  test('what only reads is ended when it is stopped or takes too long, and does not keep others waiting for ever', async (t) => {
    const { tool, client } = createCase(t, {
      fake: { triggered: [{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'fine' }] },
      moods: { faults: ['a', 'b', 'c'].map((task) => ({ task, method: 'result_list', fault: 'hang' })) },
      options: { callMs: 6000 },
    });
    const stop = new AbortController();
    const hanging = ['a', 'b', 'c'].map(async (task) => await client.run(task, stop.signal));
    await until(() => (tool.calls().length >= 2 ? true : undefined), 'two calls that hang');
    assert.deepEqual(await client.run('fine'), succeeded);
    stop.abort();
    assert.deepEqual(
      (await Promise.all(hanging)).map(({ kind }) => kind),
      ['failed', 'failed', 'failed'],
    );
    await until(
      () => (tool.calls().every(({ pid }) => !lives(pid)) ? true : undefined),
      'the end of all processes',
    );
    assert.deepEqual(tool.starts(), ['fine']);
  });

  test('a start that gets no answer is left alone and followed by the history, and other calls do not wait for it', async (t) => {
    const { tool, client } = createCase(t, {
      fake: { triggered: [{ name: 'a' }, { name: 'b' }, { name: 'c' }], scheduled: [{ id: 7 }] },
      moods: {
        faults: [
          { method: 'run', task: 'a', fault: 'hang-after' },
          { method: 'run', task: 'b', fault: 'hang' },
          { method: 'run', task: 'c', fault: 'hang' },
        ],
      },
      options: { callMs: 6000, followMs: 2000 },
    });
    const stop = new AbortController();
    const [a, b, c] = [client.run('a'), client.run('b'), client.run('c', stop.signal)];
    const pidOf = (task: string): number | undefined =>
      tool
        .calls()
        .find(({ argv }) => argv.includes('method=run') && argv.includes(`task_name=${JSON.stringify(task)}`))
        ?.pid;
    const pid = await until(() => pidOf('c'), 'the start of c');
    stop.abort();
    assert.deepEqual(await c, unconfirmed(notKnown));
    assert.deepEqual(await client.run(7), succeeded);
    assert.deepEqual(await Promise.all([a, b]), [succeeded, unconfirmed(notKnown)]);
    for (const one of [pidOf('a'), pidOf('b'), pid]) assert.equal(lives(one ?? 0), true);
    await client.close();
    assert.equal(lives(pid), true, 'nor is it ended when the daemon is');
    assert.deepEqual(
      new Set(client.log.filter(({ event }) => event === 'dsm-tool-left').map((line) => line['pid'])),
      new Set([pidOf('a'), pidOf('b'), pid]),
    );
  });

  test('a run that is stopped before its turn has asked DSM for nothing', async (t) => {
    const { tool, client } = createCase(t, {});
    const answer = (await client.call(list, AbortSignal.abort())) as Record<string, unknown>;
    assert.deepEqual([answer['kind'], answer['mayHaveActed'], tool.calls().length], ['unanswered', false, 0]);
  });
});
