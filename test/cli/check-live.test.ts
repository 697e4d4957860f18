// `remotetask check --live`: asks DSM for the tasks of the config, and only reads.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { callCli } from '../support/call-cli.ts';
import type { CliResult } from '../support/cli.ts';
import { createFolder, findPort, keyOf, magicKey } from '../support/daemon.ts';
import { account, password, startFakeDsm, type FakeDsm } from '../support/fake-dsm/fake-dsm.ts';
import { createFakeTool } from '../support/fake-synoschedtask.ts';

type T = { after(fn: () => Promise<void> | void): void };

const webapi = ({ url }: Pick<FakeDsm, 'url'>, more: object = {}): object => ({
  via: 'webapi',
  webapi: { url, account, password, ...more },
});

interface Checked extends CliResult {
  readonly file: string;
  readonly folder: string;
}

/** Checks a config with these tasks; what is said is the same without the warnings that any such config gets. */
async function check(t: T, dsm: object, tasks: Record<string, object>, names?: string): Promise<Checked> {
  const folder = createFolder(t);
  const file = path.join(folder, 'config.json');
  const keyed = Object.fromEntries(
    Object.entries(tasks).map(([id, task]) => [id, { identifier: keyOf(id), ...task }]),
  );
  fs.writeFileSync(
    file,
    JSON.stringify({ server: { listen: '127.0.0.1', magickey: magicKey }, dsm, tasks: keyed }),
    { mode: 0o600 },
  );
  if (names !== undefined) fs.writeFileSync(path.join(folder, 'history.jsonl.names'), names);
  return { ...(await callCli(['check', '--live', '--config', file])), file, folder };
}

const way = 'Tasks of DSM are run by the Web API, as the config says\n';

