// `remotetask doctor`: what it finds well, what it finds wrong, and what it says to do.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { test } from 'node:test';
import packageJson from '../../package.json' with { type: 'json' };
import { checkWays } from '../../src/cli/check-ways.ts';
import { checkClock, checkPorts } from '../../src/cli/checks.ts';
import { callCli } from '../support/call-cli.ts';
import type { CliResult } from '../support/cli.ts';
import { createJudge, withTask } from '../support/config.ts';
import { createFolder, findPort, keyOf, magicKey, startDaemon, until } from '../support/daemon.ts';
import { startFakeDsm } from '../support/fake-dsm/fake-dsm.ts';

async function examine(folder: string, ...more: string[]): Promise<CliResult> {
  return await callCli(['doctor', '--config', path.join(folder, 'config.json'), ...more]);
}

function write(folder: string, config: object): void {
  fs.writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config, null, 2), { mode: 0o600 });
}

const linesOf = ({ stdout }: CliResult): string[] =>
  stdout.split('\n').map((line) => line.replaceAll(/ +/g, ' ').trim());

test('beside a daemon that is well, all is well, and --health says so in one line', async (t) => {
  const daemon = await startDaemon(t, { tasks: { a: { command: ['/bin/true'] } } });
  const found = await examine(daemon.folder);
  assert.deepEqual([found.status, found.stderr], [0, ''], found.stdout);
  for (const line of [
    'ok daemon Running and healthy',
    `ok files The log ${daemon.folder}/log.txt can be written`,
  ])
    assert.ok(linesOf(found).includes(line), found.stdout);
  assert.doesNotMatch(found.stdout, /problem|port/);
  assert.deepEqual(await examine(daemon.folder, '--health'), {
    status: 0,
    signal: null,
    stdout: 'ok\n',
    stderr: '',
  });
});

test('an older daemon that continues after an update, and starts that failed, are shown', async (t) => {
  const folder = createFolder(t);
  const tasks = { a: { identifier: keyOf('a'), command: ['/bin/true'] } };
  write(folder, { server: { listen: '127.0.0.1', port: await findPort(), magickey: magicKey }, tasks });
  fs.writeFileSync(
    path.join(folder, 'start-error.txt'),
    'first\nCannot listen on port 1\nremotetask ended with status 1\n',
  );
  const none = linesOf(await examine(folder));
  assert.ok(
    none.some((line) =>
      /^warning start .* ends with: first \/ Cannot listen on port 1 \/ remotetask ended/.test(line),
    ),
  );
  const socket = path.join(folder, 'history.jsonl.sock');
  let status: object | undefined;
  const old = http.createServer((request, response) =>
    response.end(
      request.url === '/health'
        ? '{"ok":true,"problems":[]}'
        : status === undefined
          ? ''
          : JSON.stringify(status),
    ),
  );
  t.after(() => old.close());
  await once(old.listen(socket), 'listening');
  const before = linesOf(await examine(folder));
  assert.ok(
    before.includes(
      `warning daemon An older version is running, and version ${packageJson.version} is installed`,
    ),
  );
  assert.ok(before.some((line) => line.startsWith('ok start ')));
  const config = { file: 'x', takenAt: '2026-11-30T10:00:00Z', refused: null, restartNeeded: [] };
  status = {
    version: '0.0.9',
    pid: 1,
    since: '2026-11-30T10:00:00Z',
    address: 'http://x',
    admin: null,
    stopping: false,
    ok: true,
    problems: [],
    config,
    runs: [],
    nases: [],
  };
  const after = linesOf(await examine(folder));
  assert.ok(
    after.includes(
      `warning daemon Version 0.0.9 is running, and version ${packageJson.version} is installed`,
    ),
  );
  assert.ok(after.includes('`remotetask restart` starts the installed version'));
});

test('without a daemon the ports are tried, and --health ends with 1', async (t) => {
  const folder = createFolder(t);
  const [port, adminPort] = [await findPort(), await findPort()];
  const tasks = { a: { identifier: keyOf('a'), command: ['/bin/true'] } };
  write(folder, {
    server: { listen: '127.0.0.1', port, magickey: magicKey },
    admin: { gate: 'dsm', port: adminPort },
    tasks,
  });
  const found = await examine(folder);
  assert.equal(found.status, 0, 'a daemon that is not there is worth a warning');
  const lines = linesOf(found);
  assert.ok(lines.some((line) => /^warning daemon Cannot reach the daemon at .*\(ENOENT\)$/.test(line)));
  assert.ok(
    lines.includes(`ok port Port ${port} of 127.0.0.1 is free`) &&
      lines.includes(`ok port Port ${adminPort} of 127.0.0.1 is free`),
  );
  const health = await examine(folder, '--health');
  assert.deepEqual([health.status, health.stdout.startsWith('Cannot reach the daemon')], [1, true]);
});

