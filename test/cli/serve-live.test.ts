// The daemon's look at the tasks of DSM, through a real daemon: after it listens, in the background, and once.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { createCertificate } from '../support/certificate.ts';
import { createFolder, startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { account, password, startFakeDsm, type FakeDsm } from '../support/fake-dsm/fake-dsm.ts';
import { createFakeTool } from '../support/fake-synoschedtask.ts';
import { createFakeSynowebapi } from '../support/fake-synowebapi/fake-synowebapi.ts';
import { startReloadable } from '../support/reload.ts';

const toDsm = ({ url }: Pick<FakeDsm, 'url'>, more: object = {}): object => ({
  via: 'webapi',
  webapi: { url, account, password, ...more },
});
const warningsOf = (daemon: TestDaemon): unknown[][] =>
  daemon
    .log()
    .flatMap(({ event, task, nas, level, msg }) =>
      event === 'dsm-task-warning' ? [[task, nas, level, msg]] : [],
    );
const loadNames = ({ folder }: Pick<TestDaemon, 'folder'>): unknown => {
  const file = path.join(folder, 'history.jsonl.names');
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined;
};

suite('serve looks at the tasks of DSM', { concurrency: true }, () => {
  test('each warning is a line, and the names are remembered in a file of the owner alone', async (t) => {
    const certificate = createCertificate('127.0.0.1');
    const dsm = await startFakeDsm(t, {
      certificate,
      scheduled: [
        { id: 7, name: 'Copy' },
        { id: 8, name: 'b\n\u202e', isEnabled: false },
      ],
    });
    const daemon = await startDaemon(t, {
      tasks: {
        '7': {},
        eight: { scheduled: 8 },
        '9': {},
        x: { triggered: 'x' },
        here: { command: ['true'] },
      },
      more: { dsm: toDsm(dsm, { fingerprint: certificate.fingerprint }) },
    });
    await until(() => (warningsOf(daemon).length === 2 ? true : undefined), 'the warnings');
    assert.deepEqual(
      new Map(warningsOf(daemon).map(([task, ...line]) => [task, line])),
      new Map([
        ['9', [undefined, 40, 'tasks.9: DSM has no scheduled task 9. Correct its number, or remove it']],
        ['x', [undefined, 40, 'tasks.x: DSM has no triggered task "x". Correct its name, or remove it']],
      ]),
    );
    assert.deepEqual(await until(() => loadNames(daemon), 'the names'), {
      '': { 7: 'Copy', 8: 'b\n\u202e' },
    });
    assert.equal(fs.statSync(path.join(daemon.folder, 'history.jsonl.names')).mode & 0o777, 0o600);
    const listening = daemon.log().findIndex(({ event }) => event === 'listening');
    assert.ok(
      listening >= 0 && listening < daemon.log().findIndex(({ event }) => event === 'dsm-task-warning'),
    );
    assert.deepEqual(dsm.signIns, [0], 'one session, which runs share');
    assert.equal(await daemon.stop(), 0);
    assert.equal(dsm.sessions(), 0);
  });

  test('a rename between two starts is told of once', async (t) => {
    const folder = createFolder(t);
    let starts = 0;
    const look = async (name: string): Promise<string[]> => {
      const dsm = await startFakeDsm(t, { scheduled: [{ id: 7, name }] });
      const log = `${starts++}.txt`;
      const daemon = await startDaemon(t, {
        folder,
        tasks: { '7': {}, '9': {} },
        more: { dsm: toDsm(dsm), log: { file: log } },
      });
      const told = (): string[] =>
        fs
          .readFileSync(path.join(folder, log), 'utf8')
          .split('\n')
          .flatMap((line) => (line.includes('dsm-task-warning') ? [String(JSON.parse(line).msg)] : []));
      await until(
        () => (told().some((line) => line.startsWith('tasks.9:')) ? true : undefined),
        'the last warning',
      );
      await until(
        () => (JSON.stringify(loadNames(daemon)) === JSON.stringify({ '': { 7: name } }) ? true : undefined),
        'the name',
      );
      assert.equal(await daemon.stop(), 0);
      return told().filter((line) => line.startsWith('tasks.7:'));
    };
    assert.deepEqual(await look('old'), []);
    assert.deepEqual(await look('new'), [
      'tasks.7: scheduled task 7 of DSM is now "new", and was "old". Look whether it is still the one that is meant',
    ]);
    assert.deepEqual(await look('new'), []);
  });

  test('by the tools each NAS is asked once, and its name stands in the line', async (t) => {
    const folder = createFolder(t);
    const caller = createFakeSynowebapi(path.join(folder, 'caller'), { scheduled: [{ id: 7 }] });
    const lister = createFakeTool(path.join(folder, 'lister'), [{ id: 7 }]);
    const dsm = {
      home: { via: 'synowebapi', synowebapi: caller.file },
      attic: { via: 'synoschedtask', synoschedtask: lister.file },
    };
    const daemon = await startDaemon(t, {
      tasks: {
        a: { nas: 'home', scheduled: 8 },
        b: { nas: 'attic', scheduled: 9 },
        c: { nas: 'attic', scheduled: 7 },
      },
      more: { dsm },
    });
    await until(() => (warningsOf(daemon).length === 2 ? true : undefined), 'the warnings');
    assert.deepEqual(
      warningsOf(daemon).toSorted(([a], [b]) => String(a).localeCompare(String(b))),
      [
        ['a', 'home', 40, 'tasks.a: the NAS home has no scheduled task 8. Correct its number, or remove it'],
        [
          'b',
          'attic',
          40,
          'tasks.b: the NAS attic has no scheduled task 9. Correct its number, or remove it',
        ],
      ],
    );
    assert.deepEqual([caller.methods(), lister.calls()], [['list', 'list'], [['--get']]]);
    assert.deepEqual(await until(() => loadNames(daemon), 'the names'), { attic: { 7: 'Task 7' } });
  });

  test('what is not understood is one line, with the first lines of it', async (t) => {
    const tool = createFakeTool(createFolder(t), [{ id: 7 }], { get: 'junk' });
    const daemon = await startDaemon(t, {
      tasks: { '7': {} },
      more: { dsm: { via: 'synoschedtask', synoschedtask: tool.file } },
    });
    const { lines, msg } = await daemon.logged(({ event }) => event === 'dsm-not-asked');
    assert.deepEqual(lines, ['Scheduled tasks: see Control Panel']);
    assert.equal(
      msg,
      "Cannot see whether DSM has the tasks of the config. DSM's synoschedtask answered in a form that is not understood.",
    );
  });

  test('DSM that hangs or is away holds nothing up', async (t) => {
    const dsm = await startFakeDsm(t, { settings: { fault: () => 'hang' } });
    const daemon = await startDaemon(t, {
      tasks: { '7': {}, here: { command: ['true'] } },
      more: { dsm: toDsm(dsm) },
    });
    await until(() => (dsm.calls.length > 0 ? true : undefined), 'the look');
    assert.equal((await fetch(`${daemon.url('here')}?wait=60`, { headers: { accept: '*/*' } })).status, 200);
    assert.equal(await daemon.stop(), 0);
  });

  test('tasks that a changed config brings are looked at, too, and the others not again', async (t) => {
    const dsm = await startFakeDsm(t, { scheduled: [{ id: 7 }] });
    const daemon = await startReloadable(t, {
      tasks: { '9': {} },
      more: { dsm: toDsm(dsm) },
      secrets: [account],
    });
    await until(() => (daemon.count('dsm-task-warning') === 1 ? true : undefined), 'the first warning');
    await daemon.takes((config) => {
      config.server['debug'] = true;
    });
    await daemon.takes((config) => {
      config.tasks['9'] = { ...config.tasks['9'], scheduled: 10 };
    });
    await daemon.logged(
      ({ event, msg }) => event === 'dsm-task-warning' && String(msg).includes('no scheduled task 10'),
    );
    assert.deepEqual([daemon.count('dsm-task-warning'), dsm.signIns], [2, [0]]);
  });
});
