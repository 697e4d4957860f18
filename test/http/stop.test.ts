// Stopping by HTTP: who may, what is answered, and what is left of the run's processes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { joinOutput, listen, parseEvents } from '../support/events.ts';
import { endGroup, escapingScript, lives } from '../support/processes.ts';
import { toLocationPath } from '../support/raw-http.ts';

const shell = (script: string, more: object = {}): object => ({
  command: ['/bin/sh', '-c', script],
  stoppable: true,
  output: 'all',
  cooldown: '0s',
  name: 'Task',
  ...more,
});

interface Started {
  /** The address of the run. */
  readonly url: string;
  /** The process ids that it printed. */
  readonly pids: readonly number[];
}

/** Starts a task, and waits until it has printed this many process ids. */
async function start(daemon: TestDaemon, task: string, pidCount: number): Promise<Started> {
  const stream = await listen(daemon.url(task));
  const pids = await until(() => {
    const found = joinOutput(parseEvents(stream.text()).events).split('\n').slice(0, -1).map(Number);
    return found.length >= pidCount ? found : undefined;
  }, `${pidCount} process ids`);
  stream.cut();
  return { url: `${daemon.base}${toLocationPath(stream.headers.location)}`, pids };
}

async function ask(
  url: string,
  accept = 'application/json',
  method = 'GET',
): Promise<{ status: number; location: string; body: string }> {
  const response = await fetch(url, { method, headers: { accept }, redirect: 'manual' });
  return {
    status: response.status,
    location: toLocationPath(response.headers.get('location')),
    body: await response.text(),
  };
}

async function endOf(url: string): Promise<Record<string, unknown>> {
  return JSON.parse((await ask(`${url}?wait=30`)).body) as Record<string, unknown>;
}

test('a run of a stoppable task is stopped, and the answer comes in the form that was asked for', async (t) => {
  const daemon = await startDaemon(t, {
    tasks: { task: shell('echo $$; exec sleep 60', { whenBusy: 'parallel' }) },
  });
  for (const [accept, status, body] of [
    ['text/plain', 202, /^Task: is being stopped, see \/runs\/[\w-]{22}\n$/],
    ['application/json', 202, /^\{"run":"[\w-]{22}","task":"task","name":"Task","state":"running",.*\}\n$/],
    ['text/html', 303, /^$/],
  ] as const) {
    const { url, pids } = await start(daemon, 'task', 1);
    const stopped = await ask(`${url}/stop`, accept, 'POST');
    assert.deepEqual([stopped.status, `${daemon.base}${stopped.location}`], [status, url]);
    assert.match(stopped.body, body);
    const { state, signal } = await endOf(url);
    assert.deepEqual([state, signal], ['stopped', 'SIGTERM']);
    assert.deepEqual(pids.filter(lives), []);
    await daemon.logged(
      ({ event, address, run }) =>
        event === 'stop' && address === '127.0.0.1' && url.endsWith(`/${String(run)}`),
    );
    const again = await ask(`${url}/stop`, 'text/plain', 'POST');
    assert.deepEqual(
      [again.status, again.body.slice(0, 45)],
      [409, 'Task: not stopped. It cannot be stopped: it h'],
    );
    const { code, task } = JSON.parse((await ask(`${url}/stop`, 'application/json', 'POST')).body) as Record<
      string,
      unknown
    >;
    assert.deepEqual([code, task], ['not-stoppable', 'task']);
  }
});

