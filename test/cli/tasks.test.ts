// `remotetask tasks` as a real process: against simulated DSMs, and against stand-ins for DSM's tools.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import stringWidth from 'string-width';
import { findTraces } from '../support/canary.ts';
import { createCertificate } from '../support/certificate.ts';
import { callCli } from '../support/call-cli.ts';
import { runCli, runInTerminal, type CliResult } from '../support/cli.ts';
import { createFolder, findPort, keyOf, magicKey, startDaemon, until } from '../support/daemon.ts';
import {
  account,
  password,
  startFakeDsm,
  type FakeDsm,
  type FakeDsmOptions,
} from '../support/fake-dsm/fake-dsm.ts';
import { createFakeTool } from '../support/fake-synoschedtask.ts';
import { createFakeSynowebapi } from '../support/fake-synowebapi/fake-synowebapi.ts';

type T = { after(fn: () => Promise<void> | void): void };

const webapi = ({ url }: Pick<FakeDsm, 'url'>, more: object = {}): object => ({
  via: 'webapi',
  webapi: { url, account, password, ...more },
});

/** Writes a config and runs `remotetask tasks` on it; nothing that it prints may be secret. */
async function runTasks(
  t: T,
  dsm: object,
  tasks: Record<string, object>,
  args: readonly string[] = [],
  run: typeof runCli = runCli,
): Promise<CliResult> {
  const file = path.join(createFolder(t), 'config.json');
  const keyed = Object.fromEntries(
    Object.entries(tasks).map(([id, task]) => [id, { identifier: keyOf(id), ...task }]),
  );
  fs.writeFileSync(
    file,
    JSON.stringify({ server: { listen: '127.0.0.1', magickey: magicKey }, dsm, tasks: keyed }),
    { mode: 0o600 },
  );
  const result = await run(['tasks', '--config', file, ...args]);
  for (const secret of [magicKey, ...Object.keys(tasks).map(keyOf), account, password])
    assert.deepEqual(findTraces(secret, result.stdout + result.stderr), [], 'a secret');
  return result;
}

interface Listed {
  readonly kind: string;
  readonly id: number | null;
  readonly name: string;
  readonly enabled: boolean | null;
  readonly config: readonly string[];
  readonly lastRun: {
    readonly result: string;
    readonly exitCode: number | null;
    readonly startedAt: string | null;
  };
}
interface Report {
  readonly name: string | null;
  readonly way: string;
  readonly why: string;
  readonly savesOutput: boolean | null;
  readonly listsTriggered: boolean;
  readonly tasks: readonly Listed[];
  readonly missing: readonly object[];
  readonly errors: readonly { reason: string; lines: readonly string[] }[];
}
async function loadJson(
  t: T,
  dsm: object,
  tasks: Record<string, object>,
  args: readonly string[] = [],
): Promise<{ nases: Report[]; status: number | null }> {
  const { stdout, stderr, status } = await runTasks(t, dsm, tasks, ['--json', ...args]);
  assert.equal(stderr, '');
  const { nases } = JSON.parse(stdout) as { nases: Report[] };
  return { nases, status };
}

/** For what starts many processes, one after the other. */
const manyMs = 120_000;

/** The same, once all ends are known: DSM is asked for them for a time only, which may be short for a machine with much to do. */
async function loadKnown(
  t: T,
  dsm: object,
  tasks: Record<string, object>,
  mayBeUnknown = 0,
): Promise<{ nases: Report[]; status: number | null }> {
  return await until(
    async () => {
      const loaded = await loadJson(t, dsm, tasks);
      const unknown = loaded.nases
        .flatMap((nas) => nas.tasks)
        .filter(({ lastRun }) => lastRun.result === 'unknown');
      return unknown.length > mayBeUnknown ? undefined : loaded;
    },
    'all ends',
    manyMs,
  );
}

