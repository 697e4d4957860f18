// `remotetask serve`: what keeps it from starting is said in a line or two, and whoever runs already is not disturbed.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { writeCertificate } from '../support/certificate.ts';
import { runCli, spawnCli, type CliResult } from '../support/cli.ts';
import { createFolder, findPort, keyOf, magicKey, startDaemon, until } from '../support/daemon.ts';
import { needsRoot } from '../support/needs.ts';
import { findProgram } from '../support/program.ts';

const hello = { command: ['echo', 'hello'], output: 'all' };
const remedyOfPort = '  Stop that program (is it another remotetask?), or set server.port in the config\n';

/** Writes a config with one task into a folder, and runs the daemon, which is expected to end by itself. */
async function serve(
  folder: string,
  server: object,
  more: object = {},
  options: { uid?: number } = {},
): Promise<CliResult> {
  const file = path.join(folder, 'second.json');
  const tasks = { hello: { identifier: keyOf('hello'), ...hello } };
  fs.writeFileSync(
    file,
    JSON.stringify({ server: { listen: '127.0.0.1', magickey: magicKey, ...server }, ...more, tasks }),
    {
      mode: 0o600,
    },
  );
  if (options.uid !== undefined)
    for (const name of [folder, file]) fs.chownSync(name, options.uid, options.uid);
  return await runCli(['serve', '--config', file], options);
}

test('a port that is taken is said to be so, with status 1', async (t) => {
  const folder = createFolder(t);
  const server = net.createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const { status, stderr } = await serve(folder, { port });
  assert.deepEqual(
    [status, stderr],
    [1, `Cannot listen on port ${port} of 127.0.0.1: another program does [port-taken]\n${remedyOfPort}`],
  );
  assert.ok(!fs.existsSync(path.join(folder, 'history.jsonl.lock')), 'the history is free again');
});

test('an address of another machine is waited for, with a line in the log', async (t) => {
  for (const listen of ['198.51.100.77', '2001:db8::77']) {
    const file = path.join(createFolder(t), 'config.json');
    const tasks = { hello: { identifier: keyOf('hello'), command: ['true'] } };
    const server = { listen, port: await findPort(), magickey: magicKey };
    fs.writeFileSync(file, JSON.stringify({ server, tasks }), { mode: 0o600 });
    const { child, printed, ended } = spawnCli(t, ['serve', '--config', file]);
    const line = `Cannot listen on ${listen}: this machine does not have that address; trying again until it works`;
    await until(() => (printed().includes(line) ? true : undefined), 'the line');
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  }
});

