// Errors that nothing caught: logged without a secret, and the daemon either continues, or stops in order for a supervisor to start it again.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { startAdmin } from '../support/admin.ts';
import { findTraces } from '../support/canary.ts';
import { createFolder, keyOf, magicKey, startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { onSignal, withFault } from '../support/faulty.ts';

const tasks = { hello: { command: ['true'], cooldown: '0s' } };

function bugsOf(daemon: TestDaemon): Record<string, unknown>[] {
  return daemon.log().filter(({ event }) => event === 'bug');
}

function assertNoKey(daemon: TestDaemon): void {
  const all = daemon.printed() + fs.readFileSync(path.join(daemon.folder, 'log.txt'), 'utf8');
  for (const key of [magicKey, keyOf('hello')]) assert.deepEqual(findTraces(key, all), []);
}

const fatal: Readonly<Record<string, string>> = {
  'an exception': `throw new Error('about ${magicKey}')`,
  'a rejection': `Promise.reject(new TypeError('${keyOf('hello')} of ${magicKey}'))`,
  'an exception in a timer': `setTimeout(() => undefined.x, 0)`,
  'an exception in a microtask': `queueMicrotask(() => { throw new RangeError('x') })`,
  'something that is no error': `throw '${magicKey}'`,
  nothing: 'throw undefined',
  'the error of a process that cannot be started': `process.getBuiltinModule('child_process').spawn('/no/such', ['${magicKey}'])`,
  'an error of a file': `process.getBuiltinModule('fs').readFileSync('/no/${magicKey}')`,
  'a stack overflow': 'const f = () => f(); f()',
  'an error with an odd stack': `throw Object.assign(new Error('x'), { stack: '${magicKey}', name: '${magicKey}' })`,
  'an error whose parts throw': `throw new Proxy(new Error('x'), { get() { throw new Error('y') } })`,
};

for (const [what, statement] of Object.entries(fatal))
  test(`${what} that nothing caught stops the daemon in order with status 1, and shows no key`, async (t) => {
    const daemon = await startDaemon(t, { tasks, nodeArgs: onSignal(t, statement) });
    const exited = once(daemon.child, 'exit');
    daemon.child.kill('SIGUSR2');
    assert.deepEqual(await exited, [1, null]);
    assert.deepEqual(
      daemon
        .log()
        .slice(-3)
        .map(({ msg }) => msg),
      [
        'The daemon stops in order, which is a mistake in remotetask: please report it',
        'Stopping (a mistake in remotetask)',
        'Stopped',
      ],
    );
    assert.equal(typeof bugsOf(daemon)[0]?.['stack'], 'string');
    assert.ok(!fs.existsSync(path.join(daemon.folder, 'history.jsonl.lock')));
    assertNoKey(daemon);
  });

test('the line of a bug holds its stack, with plain words and causes', async (t) => {
  const statement = "throw new Error('no more than words', { cause: new Error('the first cause') })";
  const daemon = await startDaemon(t, { tasks, nodeArgs: onSignal(t, statement) });
  const exited = once(daemon.child, 'exit');
  daemon.child.kill('SIGUSR2');
  await exited;
  const [bug] = bugsOf(daemon);
  assert.match(
    String(bug?.['stack']),
    /^Error: no more than words\n {4}at .*:\d+:\d+\)?\n[^]*\nCaused by:\nError: the first cause\n {4}at /,
  );
});

test('a daemon that stops for a mistake leaves its runs, whatever stopGrace says, and the next one takes them up', async (t) => {
  const folder = createFolder(t);
  const wait = {
    command: ['sh', '-c', 'echo $$ > pid; while test -e pid && ! test -e go; do sleep 0.05; done'],
    cwd: folder,
  };
  const server = { stopGrace: '10m' };
  const daemon = await startDaemon(t, {
    tasks: { wait },
    server,
    folder,
    nodeArgs: onSignal(t, "throw new Error('x')"),
  });
  assert.equal((await fetch(daemon.url('wait'))).status, 202);
  const exited = once(daemon.child, 'exit');
  daemon.child.kill('SIGUSR2');
  assert.deepEqual(await exited, [1, null]);
  assert.ok(daemon.log().some(({ event }) => event === 'run-left'));
  const next = await startDaemon(t, { tasks: { wait }, server, folder });
  await next.logged(({ event }) => event === 'run-adopted');
  fs.writeFileSync(path.join(folder, 'go'), '');
  await next.logged(({ event }) => event === 'run-ended');
});

