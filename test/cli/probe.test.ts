// `remotetask probe`: what an owner may attach to an issue holds no name, account, address and command, and starts nothing unasked.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { findTraces } from '../support/canary.ts';
import { callCli } from '../support/call-cli.ts';
import { startInTerminal } from '../support/cli.ts';
import { createFolder, keyOf, magicKey, until } from '../support/daemon.ts';
import { account, password, startFakeDsm, type FakeDsm } from '../support/fake-dsm/fake-dsm.ts';
import { createFakeSynowebapi } from '../support/fake-synowebapi/fake-synowebapi.ts';

type T = Parameters<typeof startFakeDsm>[0];
const secretName = 'Kq9-photos-of-anna';
const eventName = 'Zw4-lights';
const output = 'Hx7-private-line\n';

function write(t: Parameters<typeof createFolder>[0], dsm: object): { file: string; folder: string } {
  const folder = createFolder(t);
  const file = path.join(folder, 'config.json');
  const tasks = {
    night: { identifier: keyOf('night'), scheduled: 7 },
    lights: { identifier: keyOf('lights'), triggered: eventName },
  };
  fs.writeFileSync(
    file,
    JSON.stringify({ server: { listen: '127.0.0.1', magickey: magicKey }, dsm, tasks }),
    { mode: 0o600 },
  );
  return { file, folder };
}
const webapi = ({ url }: FakeDsm): object => ({ via: 'webapi', webapi: { url, account, password } });
const start = async (t: T): Promise<FakeDsm> =>
  await startFakeDsm(t, {
    scheduled: [{ id: 7, name: secretName, realOwner: 'Vn3-anna', output, exitCode: 3 }],
    triggered: [{ name: eventName, output }],
  });
const secrets = [
  secretName,
  eventName,
  'Vn3-anna',
  'Hx7-private-line',
  account,
  password,
  '# the script',
  magicKey,
  keyOf('night'),
];
const assertNameless = (text: string): void => {
  for (const secret of secrets) assert.deepEqual(findTraces(secret, text), [], secret);
};

interface Report {
  readonly way: string;
  readonly answers: readonly { what: string; call: string; data?: unknown; refused?: number }[];
  readonly run?: { outcome: object; printedBytes: number; used: string[] };
  readonly after?: readonly object[];
}

suite('remotetask probe', { concurrency: true }, () => {
  test('shows the fields of what DSM answers, but not whose they are, and starts nothing', async (t) => {
    const dsm = await start(t);
    dsm.start(7);
    dsm.start(eventName);
    const { file } = write(t, webapi(dsm));
    const { status, stdout, stderr } = await callCli(['probe', '--config', file]);
    assert.deepEqual([status, stderr], [0, '']);
    assertNameless(stdout);
    assert.deepEqual(findTraces(dsm.url.replace(/^http:../, ''), stdout), []);
    const { way, answers } = JSON.parse(stdout) as Report;
    assert.equal(way, 'webapi');
    const { tasks: rows } = (answers[0] ?? assert.fail()).data as { tasks: Record<string, unknown>[] };
    assert.deepEqual(
      rows.map(({ type, id, name }) => [type, id, String(name).replace(/\d+/, 'N')]),
      [
        ['event_script', 7, '<name N>'],
        ['script', 7, '<name N>'],
      ],
    );
    assert.equal(answers.find(({ what }) => what === 'a name that no task has')?.refused, 4800);
    assert.ok(
      answers.some(
        ({ call, data }) =>
          call === 'SYNO.Core.TaskScheduler view 1' &&
          JSON.stringify(data ?? '').includes('"script_out":"<text of'),
      ),
    );
    assert.equal(dsm.starts().length, 2);
    assert.equal(dsm.sessions(), 0, 'signed out');
  });

  test('--run starts the task that is named, once, and follows it', async (t) => {
    for (const [id, outcome] of [
      ['night', { kind: 'failed', exitCode: 3 }],
      ['lights', { kind: 'succeeded', exitCode: 0 }],
    ] as const) {
      const dsm = await start(t);
      const { file } = write(t, webapi(dsm));
      const { status, stdout } = await callCli(['probe', '--run', id, '--config', file]);
      assertNameless(stdout);
      const { run, after } = JSON.parse(stdout) as Report;
      assert.deepEqual(
        [status, run?.outcome, run?.printedBytes, run?.used.length, after?.length],
        [0, outcome, output.length, 1, 2],
      );
      assert.equal(dsm.starts().length, 1);
    }
    const dsm = await start(t);
    const { file } = write(t, webapi(dsm));
    const wrong = await callCli(['probe', '--run', 'missing', '--config', file]);
    assert.deepEqual([wrong.status, dsm.calls], [2, []]);
    assert.match(wrong.stderr, /The config has no task "missing" on this NAS/);
    assert.match(
      (await callCli(['tasks', '--run', 'night', '--config', file])).stderr,
      /does not take --run \[usage\]\n {2}It belongs to `remotetask probe`/,
    );
  });

  test('in a terminal it is saved once somebody has seen it and says yes', async (t) => {
    const { file, folder } = write(t, webapi(await start(t)));
    const saved = path.join(folder, 'remotetask-probe.json');
    for (const answer of ['', 'n', 'y']) {
      const child = startInTerminal(['probe', '--config', file], {}, 'pipe', folder);
      let shown = '';
      child.stdout?.on('data', (chunk: Buffer) => (shown += chunk.toString()));
      const closed = once(child, 'close');
      await until(() => (shown.includes('[y/N]') ? true : undefined), 'the question');
      assert.equal(fs.existsSync(saved), false);
      child.stdin?.end(`${answer}\n`);
      await closed;
      assert.equal(fs.existsSync(saved), answer === 'y', shown);
    }
    assertNameless(fs.readFileSync(saved, 'utf8'));
  });

  test('a NAS is asked by its tool, too; one that takes no calls is told with the remedy', async (t) => {
    const folder = createFolder(t);
    const { file: synowebapi } = createFakeSynowebapi(path.join(folder, 'tool'), {
      scheduled: [{ id: 7, name: secretName }],
    });
    const { file } = write(t, { via: 'synowebapi', synowebapi });
    const { status, stdout } = await callCli(['probe', '--config', file]);
    assert.deepEqual([status, (JSON.parse(stdout) as Report).way], [0, 'synowebapi']);
    assertNameless(stdout);
    const none = await callCli([
      'probe',
      '--config',
      write(t, { synowebapi: '/nowhere/synowebapi', synoschedtask: '/nowhere/synoschedtask' }).file,
    ]);
    assert.equal(none.status, 2);
    assert.match(none.stderr, /cannot be asked by its Web API/);
  });
});
