// How a running daemon is stopped, and how it opens its log anew.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import tty from 'node:tty';
import { listenToSignals } from '../../src/daemon/signals.ts';
import { createFolder, startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { lives, readProc } from '../support/processes.ts';

const handled = Object.keys(os.constants.signals) as NodeJS.Signals[];

/** Starts a task that goes on until a file called `go` is there, and gives its process id. */
async function startWaiting(daemon: TestDaemon): Promise<number> {
  assert.equal((await fetch(daemon.url('wait'))).status, 202);
  const pidFile = path.join(daemon.folder, 'pid');
  return await until(() => {
    const text = fs.existsSync(pidFile) ? fs.readFileSync(pidFile, 'utf8') : '';
    return text.endsWith('\n') ? Number(text) : undefined;
  }, 'the task to run');
}

function waiting(folder: string): Record<string, object> {
  return {
    wait: {
      name: 'Wait',
      command: ['sh', '-c', 'echo $$ > pid; while test -e pid && ! test -e go; do sleep 0.05; done'],
      cwd: folder,
    },
  };
}

function eventsOf(daemon: TestDaemon): unknown[] {
  return daemon.log().map(({ event }) => event);
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGPWR'] as const)
  test(`${signal} ends a daemon that has nothing to do with status 0, and gives the history back`, async (t) => {
    const daemon = await startDaemon(t, {
      tasks: { hello: { command: ['true'] } },
      server: { stopGrace: '10m' },
    });
    const idle = await fetch(daemon.base);
    assert.equal(idle.status, 404);
    daemon.child.kill(signal);
    await once(daemon.child, 'exit');
    assert.deepEqual([daemon.child.exitCode, daemon.child.signalCode], [0, null]);
    assert.deepEqual(
      daemon
        .log()
        .slice(-2)
        .map(({ msg }) => msg),
      [`Stopping (${signal})`, 'Stopped'],
    );
    assert.ok(!fs.existsSync(path.join(daemon.folder, 'history.jsonl.lock')));
  });

test('SIGTERM during a run waits for it, takes no more calls, and writes its end down', async (t) => {
  const folder = createFolder(t);
  const daemon = await startDaemon(t, { tasks: waiting(folder), folder, server: { stopGrace: '10m' } });
  await startWaiting(daemon);
  const exited = once(daemon.child, 'exit');
  daemon.child.kill('SIGTERM');
  await daemon.logged(({ event }) => event === 'stopping');
  await until(
    async () =>
      await fetch(daemon.base).then(
        () => undefined,
        () => true,
      ),
    'the port to be closed',
  );
  assert.equal(daemon.child.exitCode, null);
  fs.writeFileSync(path.join(folder, 'go'), '');
  await exited;
  assert.equal(daemon.child.exitCode, 0);
  assert.deepEqual(daemon.history().at(-1)?.['outcome'], { kind: 'succeeded', exitCode: 0 });
  assert.ok(!eventsOf(daemon).includes('run-left'));
});

test('SIGTERM leaves a run that goes on beyond stopGrace, and names it', async (t) => {
  const folder = createFolder(t);
  const daemon = await startDaemon(t, { tasks: waiting(folder), folder, server: { stopGrace: '100ms' } });
  const pid = await startWaiting(daemon);
  assert.equal(await daemon.stop(), 0);
  const { msg, task, pid: named } = await daemon.logged(({ event }) => event === 'run-left');
  assert.deepEqual([msg, task, named], [`Leaves Wait running (process ${pid})`, 'wait', pid]);
  assert.ok(lives(pid));
  assert.deepEqual(
    daemon.history().map(({ event }) => event),
    ['start', 'begin'],
  );
  fs.writeFileSync(path.join(folder, 'go'), '');
  await until(() => (lives(pid) ? undefined : true), 'the run to end by itself');
});

test('a later signal ends the daemon at once, whatever it waits for', async (t) => {
  const folder = createFolder(t);
  const daemon = await startDaemon(t, { tasks: waiting(folder), folder, server: { stopGrace: '10m' } });
  const pid = await startWaiting(daemon);
  const exited = once(daemon.child, 'exit');
  daemon.child.kill('SIGTERM');
  await daemon.logged(({ event }) => event === 'stopping');
  const again = setInterval(() => daemon.child.kill('SIGINT'), 100);
  t.after(() => clearInterval(again));
  await exited;
  assert.equal(daemon.child.exitCode, 1);
  fs.writeFileSync(path.join(folder, 'go'), '');
  await until(() => (lives(pid) ? undefined : true), 'the run to end by itself');
});

test('SIGHUP after the log was moved away opens it anew, and loses nothing', async (t) => {
  const daemon = await startDaemon(t, { tasks: { hello: { command: ['true'], cooldown: '0s' } } });
  const [log, moved] = ['log.txt', 'log.moved'].map((name) => path.join(daemon.folder, name)) as [
    string,
    string,
  ];
  const call = async (): Promise<void> =>
    assert.equal((await fetch(`${daemon.url('hello')}?wait=30`)).status, 200);
  await call();
  await daemon.logged(({ event }) => event === 'run-ended');
  fs.renameSync(log, moved);
  daemon.child.kill('SIGHUP');
  const before = fs.readFileSync(moved, 'utf8');
  let calls = 1;
  await until(async () => {
    await call();
    calls++;
    return fs.existsSync(log) ? true : undefined;
  }, 'a new log');
  assert.equal(await daemon.stop(), 0);
  const whole = fs.readFileSync(moved, 'utf8') + fs.readFileSync(log, 'utf8');
  assert.ok(whole.startsWith(before));
  assert.equal(whole.match(/"event":"run-ended"/g)?.length, calls);
  assert.equal(fs.statSync(log).mode & 0o777, 0o600);
});

test('many SIGHUPs change nothing else', async (t) => {
  const daemon = await startDaemon(t, { tasks: { hello: { command: ['true'], cooldown: '0s' } } });
  for (let i = 0; i < 100; i++) daemon.child.kill('SIGHUP');
  assert.equal((await fetch(`${daemon.url('hello')}?wait=30`)).status, 200);
  assert.equal(await daemon.stop(), 0);
});

/** What a signal does to a daemon is decided for these elsewhere, or cannot be: KILL and STOP, and what a processor raises. */
const decided =
  'SIGTERM SIGINT SIGQUIT SIGPWR SIGXCPU SIGABRT SIGIOT SIGHUP SIGKILL SIGSTOP SIGILL SIGBUS SIGFPE SIGSEGV'.split(
    ' ',
  );
if (process.arch !== 'x64') decided.push('SIGTRAP');
/** These pause a program that runs in a terminal, as its user wants. */
const pausing = ['SIGTSTP', 'SIGTTIN', 'SIGTTOU'];
/** These are not logged: Node or the system ignores them. */
const silent = new Set(['SIGPIPE', 'SIGXFSZ', 'SIGCHLD', 'SIGCONT', 'SIGURG', 'SIGWINCH']);

test('every other signal leaves a daemon as it is, opens nothing, and has a line in the log', async (t) => {
  const daemon = await startDaemon(t, { tasks: { hello: { command: ['true'], cooldown: '0s' } } });
  const listening = countListening(daemon.pid);
  const signals = (Object.keys(os.constants.signals) as NodeJS.Signals[]).filter(
    (name) => ![...decided, ...pausing].includes(name),
  );
  for (const signal of signals) {
    process.kill(daemon.pid, signal);
    if (!silent.has(signal)) {
      const number = os.constants.signals[signal];
      await daemon.logged(
        ({ event, signal: noted }) =>
          event === 'signal' && os.constants.signals[noted as NodeJS.Signals] === number,
      );
    }
  }
  for (const signal of pausing as NodeJS.Signals[]) {
    process.kill(daemon.pid, signal);
    process.kill(daemon.pid, 'SIGCONT');
  }
  assert.equal((await fetch(`${daemon.url('hello')}?wait=30`)).status, 200);
  assert.equal(countListening(daemon.pid), listening);
  assert.doesNotMatch(daemon.printed(), /Debugger|inspector|ws:/);
  assert.equal(await daemon.stop(), 0);
});

for (const signal of ['SIGXCPU', 'SIGABRT'] as const)
  test(`${signal} stops a daemon in order with status 1, and again changes nothing`, async (t) => {
    const daemon = await startDaemon(t, { tasks: { hello: { command: ['true'] } } });
    const exited = once(daemon.child, 'exit');
    daemon.child.kill(signal);
    daemon.child.kill(signal);
    assert.deepEqual(await exited, [1, null]);
    assert.deepEqual(eventsOf(daemon).slice(-2), ['stopping', 'stopped']);
  });

test('a signal that was passed on, behind or ahead of the first, does not hurry a stop', async (t) => {
  for (const [first, second] of [
    ['SIGTERM', 'SIGPWR'],
    ['SIGPWR', 'SIGTERM'],
    ['SIGTERM', 'SIGQUIT'],
    ['SIGTERM', 'SIGTERM'],
    ['SIGINT', 'SIGTERM'],
  ] as const) {
    const daemon = await startDaemon(t, { tasks: { hello: { command: ['true'] } } });
    const exited = once(daemon.child, 'exit');
    daemon.child.kill(first);
    daemon.child.kill(second);
    assert.deepEqual(await exited, [0, null], `${first} ${second}`);
    assert.equal(eventsOf(daemon).at(-1), 'stopped');
  }
});

/** How many sockets a process listens on, as the system sees it: 0A is the state of a TCP socket that does. */
function countListening(pid: number): number {
  const own = new Set(fs.readdirSync(`/proc/${pid}/fd`).map((fd) => readLink(`/proc/${pid}/fd/${fd}`)));
  return ['tcp', 'tcp6']
    .flatMap((table) => readProc(`${pid}/net/${table}`).split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && own.has(`socket:[${inode}]`)).length;
}

function readLink(path: string): string {
  try {
    return fs.readlinkSync(path);
  } catch {
    return '';
  }
}

test('the HUP of a terminal that is gone only a moment later means stop, any other HUP does not', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  for (const closes of [true, false]) {
    let isThere = true;
    const isatty = t.mock.method(tty, 'isatty', () => isThere);
    const before = new Map(handled.map((signal) => [signal, process.listeners(signal)]));
    const seen: string[] = [];
    listenToSignals({
      onStop: ({ reason }) => void seen.push(`stop ${reason}`),
      onHangup: () => void seen.push('reload'),
      onIgnored: () => {},
    });
    process.emit('SIGHUP', 'SIGHUP');
    isThere = !closes;
    t.mock.timers.tick(60_000);
    assert.deepEqual(seen, closes ? ['reload', 'stop SIGHUP'] : ['reload']);
    for (const [signal, listeners] of before)
      for (const listener of process.listeners(signal))
        if (!listeners.includes(listener)) process.off(signal, listener);
    isatty.mock.restore();
  }
});