const privileged = Number(fs.readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
if (privileged > 1)
  test('a privileged port is said to be for root only, with status 1', { skip: needsRoot }, async (t) => {
    const { status, stderr } = await serve(createFolder(t), { port: 1 }, {}, { uid: 65_534 });
    assert.equal(
      stderr,
      'Cannot listen on port 1 of 127.0.0.1: ports below 1024 are for root [port-privileged]\n  Set server.port in the config to 1024 or more\n',
    );
    assert.equal(status, 1);
  });

test('a log or history that cannot be written keeps the daemon from starting, with status 1', async (t) => {
  const folder = createFolder(t);
  const port = await findPort();
  const cases: readonly [more: object, stderr: string][] = [
    [
      { log: { file: '.' } },
      `Cannot write the log file ${folder} (EISDIR) [log-unusable]\n  It has to be a regular file in a folder that the daemon may write to, or set log.file in the config\n`,
    ],
    [
      { history: { file: '.' } },
      `Cannot use the history ${folder} (EISDIR) [history-unusable]\n  It has to be a regular file in a folder that the daemon may write to\n`,
    ],
    [
      { history: { file: 'no/where.jsonl' } },
      `Cannot create ${folder}/no/where.jsonl.lock (ENOENT) [history-unusable]\n  Give the daemon a folder that it may write to, or set history.file in the config\n`,
    ],
  ];
  for (const [more, expected] of cases) {
    const { status, stderr } = await serve(folder, { port }, more);
    assert.deepEqual([status, stderr], [1, expected]);
  }
});

test('a second daemon with the same history, or the same port, is refused and leaves the first undisturbed', async (t) => {
  const first = await startDaemon(t, { tasks: { hello } });
  const same = await serve(first.folder, { port: await findPort() });
  assert.deepEqual(
    [same.status, same.stderr],
    [
      1,
      `Another remotetask (process ${first.pid}) uses ${first.folder}/history.jsonl [history-in-use]\n  Stop it first (\`remotetask shutdown\`), or give this one a config with its own history.file\n`,
    ],
  );
  const elsewhere = await serve(createFolder(t), { port: first.port });
  assert.deepEqual(
    [elsewhere.status, elsewhere.stderr],
    [
      1,
      `Cannot listen on port ${first.port} of 127.0.0.1: another program does [port-taken]\n${remedyOfPort}`,
    ],
  );
  const answer = await fetch(`${first.url('hello')}?wait=30`);
  assert.equal(answer.status, 200);
  assert.deepEqual(
    first.history().flatMap(({ event }) => (event === 'begin' ? [] : [event])),
    ['start', 'end'],
  );
  assert.equal(await first.stop(), 0);
});

test('a lock that nobody holds is taken over: of a killed daemon, of a reused process id, or damaged', async (t) => {
  const folder = createFolder(t);
  const lock = path.join(folder, 'history.jsonl.lock');
  const killed = await startDaemon(t, { tasks: { hello }, folder });
  await killed.kill();
  assert.match(fs.readFileSync(lock, 'utf8'), new RegExp(`^${killed.pid} \\d+ [0-9a-f-]{36} [0-9a-f]+\n$`));
  for (const left of [undefined, `${process.pid} 1\n`, '']) {
    if (left !== undefined) fs.writeFileSync(lock, left);
    const next = await startDaemon(t, { tasks: { hello }, folder });
    assert.ok(fs.readFileSync(lock, 'utf8').startsWith(`${next.pid} `));
    assert.equal(await next.stop(), 0);
    assert.ok(!fs.existsSync(lock));
  }
});

test('HTTPS is served with a certificate of its own, named by paths that count from the config', async (t) => {
  const folder = createFolder(t);
  const { cert } = writeCertificate(folder, 'nas');
  const daemon = await startDaemon(t, {
    tasks: { hello },
    folder,
    server: { tls: { cert: 'nas.crt', key: 'nas.key' } },
  });
  const { msg } = await daemon.logged((line) => line['event'] === 'listening');
  assert.equal(msg, `Listening on https://127.0.0.1:${daemon.port}`);
  const request = https.get(`${daemon.url('hello').replace('http:', 'https:')}?wait=30`, {
    ca: fs.readFileSync(cert),
    agent: false,
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  assert.equal(response.statusCode, 200);
  await once(response, 'end');
  const plain = await fetch(daemon.url('hello')).catch((error: unknown) => error);
  assert.ok(plain instanceof Error, 'plain HTTP is not answered');
});

test('a certificate and key that do not belong together, or are none, are refused with status 2', async (t) => {
  const folder = createFolder(t);
  const [one, two] = [writeCertificate(folder, 'one'), writeCertificate(folder, 'two')];
  fs.writeFileSync(path.join(folder, 'none.crt'), 'not a certificate');
  for (const [tls, remedy] of [
    [
      { cert: one.cert, key: two.key },
      'Give a certificate and the private key that belongs to it, without a passphrase',
    ],
    [{ cert: 'none.crt', key: one.key }, 'Give a certificate in PEM as "cert": this file contains none'],
    [{ cert: one.cert, key: one.cert }, 'Give a private key in PEM as "key": this file contains none'],
  ] as const) {
    const { status, stdout, stderr } = await serve(folder, { port: await findPort(), tls });
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(
      stderr,
      new RegExp(
        `^Cannot use ${folder}/second.json: 1 problem \\[config-invalid\\]\n {2}second.json:1:\\d+ server.tls: ${remedy} \\(ERR_[A-Z0-9_]+\\)\n$`,
      ),
    );
  }
});

test('a daemon whose standard output and error are closed at the start works, and writes its log', async (t) => {
  const folder = createFolder(t);
  const port = await findPort();
  const file = path.join(folder, 'config.json');
  const config = {
    server: { listen: '127.0.0.1', port, magickey: magicKey },
    tasks: { hello: { identifier: keyOf('hello'), ...hello } },
  };
  fs.writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  const child = spawn(
    'sh',
    ['-c', 'exec "$@" <&- >&- 2>&-', 'sh', process.execPath, findProgram(), 'serve', '--config', file],
    { stdio: 'ignore' },
  );
  const ended = once(child, 'exit');
  t.after(() => child.kill('SIGKILL'));
  const url = `http://127.0.0.1:${port}/${magicKey}/${keyOf('hello')}?wait=30`;
  const answer = await until(async () => await fetch(url).catch(() => undefined), 'an answer');
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /hello/);
  child.kill('SIGTERM');
  await ended;
  assert.equal(child.exitCode, 0);
  const log = fs.readFileSync(path.join(folder, 'log.txt'), 'utf8');
  for (const event of ['listening', 'attempt', 'run-ended', 'stopped'])
    assert.ok(log.includes(`"event":"${event}"`), event);
  const events = [
    ...fs.readFileSync(path.join(folder, 'history.jsonl'), 'utf8').matchAll(/^\{"event":"(\w+)"/gm),
  ].map(([, event]) => event);
  // A process that lives long enough to be looked at is written down as well.
  assert.deepEqual(
    events.filter((event) => event !== 'begin'),
    ['start', 'end'],
  );
});
