// A daemon and its NASes: which way into each is taken, and that none of them is anything to another.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { suite, test } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import { createDsmAccess } from '../../src/worker/dsm-access.ts';
import { createNasStates } from '../../src/worker/nas-states.ts';
import type { Outcome } from '../../src/outcome.ts';
import { createJudge, server } from '../support/config.ts';
import { runCli } from '../support/cli.ts';
import { createFolder, keyOf, startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { account, password, startFakeDsm, type FakeDsm } from '../support/fake-dsm/fake-dsm.ts';
import { createFakeTool } from '../support/fake-synoschedtask.ts';
import { createTestLogger } from '../support/logger.ts';
import { needsRoot } from '../support/needs.ts';
import { startReloadable } from '../support/reload.ts';
import { withoutPipes } from '../support/pipes.ts';
import { runInDsm } from '../support/run-in-dsm.ts';

const isRoot = process.getuid?.() === 0;
/** Somebody without privileges, and without an entry in /etc/passwd, as in a container. */
const nobody = isRoot ? 64_321 : undefined;
const nowhere = { synowebapi: '/nowhere/synowebapi', synoschedtask: '/nowhere/synoschedtask' };
const toNas = ({ url }: Pick<FakeDsm, 'url'>, webapi: object = {}): object => ({
  followFor: '5s',
  webapi: { url, account, password, ...webapi },
});
const atOnce = { whenBusy: 'parallel', cooldown: '0s' };

interface Told {
  readonly status: number;
  readonly run: Record<string, unknown>;
}

async function call(daemon: Pick<TestDaemon, 'url'>, id: string, waitSeconds = 100): Promise<Told> {
  const response = await fetch(`${daemon.url(id)}?wait=${waitSeconds}`, {
    method: 'POST',
    headers: { accept: 'application/json' },
  });
  return { status: response.status, run: (await response.json()) as Record<string, unknown> };
}
const stateOf = async (daemon: TestDaemon, id: string): Promise<unknown> =>
  (
    (await (
      await fetch(`${daemon.base}/runs/${id}`, { headers: { accept: 'application/json' } })
    ).json()) as Record<string, unknown>
  )['state'];
const waysOf = (daemon: Pick<TestDaemon, 'log'>): unknown[][] =>
  daemon
    .log()
    .filter(({ event }) => event === 'dsm-way')
    .map(({ level, nas, way, msg }) => [level, nas, way, msg]);

suite('several NASes', { concurrency: true }, () => {
  test('tasks of one number, or of one name, are those of the NAS that they name', async (t) => {
    const [home, attic] = [
      await startFakeDsm(t, { scheduled: [{ id: 7 }], triggered: [{ name: 'camera', output: 'home\n' }] }),
      await startFakeDsm(t, {
        scheduled: [{ id: 7, exitCode: 5 }],
        triggered: [{ name: 'camera', output: 'attic\n' }],
      }),
    ];
    const daemon = await startDaemon(t, {
      tasks: {
        '7': { nas: 'home' },
        'attic 7': { nas: 'attic', scheduled: 7 },
        a: { nas: 'home', triggered: 'camera', output: 'all' },
        b: { nas: 'attic', triggered: 'camera', output: 'all' },
      },
      more: { dsm: { home: toNas(home), attic: toNas(attic), idle: toNas({ url: 'http://127.0.0.1:9' }) } },
    });
    const told = await Promise.all(['7', 'attic 7', 'a', 'b'].map(async (id) => await call(daemon, id)));
    assert.deepEqual(
      told.map(({ status, run }) => [status, run['exitCode'], run['output'] ?? null]),
      [
        [200, 0, null],
        [500, 5, null],
        [200, 0, 'home\n'],
        [200, 0, 'attic\n'],
      ],
    );
    for (const dsm of [home, attic])
      assert.deepEqual([dsm.signIns, dsm.starts().map(String).toSorted()], [[0], ['7', 'camera']]);
    assert.deepEqual(
      waysOf(daemon),
      ['home', 'attic'].map((nas) => [
        30,
        nas,
        'webapi',
        `Tasks of the NAS ${nas} are run by the Web API: the config has its address`,
      ]),
      'a NAS without tasks is not spoken of',
    );
    assert.deepEqual(
      daemon
        .log()
        .filter(({ event }) => event === 'dsm-signed-in')
        .map(({ nas, msg }) => `${String(nas)}: ${String(msg)}`)
        .toSorted(),
      ['attic', 'home'].map((nas) => `${nas}: Signed in to the NAS ${nas}`),
    );
    assert.equal(await daemon.stop(), 0);
    assert.deepEqual([home.sessions(), attic.sessions()], [0, 0]);
  });

  test('a NAS that hangs, and one that is gone, delay no other, and not the end of the daemon', async (t) => {
    const [home, hanging, gone] = [
      await startFakeDsm(t, { scheduled: [{ id: 1 }] }),
      await startFakeDsm(t, { scheduled: [{ id: 1 }], settings: { fault: () => 'hang' } }),
      await startFakeDsm(t, { scheduled: [{ id: 1 }] }),
    ];
    await gone.down();
    const daemon = await startDaemon(t, {
      server: { stopGrace: '0s' },
      tasks: Object.fromEntries(
        ['home', 'hanging', 'gone'].map((nas) => [nas, { nas, scheduled: 1, ...atOnce }]),
      ),
      more: { dsm: { home: toNas(home), hanging: toNas(hanging), gone: toNas(gone) } },
    });
    const stuck = await Promise.all([1, 2, 3].map(async () => await call(daemon, 'hanging', 0)));
    await until(() => (hanging.calls.length > 0 ? true : undefined), 'a call that hangs');
    const lost = call(daemon, 'gone');
    for (let i = 0; i < 3; i++) assert.equal((await call(daemon, 'home')).status, 200);
    for (const { run } of stuck)
      assert.equal(
        await stateOf(daemon, String(run['run'])),
        'running',
        'what hangs has not come back meanwhile',
      );
    const { status, run } = await lost;
    assert.equal(status, 500);
    assert.match(
      String(run['reason']),
      /^DSM cannot be reached: it takes no connections; .* the port of dsm\.gone\.webapi\.url right\? \(ECONNREFUSED\)\.$/,
    );
    assert.equal(await daemon.stop(), 0);
    assert.deepEqual([home.starts(), hanging.starts(), home.sessions()], [[1, 1, 1], [], 0]);
    const ends = daemon.history().filter(({ event }) => event === 'end');
    assert.equal(ends.length, 7, 'every run has its end in the history');
  });

  test('a wrong password at one is told with its place, and is nothing to the other', async (t) => {
    const [home, attic] = [
      await startFakeDsm(t, { scheduled: [{ id: 1 }] }),
      await startFakeDsm(t, { scheduled: [{ id: 1 }] }),
    ];
    const wrong = 'wrong-Pz6tK1';
    const daemon = await startReloadable(t, {
      secrets: [wrong, password],
      tasks: { a: { nas: 'home', scheduled: 1, ...atOnce }, b: { nas: 'attic', scheduled: 1, ...atOnce } },
      more: { dsm: { home: toNas(home), attic: toNas(attic, { password: wrong }) } },
    });
    for (let i = 0; i < 2; i++) {
      const [good, bad] = await Promise.all([call(daemon, 'a'), call(daemon, 'b')]);
      assert.deepEqual([good.status, bad.status], [200, 500]);
      assert.match(
        String(bad.run['reason']),
        /is wrong; correct dsm\.attic\.webapi\.account or dsm\.attic\.webapi\.password\. .*\(error 400\)\./,
      );
    }
    assert.deepEqual([home.signIns, attic.signIns], [[0], [400]]);
    const lines = daemon.log().filter(({ event }) => event === 'dsm-sign-in-failed');
    assert.deepEqual(
      lines.map(({ level, nas, code }) => [level, nas, code]),
      [[50, 'attic', 400]],
    );
    assert.match(String(lines[0]?.['msg']), /^Cannot sign in to the NAS attic\. /);
    const changes = await daemon.takes(
      (config) => void Object.assign(config, { dsm: { home: toNas(home), attic: toNas(attic) } }),
    );
    assert.deepEqual(changes, ['another access to attic']);
    assert.deepEqual(
      (await Promise.all([call(daemon, 'a'), call(daemon, 'b')])).map(({ status }) => status),
      [200, 200],
    );
    assert.deepEqual(
      [home.signIns, attic.signIns],
      [[0], [400, 0]],
      'the one that did not change keeps its session',
    );
  });

  test('a NAS that is changed or taken away leaves its runs under way where they are, and the other NAS alone', async (t) => {
    const [home, attic, newAttic] = [
      await startFakeDsm(t, { scheduled: [{ id: 1, ms: 'held' }] }),
      await startFakeDsm(t, { scheduled: [{ id: 1, ms: 'held' }] }),
      await startFakeDsm(t, { scheduled: [{ id: 1, exitCode: 9 }] }),
    ];
    const daemon = await startReloadable(t, {
      tasks: { a: { nas: 'home', scheduled: 1, ...atOnce }, b: { nas: 'attic', scheduled: 1, ...atOnce } },
      more: { dsm: { home: toNas(home), attic: toNas(attic) } },
    });
    const [first, second] = [call(daemon, 'a'), call(daemon, 'b')];
    await until(() => (home.starts().length + attic.starts().length === 2 ? true : undefined), 'the starts');
    await daemon.takes(
      (config) => void Object.assign(config, { dsm: { home: toNas(home), attic: toNas(newAttic) } }),
    );
    assert.equal((await call(daemon, 'b')).run['exitCode'], 9);
    const changes = await daemon.takes((config) => {
      delete config.tasks['b'];
      config['dsm'] = { home: toNas(home) };
    });
    assert.deepEqual(changes, ['removed b', 'removed the NAS attic']);
    await until(() => (newAttic.sessions() === 0 ? true : undefined), 'the sign-out of a NAS without runs');
    assert.deepEqual([home.sessions(), attic.sessions()], [1, 1], 'these have runs');
    home.end(1, 3);
    attic.end(1, 4);
    assert.deepEqual([(await first).run['exitCode'], (await second).run['exitCode']], [3, 4]);
    await until(() => (attic.sessions() === 0 ? true : undefined), 'the sign-out after the run');
    assert.deepEqual([home.signIns, home.sessions()], [[0], 1]);
  });
});

suite('the way into DSM', { concurrency: true }, () => {
  test('in a container, without tools and without root, the account alone will do', async (t) => {
    const dsm = await startFakeDsm(t, {
      scheduled: [{ id: 7 }],
      triggered: [{ name: 'camera', output: 'off\n' }],
    });
    const daemon = await startDaemon(t, {
      tasks: {
        '7': {},
        camera: { triggered: 'camera', output: 'all' },
        who: { command: ['id', '-u'], output: 'all' },
      },
      more: { dsm: toNas(dsm) },
      uid: nobody,
    });
    const told = await Promise.all(['7', 'camera', 'who'].map(async (id) => await call(daemon, id)));
    assert.deepEqual(
      told.map(({ status, run }) => [status, run['output'] ?? null]),
      [
        [200, null],
        [200, 'off\n'],
        [200, `${nobody ?? process.getuid?.()}\n`],
      ],
    );
    assert.deepEqual(waysOf(daemon), [
      [30, undefined, 'webapi', 'Tasks of DSM are run by the Web API: synowebapi is not on this machine'],
    ]);
    assert.equal(await daemon.stop(), 0);
    assert.deepEqual([dsm.signIns, dsm.sessions()], [[0], 0]);
  });

  test('where there is none, that is a warning, and a run fails with what to do; a way that comes is said and taken', async (t) => {
    const dsm = await startFakeDsm(t, { scheduled: [{ id: 7 }] });
    const none =
      'Tasks of DSM cannot be run: DSM\'s tools are not on this machine, and the config has no "webapi"';
    const remedy = 'Add "webapi" to "dsm", or run the daemon as root on the NAS';
    const daemon = await startReloadable(t, {
      tasks: { '7': atOnce, x: { command: ['/bin/true'] } },
      more: { dsm: nowhere },
    });
    const refused = await call(daemon, '7');
    assert.deepEqual(
      [refused.status, refused.run['state'], refused.run['reason']],
      [500, 'failed', `${none}. ${remedy}.`],
    );
    assert.equal((await call(daemon, 'x')).status, 200);
    const checked = await runCli(['check', '--config', daemon.configFile]);
    assert.deepEqual(checked, {
      status: 0,
      signal: null,
      stdout: `${daemon.configFile} is fine: 2 tasks, warnings: 1\n`,
      stderr: `Warning: ${none}. ${remedy}\n`,
    });
    await daemon.takes((config) => (config.tasks['x'] = { ...config.tasks['x'], name: 'Other' }));
    assert.deepEqual(waysOf(daemon), [[40, undefined, 'none', `${none}. ${remedy}`]], 'said once');
    await daemon.takes((config) => (config['dsm'] = { ...nowhere, ...toNas(dsm) }));
    const taken = 'Tasks of DSM are run by the Web API: synowebapi is not on this machine';
    assert.deepEqual(waysOf(daemon).slice(1), [[30, undefined, 'webapi', taken]]);
    assert.equal((await call(daemon, '7')).status, 200);
    fs.chmodSync(daemon.configFile, 0o600);
    assert.deepEqual(await runCli(['check', '--config', daemon.configFile]), {
      status: 0,
      signal: null,
      stdout: `${taken}\n${daemon.configFile} is fine: 2 tasks\n`,
      stderr: '',
    });
  });

  test('without tasks of DSM nothing is said of it', async (t) => {
    const daemon = await startReloadable(t, {
      tasks: { x: { command: ['/bin/true'] } },
      more: { dsm: nowhere },
    });
    assert.deepEqual(waysOf(daemon), []);
    assert.equal((await runCli(['check', '--config', daemon.configFile])).stderr, '');
  });

  test('a way that the config names is taken, with a warning where its tool is not there', async (t) => {
    const daemon = await startReloadable(t, {
      tasks: { '7': {} },
      more: { dsm: { ...nowhere, via: 'synoschedtask' } },
    });
    const text =
      'Tasks of DSM are run by synoschedtask, as the config says; but synoschedtask is not on this machine. Set dsm.synoschedtask to where it is, in place of /nowhere/synoschedtask, or dsm.via to "auto"';
    assert.deepEqual(waysOf(daemon), [[40, undefined, 'synoschedtask', text]]);
    assert.equal((await call(daemon, '7')).run['reason'], "DSM's synoschedtask is not on this machine.");
    const { stderr } = await runCli(['check', '--config', daemon.configFile]);
    assert.match(
      stderr,
      /^Warning: .* dsm\.synowebapi: Remove this: with "via" "synoschedtask" this tool is not used$/m,
    );
    assert.ok(stderr.endsWith(`Warning: ${text}\n`));
  });

  test(
    'an old NAS has synoschedtask alone, which runs scheduled tasks; triggered ones are warned of and refused',
    { skip: needsRoot },
    async (t) => {
      const tool = createFakeTool(createFolder(t), [{ id: 7, command: 'exit 5' }]);
      const daemon = await startReloadable(t, {
        tasks: { '7': {}, camera: { triggered: 'camera' } },
        more: { dsm: { ...nowhere, synoschedtask: tool.file } },
      });
      const text =
        'Tasks of DSM are run by synoschedtask: synowebapi is not on this machine, and the config has no "webapi". Add "webapi" to "dsm": synoschedtask cannot start triggered tasks (camera)';
      assert.deepEqual(waysOf(daemon), [[40, undefined, 'synoschedtask', text]]);
      assert.equal((await runCli(['check', '--config', daemon.configFile])).stderr, `Warning: ${text}\n`);
      const [scheduled, triggered] = await Promise.all([call(daemon, '7'), call(daemon, 'camera')]);
      assert.equal(scheduled.run['exitCode'], 5);
      assert.match(
        String(triggered.run['reason']),
        /^Triggered tasks cannot be started by synoschedtask, .*\.$/,
      );
      await daemon.takes((config) => delete config.tasks['camera']);
      assert.equal(waysOf(daemon)[1]?.[0], 30);
    },
  );
});

test('the states of all NASes are told, with the way and how things stand, and nothing of an account', async (t) => {
  const [good, bad] = [await startFakeDsm(t, { scheduled: [{ id: 1 }] }), await startFakeDsm(t)];
  const { loaded } = createJudge(t).judge({
    server,
    dsm: {
      here: nowhere,
      good: toNas(good),
      bad: toNas(bad, { password: 'wrong-Pz6tK1' }),
      idle: toNas(good),
    },
    tasks: { a: { identifier: keyOf('a'), nas: 'good', scheduled: 1 } },
  });
  assert.ok(loaded);
  const states = createNasStates(systemClock);
  const access = createDsmAccess({
    config: loaded,
    pipes: withoutPipes,
    logger: createTestLogger().logger,
    clock: systemClock,
    onChange: () => states.take(access.states()),
  });
  states.take(access.states());
  t.after(async () => await access.close());
  const kinds = (): unknown[] => states.now().map(({ name, way, health }) => [name, way, health.kind]);
  const run = async (nas: string): Promise<Outcome> =>
    await runInDsm({ start: (task, io) => access.execute({ kind: 'dsm', nas, task }, io) }, 1);
  const before = ['good', 'bad', 'idle'].map((name) => [name, 'webapi', 'unused']);
  assert.deepEqual(kinds(), [['here', 'none', 'failing'], ...before]);
  await Promise.all(['good', 'bad'].map(run));
  assert.deepEqual(kinds(), [
    ['here', 'none', 'failing'],
    ['good', 'webapi', 'fine'],
    ['bad', 'webapi', 'failing'],
    ['idle', 'webapi', 'unused'],
  ]);
  assert.match(
    states.now()[2]?.health.sentence ?? '',
    /correct dsm\.bad\.webapi\.account .* \(error 400\)\. It is not tried again within \d.*\.$/,
  );
  const said = JSON.stringify(states.now());
  for (const secret of [account, password, 'wrong-Pz6tK1', good.url])
    assert.ok(!said.includes(JSON.stringify(secret).slice(1, -1)));
  assert.equal((await run('nobody')).reason, 'The config no longer names the NAS of this task.');
});