test('what is wrong with config, files and log is told with its remedy, and ends with 1', async (t) => {
  const folder = createFolder(t);
  write(folder, { ...withTask({ comand: ['x'] }) });
  const broken = await examine(folder);
  assert.equal(broken.status, 1);
  assert.match(
    broken.stdout,
    /^problem {2}config {3}Cannot use .*: 1 problem\nproblem {2}config {3}config\.json:\d+:\d+ tasks\.7\.comand: Unknown name; did you mean "command"\?\n/,
  );
  assert.deepEqual((await examine(folder, '--health')).status, 1);
  fs.mkdirSync(path.join(folder, 'log.txt'));
  write(folder, { ...withTask({ command: ['/bin/true'] }), history: { file: 'nowhere/h.jsonl' } });
  const lines = linesOf(await examine(folder));
  assert.ok(lines.includes(`problem files The log ${folder}/log.txt is no regular file`));
  assert.ok(lines.includes(`problem files The history ${folder}/nowhere/h.jsonl cannot be written (ENOENT)`));
  assert.ok(lines.includes("Let the daemon's user write there, or set history.file in the config"));
});

test('a daemon that is ill says of what, and the doctor reports once what both find', async (t) => {
  const daemon = await startDaemon(t, {
    tasks: { 7: {} },
    more: { dsm: { synowebapi: '/no/such/tool', synoschedtask: '/no/such/tool' } },
  });
  fs.rmSync(path.join(daemon.folder, 'log.txt'));
  fs.mkdirSync(path.join(daemon.folder, 'log.txt'));
  const ill = await until(async () => {
    const { stdout } = await examine(daemon.folder, '--health');
    return stdout.startsWith('The log') ? stdout : undefined;
  }, 'the daemon to notice');
  assert.match(
    ill,
    /^The log cannot be written; no task is started until it can be\nTasks of DSM cannot be run: .*\.\n$/,
  );
  const lines = linesOf(await examine(daemon.folder));
  assert.ok(lines.includes(`problem daemon ${ill.split('\n')[0]}`));
  const twice = lines.filter((line) => line.includes('Tasks of DSM cannot be run'));
  assert.match(twice.join('\n'), /^problem way .*\. Add "webapi" to "dsm", [^\n]*$/);
});

test('a port that another program has is a problem', async (t) => {
  const other = net.createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address() as net.AddressInfo;
  const { loaded } = createJudge(t).judge(withTask({}));
  assert.ok(loaded);
  const [check] = await checkPorts({ server: { ...loaded.server, port }, admin: undefined });
  assert.deepEqual(
    [check?.level, check?.message],
    ['problem', `Cannot listen on port ${port} of 127.0.0.1: another program does`],
  );
});

test('the way into DSM is looked at where tasks need it', async (t) => {
  const dsm = await startFakeDsm(t, {});
  const { judge } = createJudge(t);
  const look = async (part: object, task: object = {}): Promise<string[]> => {
    const { loaded, problems } = judge({ ...withTask(task), dsm: part });
    assert.ok(loaded, problems.join('\n'));
    return (await checkWays(loaded)).map(({ level, message }) => `${level} ${message}`);
  };
  assert.deepEqual(await look({}, { command: ['/bin/true'] }), []);
  const [missing] = await look({ synowebapi: '/no/such/tool', synoschedtask: '/no/such/tool' });
  assert.match(
    missing ?? '',
    /^problem Tasks of DSM cannot be run: DSM's tools are not on this machine, .*\. Add "webapi" to "dsm"/,
  );
  const webapi = { url: dsm.url, account: 'a', password: 'b' };
  const chosen = 'ok Tasks of DSM are run by the Web API, as the config says';
  assert.deepEqual(await look({ via: 'webapi', webapi }), [chosen, `ok DSM answers at ${dsm.url}`]);
  assert.equal(dsm.sessions(), 0, 'nobody has signed in');
  const [, silent] = await look({
    via: 'webapi',
    webapi: { ...webapi, url: `http://127.0.0.1:${await findPort()}` },
  });
  assert.match(silent ?? '', /^problem http:\/\/127\.0\.0\.1:\d+: DSM cannot be reached: /);
});

test('a clock that cannot be right is a problem', () => {
  assert.equal(checkClock(new Date('2030-01-01')).level, 'ok');
  assert.equal(checkClock(new Date(0)).level, 'problem');
});

test('--health belongs to doctor only', async (t) => {
  const { status, stderr } = await callCli([
    'check',
    '--health',
    '--config',
    path.join(createFolder(t), 'x'),
  ]);
  assert.equal(status, 2);
  assert.match(stderr, /does not take --health .*\n {2}It belongs to `remotetask doctor`\n/);
});