const at = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d`;
const someTasks: FakeDsmOptions = {
  scheduled: [
    { id: 7, name: 'Back up photos' },
    { id: 8, name: 'Fails', exitCode: 3, isEnabled: false },
    { id: 112, name: 'Of somebody else', realOwner: 'a-rather-long-name', canRun: false },
  ],
  triggered: [{ name: 'Camera check off' }, { name: 'Never' }],
};
const someConfig = {
  '7': {},
  photos: { scheduled: 7 },
  '9': {},
  camera: { triggered: 'Camera check off' },
  none: { triggered: 'No such' },
};

suite('remotetask tasks', { concurrency: true }, () => {
  test('people get a table of 80 columns: what DSM has, beside the config, and what it has not', async (t) => {
    const certificate = createCertificate('127.0.0.1');
    const dsm = await startFakeDsm(t, { ...someTasks, certificate });
    for (const task of [7, 8, 'Camera check off']) dsm.start(task);
    await until(() => (dsm.starts().length === 3 ? true : undefined), 'the starts');
    const over = async (): Promise<CliResult | undefined> => {
      const result = await runTasks(t, webapi(dsm, { fingerprint: certificate.fingerprint }), someConfig);
      return /running| \? |Back up photos .* -  /.test(result.stdout) ? undefined : result;
    };
    const { status, stdout, stderr } = await until(over, 'the ends', manyMs);
    assert.deepEqual([status, stderr], [0, '']);
    const expected = [
      /^Tasks of DSM are run by the Web API, as the config says\.$/,
      /^ Id {2}Name +Owner {7}State {5}Last run +Config$/,
      new RegExp(`^  7  Back up photos +root        enabled   succeeded ${at}   7, photos$`),
      new RegExp(`^  8  Fails +root        disabled  failed \\(3\\) ${at}  -$`),
      /^112 {2}Of somebody else {2}a-rather-…  no right {2}- +-$/,
      /^Triggered:$/,
      new RegExp(`^     Camera check off  root        enabled   succeeded ${at}   camera$`),
      /^ {5}Never +root {8}enabled {3}- +-$/,
      /^In the config, but not in DSM:$/,
      /^ {2}9: scheduled task 9$/,
      /^ {2}none: triggered task "No such"$/,
      /^$/,
    ];
    const lines = stdout.split('\n');
    assert.equal(lines.length, expected.length, stdout);
    lines.forEach((line, i) => assert.match(line, expected[i] ?? /never/));
    assert.equal(dsm.sessions(), 0, 'signed out');
  });

  test('programs get the same as JSON, in the shape that docs/dsm.md promises', async (t) => {
    const dsm = await startFakeDsm(t, someTasks);
    const { nases, status } = await loadKnown(t, webapi(dsm), someConfig);
    const none = { result: 'none', exitCode: null, startedAt: null };
    const parts = { owner: 'root', enabled: true, canRun: true, lastRun: none };
    assert.equal(status, 0);
    assert.deepEqual(nases, [
      {
        name: null,
        way: 'webapi',
        why: 'Tasks of DSM are run by the Web API, as the config says',
        savesOutput: true,
        listsTriggered: true,
        tasks: [
          { kind: 'scheduled', id: 7, name: 'Back up photos', ...parts, config: ['7', 'photos'] },
          { kind: 'scheduled', id: 8, name: 'Fails', ...parts, enabled: false, config: [] },
          {
            kind: 'scheduled',
            id: 112,
            name: 'Of somebody else',
            ...parts,
            owner: 'a-rather-long-name',
            canRun: false,
            config: [],
          },
          { kind: 'triggered', id: null, name: 'Camera check off', ...parts, config: ['camera'] },
          { kind: 'triggered', id: null, name: 'Never', ...parts, config: [] },
        ],
        missing: [
          { config: '9', kind: 'scheduled', id: 9, name: null },
          { config: 'none', kind: 'triggered', id: null, name: 'No such' },
        ],
        errors: [],
      },
    ]);
  });

  test('DSM 5 and 6 are listed as far as they tell, and people are told what they do not', async (t) => {
    const [five, six] = [
      await startFakeDsm(t, { ...someTasks, profile: 5 }),
      await startFakeDsm(t, { ...someTasks, profile: 6 }),
    ];
    const old = await runTasks(t, webapi(five), { '7': {}, camera: { triggered: 'No such' } });
    assert.deepEqual([old.status, old.stderr], [0, '']);
    assert.match(old.stdout, /^ {2}7 {2}Back up photos .* \? +7$/m);
    assert.match(old.stdout, /^synoschedtask cannot list triggered tasks\.$/m);
    assert.doesNotMatch(old.stdout, /No such/);
    const { nases } = await loadKnown(t, webapi(six), someConfig);
    assert.deepEqual(
      nases[0]?.tasks.map(({ kind, lastRun }) => [kind, lastRun.result]),
      [
        ['scheduled', 'none'],
        ['scheduled', 'none'],
        ['scheduled', 'none'],
        ['triggered', 'none'],
        ['triggered', 'none'],
      ],
    );
  });

  test('without "Save output results" nobody is told that tasks never ran, but what to switch on', async (t) => {
    const dsm = await startFakeDsm(t, { ...someTasks, settings: { isOutputSaved: false } });
    const { stdout } = await runTasks(t, webapi(dsm), {});
    assert.match(stdout, /^ {2}7 {2}Back up photos .* \? +-$/m);
    assert.match(stdout, /^DSM keeps no results: switch on "Save output results" in Control Panel/m);
  });

  test('a wrong password is one attempt, one line and exit status 1', async (t) => {
    const dsm = await startFakeDsm(t, someTasks);
    const { status, stdout, stderr } = await runTasks(
      t,
      webapi(dsm, { password: 'wrong-Pz6tK1' }),
      someConfig,
    );
    assert.deepEqual(
      [status, stdout, dsm.signIns],
      [1, 'Tasks of DSM are run by the Web API, as the config says.\n', [400]],
    );
    assert.match(
      stderr,
      /^Cannot list the tasks of DSM\. DSM refused the sign-in: the account or the password is wrong; .*\n$/,
    );
  });

  test('another certificate, and a DSM that is not there, are told as such', async (t) => {
    const certificate = createCertificate('127.0.0.1');
    const dsm = await startFakeDsm(t, { ...someTasks, certificate });
    const other = await runTasks(t, webapi(dsm, { fingerprint: 'ab'.repeat(32) }), someConfig);
    assert.equal(other.status, 1);
    assert.match(other.stderr, /it showed another certificate than that of dsm\.webapi\.fingerprint/);
    assert.deepEqual(dsm.calls, []);
    await dsm.down();
    const down = await runTasks(t, webapi(dsm, { fingerprint: 'ab'.repeat(32) }), someConfig);
    assert.deepEqual([down.status, /it takes no connections/.test(down.stderr)], [1, true]);
  });

  test('500 tasks are all shown, each on a line of 80 columns at most', async (t) => {
    const scheduled = Array.from({ length: 500 }, (_, i) => ({
      id: i + 1,
      name: `Task ${'日'.repeat(i % 60)} ${i}`,
    }));
    const dsm = await startFakeDsm(t, { scheduled });
    const { status, stdout } = await runTasks(t, webapi(dsm), { '500': {}, '501': {} });
    const rows = stdout.split('\n').filter((line) => /^ *\d+ {2}Task /.test(line));
    assert.deepEqual([status, rows.length], [0, 500]);
    for (const row of rows) assert.ok(stringWidth(row) <= 80, row);
    assert.match(stdout, /^500 .* 500$/m);
    assert.match(stdout, /^ {2}501: scheduled task 501$/m);
  });

  const nasty = [
    '"quoted" \'and\' `so` \\',
    '[x] ]: [y',
    'two\nlines\r\n\t',
    '👩‍👩‍👧 🇩🇪 日本語',
    '$(reboot); rm -rf / | x > y &',
    '\u001b[2J\u001b]0;title\u0007\u009b31m',
    '\u202egpj.exe\u2066\u200f',
    '-',
    '__proto__',
    ' ',
    '\u2028',
  ];

  test('names of any kind stay on their lines and move nothing; as JSON they are what they are', async (t) => {
    const dsm = await startFakeDsm(t, {
      scheduled: nasty.map((name, i) => ({ id: i + 1, name, realOwner: name })),
      triggered: nasty.map((name) => ({ name })),
    });
    const config = Object.fromEntries(nasty.map((name, i) => [`t${i}`, { triggered: name }]));
    const [table, json] = await Promise.all([
      runTasks(t, webapi(dsm), config),
      runTasks(t, webapi(dsm), config, ['--json']),
    ]);
    for (const { stdout, status, stderr } of [table, json]) {
      assert.deepEqual([status, stderr], [0, '']);
      // oxlint-disable-next-line no-misleading-character-class
      assert.doesNotMatch(
        stdout,
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/,
      );
    }
    const lines = table.stdout.trimEnd().split('\n');
    // A machine with much to do may not learn all ends in time.
    const isRow = (line: string): boolean => line !== 'DSM took too long to say how all of them ended.';
    assert.equal(lines.filter(isRow).length, 3 + 2 * nasty.length);
    for (const shown of ['$(reboot); rm', '\\u001b[2J', 'two\\nlines\\u000d', '\\u202egpj.exe'])
      assert.ok(table.stdout.includes(shown), shown);
    const { nases } = JSON.parse(json.stdout) as { nases: Report[] };
    const namesOf = (kind: string): string[] =>
      (nases[0]?.tasks ?? []).flatMap((task) => (task.kind === kind ? [task.name] : []));
    assert.deepEqual(namesOf('scheduled'), nasty);
    assert.deepEqual(namesOf('triggered').toSorted(), nasty.toSorted());
    assert.ok(nases[0]?.tasks.every(({ kind, config }) => config.length === (kind === 'triggered' ? 1 : 0)));
  });

  test('by synoschedtask each version of DSM is listed, whatever its tasks are called', async (t) => {
    const folder = createFolder(t);
    await Promise.all(
      (['dsm5', 'dsm6', 'dsm7', 'dsm72'] as const).map(async (flavour) => {
        const tool = createFakeTool(
          path.join(folder, flavour),
          [
            { id: 7, name: 'a [b]: c', status: 'Success' },
            {
              id: 12,
              name: '日本',
              status: 'Error(3)',
              state: 'disabled',
              command: 'if [ -e /x ]\nthen\n\necho "[x]"; fi',
            },
            { id: 13 },
          ],
          { flavour },
        );
        const { nases, status } = await loadJson(
          t,
          { via: 'synoschedtask', synoschedtask: tool.file },
          { '12': {}, '14': {} },
        );
        assert.deepEqual(
          nases[0]?.tasks.map(({ id, name, enabled, lastRun, config }) => [
            id,
            name,
            enabled,
            lastRun.result,
            lastRun.exitCode,
            config,
          ]),
          [
            [7, 'a [b]: c', true, 'succeeded', 0, []],
            [12, '日本', false, 'failed', 3, ['12']],
            [13, 'Task 13', true, 'none', null, []],
          ],
          flavour,
        );
        assert.deepEqual(
          [status, nases[0]?.listsTriggered, nases[0]?.missing],
          [0, false, [{ config: '14', kind: 'scheduled', id: 14, name: null }]],
        );
        assert.deepEqual(tool.calls(), [['--get']]);
      }),
    );
  });

  test('a tool that says something else, refuses or is not there is an error with its first lines, and never "no tasks"', async (t) => {
    const folder = createFolder(t);
    const junk = createFakeTool(path.join(folder, 'junk'), [{ id: 7 }], { get: 'junk' });
    const refusing = createFakeTool(path.join(folder, 'refusing'), [{ id: 7 }], { isRoot: false });
    const by = (file: string): object => ({ via: 'synoschedtask', synoschedtask: file });
    const [one, two, three] = await Promise.all(
      [by(junk.file), by(refusing.file), by(path.join(folder, 'none'))].map(
        async (dsm) => await runTasks(t, dsm, { '7': {} }),
      ),
    );
    assert.deepEqual(
      [one?.status, one?.stderr],
      [
        1,
        "Cannot list the tasks of DSM. DSM's synoschedtask answered in a form that is not understood.\n  Scheduled tasks: see Control Panel\n",
      ],
    );
    assert.equal(two?.status, 1);
    assert.match(
      two.stderr,
      /^Cannot list the tasks of DSM\. DSM's synoschedtask refused \(exit status 13\)\..*\n {2}synoschedtask: Permission denied\n$/,
    );
    assert.equal(three?.status, 1);
    assert.match(three.stderr, /is not on this machine/);
    for (const result of [one, two, three]) assert.doesNotMatch(result?.stdout ?? '', /no tasks/);
  });

  test('by synowebapi both kinds of tasks are listed, with how they ended', async (t) => {
    const tool = createFakeSynowebapi(path.join(createFolder(t), 'tool'), {
      scheduled: [
        { id: 7, name: nasty[0] ?? '' },
        { id: 8, isEnabled: false },
      ],
      triggered: [{ name: nasty[2] ?? '' }],
      moods: { logTo: 'stdout', before: '[Line 1] {"success":true}\n' },
    });
    const { nases, status } = await loadKnown(
      t,
      { via: 'synowebapi', synowebapi: tool.file },
      { '7': {}, x: { triggered: nasty[2] } },
    );
    assert.deepEqual(
      [
        status,
        nases[0]?.tasks.map(({ id, name, enabled, lastRun, config }) => [
          id,
          name,
          enabled,
          lastRun.result,
          config,
        ]),
      ],
      [
        0,
        [
          [7, nasty[0], true, 'none', ['7']],
          [8, 'Task 8', false, 'none', []],
          [null, nasty[2], true, 'none', ['x']],
        ],
      ],
    );
  });

  test('of several NASes each is shown with its way, also where one cannot be asked; one alone can be named', async (t) => {
    const [home, attic] = [
      await startFakeDsm(t, { scheduled: [{ id: 7, name: 'At home' }] }),
      await startFakeDsm(t, { scheduled: [{ id: 7, name: 'Attic' }] }),
    ];
    const dead = { url: `http://127.0.0.1:${await findPort()}` };
    const dsm = { home: webapi(home), dead: webapi(dead), attic: webapi(attic) };
    const tasks = {
      '7': { nas: 'home' },
      up: { nas: 'attic', scheduled: 7 },
      down: { nas: 'dead', scheduled: 7 },
    };
    const all = await runTasks(t, dsm, tasks);
    assert.equal(all.status, 1);
    assert.match(
      all.stdout,
      /NAS home are run .*\n.*\n 7 {2}At home .* 7\n\n.*NAS dead are run .*\n\n.*NAS attic are run .*\n.*\n 7 {2}Attic .* up\n$/,
    );
    assert.match(all.stderr, /^Cannot list the tasks of the NAS dead\. .*\n$/);
    const one = await runTasks(t, dsm, tasks, ['attic']);
    assert.deepEqual([one.status, one.stderr, /At home|dead/.test(one.stdout)], [0, '', false]);
    const json = await loadJson(t, dsm, tasks);
    assert.deepEqual(
      [json.status, json.nases.map(({ name, tasks, errors }) => [name, tasks.length, errors.length])],
      [
        1,
        [
          ['home', 1, 0],
          ['dead', 0, 1],
          ['attic', 1, 0],
        ],
      ],
    );
  });

  test('a NAS that the config does not have is wrong usage', async (t) => {
    const dsm = { attic: webapi({ url: 'http://127.0.0.1:9' }) };
    const results = await Promise.all([
      runTasks(t, dsm, {}, ['atic']),
      runTasks(t, dsm, {}, ['']),
      runTasks(t, {}, {}, ['x']),
    ]);
    assert.deepEqual(
      results.map(({ status, stdout, stderr }) => [status, stdout, stderr]),
      [
        [2, '', 'There is no NAS "atic" in the config [usage]\n  Its NASes are attic\n'],
        [2, '', 'There is no NAS "" in the config [usage]\n  Its NASes are attic\n'],
        [2, '', 'There is no NAS "x" in the config [usage]\n  Its "dsm" names none: leave the name away\n'],
      ],
    );
  });

  test('without a way into DSM it is said what to do', async (t) => {
    const { status, stdout, stderr } = await runTasks(
      t,
      { synowebapi: '/none/a', synoschedtask: '/none/b' },
      { '7': {} },
    );
    assert.equal(status, 1);
    assert.match(stdout, /^Tasks of DSM cannot be run: .*\. Add "webapi" to "dsm".*\.\n$/);
    assert.equal(stderr, 'Cannot list the tasks of DSM. There is no way into it.\n');
  });

  test('a list of triggered tasks that is not understood is an error with its first lines; the others are shown', async (t) => {
    const dsm = await startFakeDsm(t, { ...someTasks, settings: { triggeredShape: 'junk' } });
    const { status, stdout, stderr } = await runTasks(t, webapi(dsm), someConfig);
    assert.equal(status, 1);
    assert.match(stdout, /Back up photos/);
    assert.doesNotMatch(stdout, /No such/);
    assert.equal(
      stderr,
      'Cannot list the triggered tasks of DSM. DSM answered in a form that is not understood (the list of triggered tasks).\n  {\n    "surprise": "of another version"\n  }\n',
    );
  });

  test('a terminal gets colors, unless NO_COLOR says otherwise, and a table of its width', async (t) => {
    const dsm = await startFakeDsm(t, someTasks);
    const colored = await runTasks(t, webapi(dsm), { '7': {}, '9': {} }, [], runInTerminal);
    const plain = await runTasks(
      t,
      webapi(dsm),
      { '7': {}, '9': {} },
      [],
      async (args) => await runInTerminal(args, { env: { NO_COLOR: '1' } }),
    );
    assert.match(colored.stdout, /^\u001b\[1mTasks of DSM are run/);
    assert.doesNotMatch(plain.stdout, /\u001b/);
    assert.equal(colored.stdout.replaceAll(/\u001b\[\d+m/g, ''), plain.stdout);
  });

  test('beside a daemon it has a session of its own; where DSM allows only one, that is said', async (t) => {
    const dsm = await startFakeDsm(t, { scheduled: [{ id: 7, ms: 'held' }] });
    const daemon = await startDaemon(t, { tasks: { '7': {} }, more: { dsm: webapi(dsm) } });
    await fetch(daemon.url('7'), { method: 'POST' });
    await until(() => (dsm.starts().length === 1 ? true : undefined), 'the start');
    const args = ['tasks', '--config', path.join(daemon.folder, 'config.json')];
    const beside = await until(
      async () => {
        const result = await callCli(args);
        return result.stdout.includes(' running ') ? result : undefined;
      },
      'the run in the list',
      manyMs,
    );
    assert.deepEqual([beside.status, beside.stderr, dsm.sessions()], [0, '', 1]);
    assert.doesNotMatch(beside.stdout, /107/);
    let isFirst = true;
    dsm.set({
      fault({ method, api }) {
        // Between its sign-in and its list, the daemon signs in again.
        if (method === 'list' && api.includes('TaskScheduler') && isFirst) {
          isFirst = false;
          dsm.endSessions(107);
        }
        return undefined;
      },
    });
    const ended = await callCli(args);
    assert.deepEqual([ended.status, ended.stderr], [0, '']);
    assert.match(ended.stdout, /^DSM ends a session of the account when another one begins \(error 107\): /m);
    dsm.end(7);
    await daemon.logged(({ event, outcome }) => event === 'run-ended' && outcome === 'succeeded');
  });
});