test('nothing stops a run of a task that is not stoppable, nor a look at the address, nor a wrong run id', async (t) => {
  const daemon = await startDaemon(t, {
    tasks: {
      task: shell('echo $$; exec sleep 60', { stoppable: false }),
      other: shell('echo $$; exec sleep 60'),
    },
  });
  const { url, pids } = await start(daemon, 'task', 1);
  t.after(() => pids.forEach(endGroup));
  const other = await start(daemon, 'other', 1);
  for (const [accept, status] of [
    ['text/plain', 409],
    ['application/json', 409],
    ['text/html', 303],
  ] as const)
    assert.equal((await ask(`${url}/stop`, accept, 'POST')).status, status);
  const stranger = await ask(`${daemon.base}/`);
  for (const [address, method] of [
    [`${other.url}/stop`, 'GET'],
    [`${other.url}/stop/`, 'POST'],
    [`${other.url}/Stop`, 'POST'],
    [other.url, 'POST'],
    [`${daemon.base}/runs/${'x'.repeat(22)}/stop`, 'POST'],
    [`${other.url.slice(0, -1)}/stop`, 'POST'],
    [`${daemon.base}/runs//stop`, 'POST'],
  ] as const)
    assert.deepEqual(await ask(address, 'text/html', method), stranger, `${method} ${address}`);
  assert.deepEqual([...pids, ...other.pids].map(lives), [true, true]);
  assert.equal((JSON.parse((await ask(url)).body) as Record<string, unknown>)['state'], 'running');
});

test('the whole group is stopped: who ignores TERM, and grandchildren that hold the pipes; who left it is named', async (t) => {
  const daemon = await startDaemon(t, {
    tasks: {
      ignoring: shell('trap "" TERM; echo $$; sleep 60 & echo $!; while :; do sleep 1; done', {
        grace: '200ms',
      }),
      grandchildren: shell('echo $$; (trap "" TERM; sleep 60 & echo $!; wait) & exec sleep 60', {
        grace: '200ms',
      }),
      interrupted: shell('trap "exit 9" INT; trap "" TERM; echo $$; while :; do sleep 0.05; done', {
        stopSignal: 'SIGINT',
        grace: '1h',
      }),
      escaping: shell(`${escapingScript} wait`, { grace: '200ms' }),
    },
  });
  const cases: [string, number, object][] = [
    ['ignoring', 2, { state: 'stopped', signal: 'SIGKILL', exitCode: null, reason: undefined }],
    ['grandchildren', 2, { state: 'stopped', signal: 'SIGTERM', exitCode: null, reason: undefined }],
    ['interrupted', 1, { state: 'stopped', signal: null, exitCode: 9, reason: undefined }],
  ];
  await Promise.all(
    cases.map(async ([task, count, expected]) => {
      const { url, pids } = await start(daemon, task, count);
      await ask(`${url}/stop`, 'text/plain', 'POST');
      const { state, signal, exitCode, reason } = await endOf(url);
      assert.deepEqual({ state, signal, exitCode, reason }, expected, task);
      assert.deepEqual(pids.filter(lives), [], task);
    }),
  );
  const { url, pids } = await start(daemon, 'escaping', 1);
  t.after(() => pids.forEach(endGroup));
  await ask(`${url}/stop`, 'text/plain', 'POST');
  const { state, reason } = await endOf(url);
  assert.deepEqual(
    [state, reason],
    ['stopped', `Processes that made themselves independent go on: ${pids[0]}.`],
  );
  assert.deepEqual(pids.map(lives), [true]);
});

test('a queued run that is stopped never begins, and the one behind it does', async (t) => {
  const daemon = await startDaemon(t, {
    tasks: { task: shell('echo $$; exec sleep 60', { whenBusy: 'queue' }) },
  });
  const first = await start(daemon, 'task', 1);
  const [second, third] = [await ask(daemon.url('task')), await ask(daemon.url('task'))];
  const [secondUrl, thirdUrl] = [`${daemon.base}${second.location}`, `${daemon.base}${third.location}`];
  await ask(`${secondUrl}/stop`, 'text/plain', 'POST');
  const { state, output } = await endOf(secondUrl);
  assert.deepEqual([state, output], ['stopped', '']);
  await ask(`${first.url}/stop`, 'text/plain', 'POST');
  await until(
    async () =>
      (JSON.parse((await ask(thirdUrl)).body) as Record<string, unknown>)['state'] === 'running'
        ? true
        : undefined,
    'the third run',
  );
  await ask(`${thirdUrl}/stop`, 'text/plain', 'POST');
  assert.equal((await endOf(thirdUrl))['state'], 'stopped');
  const begun = daemon.history().filter(({ event, process }) => event === 'begin' && process !== undefined);
  assert.equal(begun.length, 2);
});