test('a second failure ends a daemon at once that stops for the first, or for a signal', async (t) => {
  const deaf = {
    command: ['sh', '-c', 'trap "" TERM; echo $$ > pid; while test -e pid; do sleep 0.1; done'],
    grace: '10m',
    atShutdown: 'stop',
  };
  for (const first of ['SIGUSR2', 'SIGTERM'] as const) {
    const folder = createFolder(t);
    const daemon = await startDaemon(t, {
      tasks: { deaf: { ...deaf, cwd: folder } },
      server: { stopGrace: '50ms' },
      folder,
      nodeArgs: onSignal(t, "throw new Error('x')"),
    });
    assert.equal((await fetch(daemon.url('deaf'))).status, 202);
    await until(() => (fs.existsSync(path.join(folder, 'pid')) ? true : undefined), 'the task to run');
    const exited = once(daemon.child, 'exit');
    daemon.child.kill(first);
    await daemon.logged(({ event }) => event === 'stopping');
    daemon.child.kill('SIGUSR2');
    assert.deepEqual(await exited, [1, null], first);
    assert.match(String(daemon.log().at(-1)?.['msg']), /^The daemon ends at once/);
    fs.rmSync(path.join(folder, 'pid'));
  }
});

test('an error of a connection that nothing listened to is logged, and the daemon continues', async (t) => {
  const statement = "process.getBuiltinModule('net').connect(1, '127.0.0.1')";
  const daemon = await startDaemon(t, { tasks, nodeArgs: onSignal(t, statement) });
  daemon.child.kill('SIGUSR2');
  const bug = await daemon.logged(({ event }) => event === 'bug');
  assert.match(String(bug['stack']), /^Error: ECONNREFUSED\n/);
  assert.equal((await fetch(`${daemon.url('hello')}?wait=30`)).status, 200);
  assert.equal(await daemon.stop(), 0);
});

/** Answers to requests with this header fail, at their head or, once that is sent, at their end. */
const failingAnswers = `
  const { ServerResponse } = process.getBuiltinModule('http');
  for (const name of ['writeHead', 'end']) {
    const real = ServerResponse.prototype[name];
    ServerResponse.prototype[name] = function (...given) {
      if (this.req.headers['x-fault'] === name) throw new Error('fault for ' + this.req.url);
      return real.apply(this, given);
    };
  }`;

/** Sends a request whose answer fails; resolves with all that comes back before the connection is closed. */
async function sendFaulty(port: number, head: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString())).on('error', () => {});
  socket.write(head);
  // Not by `once`, which rejects at a reset.
  await new Promise((resolve) => void socket.on('close', resolve));
  return answer;
}

test('a mistake while a call is served ends its connection, and nothing else', async (t) => {
  const daemon = await startAdmin(t, { tasks, nodeArgs: withFault(t, failingAnswers) });
  const own = new URL(daemon.url('hello')).pathname;
  const calls: readonly [port: number, line: string, fault: string, more?: string][] = [
    [daemon.port, 'GET / HTTP/1.1', 'writeHead'],
    [daemon.port, 'GET / HTTP/1.1', 'end'],
    [daemon.port, 'GET / HTTP/1.1', 'writeHead', 'Expect: odd\r\n'],
    [daemon.port, `GET ${own} HTTP/1.1`, 'writeHead'],
    [daemon.port, `GET ${own}?wait=30 HTTP/1.1`, 'end'],
    [daemon.adminPort, 'GET / HTTP/1.1', 'writeHead'],
    [daemon.adminPort, 'GET / HTTP/1.1', 'end'],
    [daemon.adminPort, 'GET / HTTP/1.1', 'writeHead', 'Expect: odd\r\n'],
  ];
  for (const [port, line, fault, more = ''] of calls) {
    const before = bugsOf(daemon).length;
    await sendFaulty(port, `${line}\r\nHost: a\r\nConnection: close\r\nX-Fault: ${fault}\r\n${more}\r\n`);
    await until(
      () => (bugsOf(daemon).length > before ? true : undefined),
      `a line for ${line} ${more} (${fault})`,
    );
  }
  assert.equal((await fetch(`${daemon.url('hello')}?wait=30`)).status, 200);
  // The page to sign in at, for what is no browser.
  assert.equal((await fetch(daemon.admin)).status, 403);
  assert.equal(await daemon.stop(), 0);
  assertNoKey(daemon);
});