suite('remotetask check --live', { concurrency: true }, () => {
  test('tasks that DSM has are fine, and it is said that it was asked', async (t) => {
    const dsm = await startFakeDsm(t, { scheduled: [{ id: 7 }], triggered: [{ name: 'camera' }] });
    const { file, folder, ...result } = await check(t, webapi(dsm), {
      '7': {},
      camera: { triggered: 'camera' },
    });
    const stdout = `${way}Looked for 2 tasks of the config in DSM\n${file} is fine: 2 tasks\n`;
    assert.deepEqual(result, { status: 0, signal: null, stdout, stderr: '' });
    assert.deepEqual([dsm.sessions(), fs.readdirSync(folder)], [0, ['config.json']]);
    assert.ok(dsm.calls.every(({ method }) => ['query', 'login', 'list', 'logout'].includes(method)));
  });

  test('each task that is gone, not to be run or renamed is a warning, with exit status 0', async (t) => {
    const dsm = await startFakeDsm(t, {
      scheduled: [
        { id: 7, name: 'New "name"\u001b[2J' },
        { id: 8, isEnabled: false },
        { id: 9, canRun: false },
      ],
      triggered: [{ name: 'off', isEnabled: false }],
    });
    const names = JSON.stringify({ '': { 7: 'Old name', 8: 'Task 8' } });
    const tasks = {
      '7': {},
      '8': {},
      nine: { scheduled: 9 },
      '10': {},
      off: { triggered: 'off' },
      none: { triggered: 'none' },
    };
    const { status, stdout, stderr, file, folder } = await check(t, webapi(dsm), tasks, names);
    assert.deepEqual(stderr.split('\n'), [
      'Warning: tasks.7: scheduled task 7 of DSM is now "New "name"\\u001b[2J", and was "Old name". Look whether it is still the one that is meant',
      'Warning: tasks.10: DSM has no scheduled task 10. Correct its number, or remove it',
      'Warning: tasks.nine: scheduled task 9 ("Task 9") of DSM cannot be run by the account. Give it the right, or another task',
      'Warning: tasks.none: DSM has no triggered task "none". Correct its name, or remove it',
      '',
    ]);
    assert.deepEqual(
      [status, stdout],
      [0, `${way}Looked for 6 tasks of the config in DSM\n${file} is fine: 6 tasks, warnings: 4\n`],
    );
    assert.equal(fs.readFileSync(path.join(folder, 'history.jsonl.names'), 'utf8'), names, 'only read');
  });

  test('a broken file of names is no problem', async (t) => {
    const dsm = await startFakeDsm(t, { scheduled: [{ id: 7 }] });
    const { status, stderr } = await check(t, webapi(dsm), { '7': {} }, '{"":{"7":"Old');
    assert.deepEqual([status, stderr], [0, '']);
  });

  test('a NAS that cannot be asked is said to be so, with exit status 1; the others are still asked', async (t) => {
    const dsm = await startFakeDsm(t, { scheduled: [{ id: 7 }] });
    const nases = {
      home: webapi(dsm),
      dead: webapi({ url: `http://127.0.0.1:${await findPort()}` }),
      locked: webapi(dsm, { password: 'wrong-Pz6tK1' }),
      idle: webapi({ url: 'http://127.0.0.1:9' }),
    };
    const on = (nas: string, scheduled: number): object => ({ nas, scheduled });
    const { status, stdout, stderr } = await check(t, nases, {
      a: on('home', 8),
      b: on('dead', 7),
      c: on('locked', 7),
    });
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^Warning: tasks\.a: the NAS home has no scheduled task 8\. Correct its number, or remove it$/m,
    );
    assert.match(stderr, /^Cannot ask the NAS dead for its tasks\. DSM cannot be reached: .*$/m);
    assert.match(stderr, /^Cannot ask the NAS locked for its tasks\. .*password is wrong.*$/m);
    assert.match(stdout, /^Looked for 1 task of the config in the NAS home$/m);
    assert.equal(stderr.trimEnd().split('\n').length, 3);
    assert.deepEqual(
      dsm.signIns.toSorted((a, b) => a - b),
      [0, 400],
    );
  });

  test('a list that is not understood is told with its first lines', async (t) => {
    const dsm = await startFakeDsm(t, { scheduled: [{ id: 7 }], settings: { triggeredShape: 'junk' } });
    const junk = createFakeTool(createFolder(t), [{ id: 7 }], { get: 'junk' });
    const tool = { via: 'synoschedtask', synoschedtask: junk.file };
    const [one, two] = await Promise.all([
      check(t, webapi(dsm), { x: { triggered: 'x' } }),
      check(t, tool, { '7': {} }),
    ]);
    assert.deepEqual([one.status, two.status], [1, 1]);
    assert.match(
      one.stderr,
      /^Cannot ask DSM for its triggered tasks\. .* not understood .*\n {2}\{\n {4}"surprise": "of another version"\n {2}\}\n$/,
    );
    assert.match(
      two.stderr,
      /^Cannot ask DSM for its tasks\. .* not understood\.\n {2}Scheduled tasks: see Control Panel$/m,
    );
    assert.deepEqual(junk.calls(), [['--get']]);
  });

  test('where DSM does not list triggered tasks, nothing is said of them', async (t) => {
    const dsm = await startFakeDsm(t, { profile: 5 });
    const { status, stderr } = await check(t, webapi(dsm), { x: { triggered: 'x' } });
    assert.deepEqual([status, stderr], [0, '']);
    if (process.getuid?.() !== 0) return;
    const tool = createFakeTool(createFolder(t), [{ id: 7, state: 'disabled' }]);
    const local = await check(
      t,
      { synowebapi: '/none', synoschedtask: tool.file },
      { '7': {}, x: { triggered: 'x' } },
    );
    assert.deepEqual([local.status, /no triggered task|tasks\.7/.test(local.stderr)], [0, false]);
  });

  test('without tasks of DSM nobody is asked', async (t) => {
    const { status, stdout, stderr, file } = await check(t, {}, { x: { command: ['true'] } });
    assert.deepEqual([status, stderr], [0, '']);
    assert.equal(
      stdout,
      `DSM was not asked: no task of the config is one of its tasks\n${file} is fine: 1 task\n`,
    );
  });
});
