// The runner of DSM's tasks through a real daemon, by the Web API: what callers, history and log get in each fault of DSM, and what is kept secret.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { createCertificate } from '../support/certificate.ts';
import { findTraces } from '../support/canary.ts';
import { startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import {
  account,
  password,
  startFakeDsm,
  type FakeCall,
  type FakeDsm,
  type Fault,
} from '../support/fake-dsm/fake-dsm.ts';

type T = Parameters<typeof startDaemon>[0];
const toDsm = (dsm: FakeDsm, more: object = {}): object => ({
  via: 'webapi',
  followFor: '60s',
  webapi: { url: dsm.url, account, password, ...more },
});

async function start(
  t: T,
  dsm: FakeDsm,
  tasks: Record<string, object>,
  more: object = {},
): Promise<TestDaemon> {
  return await startDaemon(t, { tasks, more: { dsm: toDsm(dsm, more) } });
}
async function call(
  daemon: TestDaemon,
  id: string,
): Promise<{ status: number; run: Record<string, unknown> }> {
  const response = await fetch(`${daemon.url(id)}?wait=60`, {
    method: 'POST',
    headers: { accept: 'application/json' },
  });
  return { status: response.status, run: (await response.json()) as Record<string, unknown> };
}
const faults = [
  '502',
  'html',
  'empty',
  'truncated',
  'huge',
  'redirect',
  'cut',
  'error 117',
  'error 105',
  'error 12345',
  'slow',
] as const satisfies Fault[];
/** The fault that the triggered task of a call is named after. */
const byTask = ({ params }: FakeCall): Fault | undefined =>
  faults.find((fault) => params.get('task_name') === JSON.stringify(fault));

/** Everything that a daemon wrote or printed, or shows of itself. */
function listTraces(daemon: TestDaemon): string {
  const files = fs.readdirSync(daemon.folder).filter((file) => /\.(?:txt|jsonl)$/.test(file));
  return [
    daemon.printed(),
    ...files.map((file) => fs.readFileSync(path.join(daemon.folder, file), 'latin1')),
    ...['cmdline', 'environ', 'comm'].map((file) => fs.readFileSync(`/proc/${daemon.pid}/${file}`, 'latin1')),
  ].join('\n');
}

suite('webapi through a daemon', { concurrency: true }, () => {
  test('callers and history get the end of tasks of both kinds, over HTTPS with a pinned certificate', async (t) => {
    const certificate = createCertificate('nas.example.org');
    const dsm = await startFakeDsm(t, {
      certificate,
      scheduled: [{ id: 1 }, { id: 2, exitCode: 5, realOwner: 'anna' }],
      triggered: [{ name: 'Camera "off"', output: 'off\n' }],
    });
    const tasks = { '1': {}, '2': {}, '3': {}, camera: { triggered: 'Camera "off"', output: 'all' } };
    const daemon = await start(t, dsm, tasks, { fingerprint: certificate.fingerprint });
    const results = await Promise.all(Object.keys(tasks).map(async (id) => await call(daemon, id)));
    assert.deepEqual(
      results.map(({ status, run }) => [status, run['state'], run['exitCode'], run['output'] ?? null]),
      [
        [200, 'succeeded', 0, null],
        [500, 'failed', 5, null],
        [500, 'failed', null, null],
        [200, 'succeeded', 0, 'off\n'],
      ],
    );
    assert.equal(results[2]?.run['reason'], 'DSM has no such scheduled task.');
    await until(
      () => (daemon.history().filter(({ event }) => event === 'end').length === 4 ? true : undefined),
      'the ends',
    );
    assert.deepEqual(dsm.signIns, [0]);
    assert.equal(await daemon.stop(), 0);
    assert.equal(dsm.sessions(), 0);
  });

  test('in each fault of DSM the daemon continues, reports what it knows, and works again when the fault is over', async (t) => {
    const dsm = await startFakeDsm(t, {
      triggered: faults.map((name) => ({ name })),
      settings: { fault: byTask },
    });
    const tasks = Object.fromEntries(faults.map((fault) => [fault, { triggered: fault, cooldown: '0s' }]));
    const daemon = await start(t, dsm, tasks);
    await Promise.all(
      faults.map(async (fault) => {
        const { status, run } = await call(daemon, fault);
        assert.deepEqual(
          [status, run['state']],
          fault === 'slow' ? [200, 'succeeded'] : [500, 'failed'],
          fault,
        );
        if (fault !== 'slow') assert.match(String(run['reason']), /^(?:DSM|What answered) .*\.$/, fault);
      }),
    );
    assert.deepEqual(dsm.starts(), ['slow']);
    dsm.set({ fault: () => undefined });
    const later = await Promise.all(faults.map(async (fault) => (await call(daemon, fault)).status));
    assert.deepEqual([...new Set(later)], [200]);
    assert.equal(await daemon.stop(), 0);
  });

  test('a wrong password is one attempt and one clear line; a corrected config is used at once', async (t) => {
    const dsm = await startFakeDsm(t, { scheduled: [{ id: 1 }] });
    const daemon = await start(t, dsm, { '1': { cooldown: '0s' } }, { password: 'wrong-Pz6tK1' });
    for (let i = 0; i < 3; i++) {
      const { status, run } = await call(daemon, '1');
      assert.equal(status, 500);
      assert.match(
        String(run['reason']),
        /the account or the password is wrong; correct dsm\.webapi\.account or dsm\.webapi\.password\. .* \(error 400\)\. The sign-in is tried again in/,
      );
    }
    assert.deepEqual(dsm.signIns, [400]);
    const lines = daemon.log().filter(({ event }) => event === 'dsm-sign-in-failed');
    assert.deepEqual(
      lines.map(({ level, code }) => [level, code]),
      [[50, 400]],
    );
    const file = path.join(daemon.folder, 'config.json');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"wrong-Pz6tK1"', JSON.stringify(password)));
    const { changes } = await daemon.logged(({ event }) => event === 'config-taken');
    assert.deepEqual(changes, ['another access to DSM']);
    assert.equal((await call(daemon, '1')).status, 200);
    assert.deepEqual(dsm.signIns, [400, 0]);
  });

  test('a changed access leaves the run under way with the client that it began with, which signs out after it', async (t) => {
    const [old, other] = [
      await startFakeDsm(t, { scheduled: [{ id: 1, ms: 'held' }] }),
      await startFakeDsm(t, { scheduled: [{ id: 1, exitCode: 9 }] }),
    ];
    const daemon = await start(t, old, { '1': { whenBusy: 'parallel', cooldown: '0s' } });
    const first = call(daemon, '1');
    await until(() => (old.starts().length === 1 ? true : undefined), 'the start');
    const file = path.join(daemon.folder, 'config.json');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(old.url, other.url));
    await daemon.logged(({ event }) => event === 'config-taken');
    assert.equal((await call(daemon, '1')).run['exitCode'], 9);
    assert.equal(old.sessions(), 1);
    old.end(1);
    assert.equal((await first).status, 200);
    await until(() => (old.sessions() === 0 ? true : undefined), 'the sign-out');
  });

  test('a daemon that is stopped leaves the run to DSM, soon and signed out, and claims no end of it', async (t) => {
    const dsm = await startFakeDsm(t, { scheduled: [{ id: 1, ms: 'held' }] });
    const daemon = await startDaemon(t, {
      tasks: { '1': {} },
      server: { stopGrace: '0s' },
      more: { dsm: toDsm(dsm) },
    });
    await fetch(daemon.url('1'), { method: 'POST' });
    await until(() => (dsm.starts().length === 1 ? true : undefined), 'the start');
    await until(
      () =>
        dsm.calls.filter(({ method }) => method === 'get_history_status_list').length >= 3 ? true : undefined,
      'looks',
    );
    const startMs = performance.now();
    assert.equal(await daemon.stop(), 0);
    assert.ok(performance.now() - startMs < 60_000);
    assert.equal(
      daemon.history().some(({ event }) => event === 'end'),
      false,
    );
    assert.equal(dsm.sessions(), 0);
  });

  test('a time-out ends the following, and the run is reported as unconfirmed', async (t) => {
    // On a machine with much to do, DSM may not be asked to start within a short time-out.
    for (const timeout of ['4s', '20s', '50s']) {
      const dsm = await startFakeDsm(t, { scheduled: [{ id: 1, ms: 'held' }] });
      const daemon = await start(t, dsm, { '1': { timeout } });
      const { status, run } = await call(daemon, '1');
      if (dsm.starts().length === 0) continue;
      assert.deepEqual([status, run['state']], [202, 'unconfirmed']);
      assert.match(String(run['reason']), /DSM offers no way to stop it\.$/);
      return;
    }
    assert.fail('DSM was never asked to start');
  });

  test('nothing of account, password, session and token is in log, history, answers, addresses, command line or environment', async (t) => {
    const deviceToken = 'Hk4mB9sW2cY7gT1dJ';
    const modes = [
      {},
      { password: `${password}x` },
      { account: 'careful' },
      { account: 'careful', deviceToken },
    ];
    const found = await Promise.all(
      modes.map(async (more) => {
        const accounts = { [account]: { password }, careful: { password, otp: '123456' } };
        const triggered = faults.map((name) => ({ name }));
        const dsm = await startFakeDsm(t, { triggered, settings: { accounts, fault: byTask } });
        const daemon = await startDaemon(t, {
          tasks: {
            ...Object.fromEntries(faults.map((fault) => [fault, { triggered: fault }])),
            env: { command: ['/bin/sh', '-c', 'env; cat /proc/$PPID/environ'], output: 'all' },
          },
          server: { debug: true },
          more: { dsm: toDsm(dsm, more), log: { level: 'debug' } },
        });
        const answers = await Promise.all(
          ['env', ...faults].map(async (id) => JSON.stringify(await call(daemon, id))),
        );
        dsm.endSessions(119);
        const traces = listTraces(daemon);
        await daemon.stop();
        const text = [...answers, traces, daemon.printed(), ...dsm.calls.map(({ url }) => url)].join('\n');
        return { text, secrets: dsm.secrets };
      }),
    );
    const everything = found.map(({ text }) => text).join('\n');
    const secrets = [account, password, deviceToken, ...found.flatMap(({ secrets }) => secrets)];
    assert.ok(
      secrets.length >= 7 &&
        everything.includes('dsm-sign-in-failed') &&
        everything.includes('dsm-signed-in'),
    );
    for (const secret of secrets) assert.deepEqual(findTraces(secret, everything), [], 'a secret');
  });
});
