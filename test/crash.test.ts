// kill -9 at the worst moments: what was promised to a caller is in the history, and nothing is started again.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { runCli } from './support/cli.ts';
import { createFolder, startDaemon, until, type TestDaemon } from './support/daemon.ts';
import { writePast } from './support/past.ts';
import { lives, startSleeper } from './support/processes.ts';

const server = { rateLimit: { runs: 100_000 }, stopGrace: '50ms' };
/** Each run leaves a line in `ran`, goes on until there is `gate` (or no folder), and fails with 3. */
const slow = [
  '/bin/sh',
  '-c',
  'echo x >> ran; while [ -e config.json ] && [ ! -e gate ]; do sleep 0.1; done; exit 3',
];
const quick = ['/bin/sh', '-c', 'echo x >> ran'];

interface Told {
  readonly run: string;
  readonly status: number;
}

/** The run that a call was answered with, or undefined where the connection broke. */
async function call(url: string): Promise<Told | undefined> {
  try {
    const response = await fetch(url, { headers: { accept: 'application/json' } });
    const { run } = (await response.json()) as { run: string };
    return { run, status: response.status };
  } catch {
    return undefined;
  }
}

async function restart(
  t: Parameters<typeof startDaemon>[0],
  { folder }: TestDaemon,
  command: readonly string[],
): Promise<TestDaemon> {
  return await startDaemon(t, {
    tasks: { a: { command, cwd: folder, cooldown: '0s', whenBusy: 'parallel' } },
    server,
    folder,
  });
}

async function start(
  t: Parameters<typeof createFolder>[0] & Parameters<typeof startDaemon>[0],
  command: readonly string[],
): Promise<TestDaemon> {
  const folder = createFolder(t);
  return await startDaemon(t, {
    tasks: { a: { command, cwd: folder, cooldown: '0s', whenBusy: 'parallel' } },
    server,
    folder,
  });
}

const timesRan = (folder: string): number => {
  const file = path.join(folder, 'ran');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').length / 2 : 0;
};

const stateOf = async (daemon: TestDaemon, run: string): Promise<unknown> => {
  const response = await fetch(`${daemon.base}/runs/${run}`, { headers: { accept: 'application/json' } });
  assert.equal(response.status, 200, `run ${run} is known`);
  return ((await response.json()) as { state: unknown }).state;
};

/** Outcomes by run, as the history of a folder tells them; undefined for a start without an end. */
function outcomesIn(daemon: TestDaemon): Map<unknown, unknown> {
  const outcomes = new Map<unknown, unknown>();
  for (const { event, run, outcome } of daemon.history()) {
    if (event === 'start') assert.ok(!outcomes.has(run), 'one start for one run');
    if (event === 'end') assert.equal(outcomes.get(run), undefined, 'one end for one run');
    if (event !== 'begin')
      outcomes.set(run, event === 'start' ? undefined : (outcome as { kind: string }).kind);
  }
  return outcomes;
}

/** Waits until the processes of so many runs are written down. */
async function untilBegun(daemon: TestDaemon, count: number): Promise<void> {
  const begun = (): number =>
    daemon.history().filter(({ event, process }) => event === 'begin' && process !== undefined).length;
  await until(() => begun() === count || undefined, 'all to be written down');
}

test('after kill -9 in the middle of 20 runs each is looked after to its end, and not started again; who ended meanwhile is lost', async (t) => {
  const first = await start(t, slow);
  const told = await Promise.all(Array.from({ length: 20 }, async () => await call(first.url('a'))));
  assert.deepEqual([...new Set(told.map((one) => one?.status))], [202]);
  await until(() => timesRan(first.folder) === 20 || undefined, 'all to run');
  await untilBegun(first, 20);
  const [ended, ...going] = told.map((one) => one?.run ?? '');
  const pid = first
    .history()
    .flatMap(({ event, run, process }) =>
      event === 'begin' && run === ended ? [(process as { pid: number }).pid] : [],
    )[0];
  await first.kill();
  process.kill(-(pid ?? Number.NaN), 'SIGKILL');
  const second = await restart(t, first, slow);
  assert.equal(await stateOf(second, ended ?? ''), 'lost');
  for (const run of going) assert.equal(await stateOf(second, run), 'running');
  const count = (name: string): number => second.log().filter(({ event }) => event === name).length;
  assert.deepEqual([count('run-adopted'), count('run-lost')], [19, 1]);
  fs.writeFileSync(path.join(first.folder, 'gate'), '');
  for (const run of going) assert.equal((await call(`${second.base}/runs/${run}?wait=60`))?.status, 202);
  for (const run of going) assert.equal(await stateOf(second, run), 'lost', 'its exit status went to nobody');
  assert.equal((await call(`${second.url('a')}?wait=60`))?.status, 500);
  assert.equal(timesRan(first.folder), 21, 'only the new one was started');
  assert.equal(await second.stop(), 0);
  assert.deepEqual([...outcomesIn(second).values()], [...Array.from({ length: 20 }, () => 'lost'), 'failed']);
});

test('after kill -9 runs that were waiting have failed and never run', async (t) => {
  const folder = createFolder(t);
  const options = {
    tasks: { a: { command: slow, cwd: folder, cooldown: '0s', whenBusy: 'queue' } },
    server,
    folder,
  };
  const first = await startDaemon(t, options);
  const start = async ({ url }: TestDaemon): Promise<string> => (await call(url('a')))?.run ?? '';
  const going = await start(first);
  const waiting = [await start(first), await start(first), await start(first)];
  await until(() => timesRan(folder) === 1 || undefined, 'the first to run');
  await untilBegun(first, 1);
  await first.kill();
  const second = await startDaemon(t, options);
  for (const run of waiting) assert.equal(await stateOf(second, run), 'failed');
  assert.equal(await stateOf(second, going), 'running');
  const behind = await start(second);
  assert.equal(await stateOf(second, behind), 'queued', 'behind the one that an earlier daemon has started');
  fs.writeFileSync(path.join(folder, 'gate'), '');
  assert.equal((await call(`${second.base}/runs/${behind}?wait=60`))?.status, 500);
  assert.equal(timesRan(folder), 2);
});

test(
  'a daemon that looks after a run already, and then finds its port taken, ends and leaves the run alone',
  { timeout: 180_000 },
  async (t) => {
    const first = await start(t, slow);
    await call(first.url('a'));
    await untilBegun(first, 1);
    await first.kill();
    const other = await startDaemon(t, { tasks: {} });
    const file = path.join(first.folder, 'config.json');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/"port": \d+/, `"port": ${other.port}`));
    const { status, stderr } = await runCli(['serve', '--config', file]);
    assert.deepEqual([status, /another program does/.test(stderr)], [1, true]);
    assert.deepEqual([...outcomesIn(first).values()], [undefined]);
    const second = await restart(t, first, slow);
    assert.equal(second.log().filter(({ event }) => event === 'run-adopted').length, 2);
  },
);

test('a process that was given the id of a run cut off is left alone, and the run is lost', async (t) => {
  const folder = createFolder(t);
  const foreign = await startSleeper(t);
  const [before, reboot] = ['before'.padEnd(22, 'x'), 'reboot'.padEnd(22, 'x')];
  writePast(folder, [
    { run: before, task: 'a', begun: { ...foreign, startTicks: '1' } },
    { run: reboot, task: 'a', begun: { ...foreign, bootId: '00000000-0000-0000-0000-000000000000' } },
  ]);
  const task = { command: slow, cwd: folder, timeout: '1s', stoppable: true, atShutdown: 'stop' };
  const daemon = await startDaemon(t, { tasks: { a: task }, server, folder });
  for (const run of [before, reboot]) {
    assert.equal(await stateOf(daemon, run), 'lost');
    assert.equal((await fetch(`${daemon.base}/runs/${run}/stop`, { method: 'POST' })).status, 409);
  }
  assert.equal(await daemon.stop(), 0);
  assert.equal(lives(foreign.pid), true);
});

test('whenever kill -9 comes during 100 calls, each run that a caller was told of is in the history, with an end after the restart', async (t) => {
  let daemon = await start(t, quick);
  const { folder } = daemon;
  const told: Told[] = [];
  for (let round = 0; round < 3; round++) {
    const { url } = daemon;
    const killAfter = 1 + Math.floor(Math.random() * 75);
    let answered = 0;
    const { promise: isTime, resolve: kill } = Promise.withResolvers<void>();
    const calls = Array.from({ length: 100 }, async () => {
      const one = await call(url('a'));
      if (one !== undefined && one.status === 202) told.push(one);
      if (++answered === killAfter) kill();
    });
    await isTime;
    await daemon.kill();
    await Promise.all(calls);
    daemon = await restart(t, daemon, quick);
    const known = daemon;
    const outcomes = await until(() => {
      const all = outcomesIn(known);
      return [...all.values()].includes(undefined) ? undefined : all;
    }, 'an end of each');
    for (const { run } of told)
      assert.ok(outcomes.has(run), `killed after ${killAfter} answers: the run ${run} is in the history`);
    for (const kind of outcomes.values()) assert.ok(kind === 'lost' || kind === 'succeeded', String(kind));
  }
  assert.ok(told.length > 0);
  for (const { run } of told.slice(-10))
    assert.match(String(await stateOf(daemon, run)), /^(?:lost|succeeded)$/);
  const starts = daemon.history().filter(({ event }) => event === 'start').length;
  assert.ok(
    timesRan(folder) <= starts,
    `${timesRan(folder)} programs ran, ${starts} starts are written down`,
  );
  assert.equal(await daemon.stop(), 0);
});

test('a daemon told to stop leaves a long run to itself, names it, and looks after it again at the next start', async (t) => {
  const first = await start(t, slow);
  const one = await call(first.url('a'));
  await until(() => timesRan(first.folder) === 1 || undefined, 'it to run');
  assert.equal(await first.stop(), 0);
  const left = first.log().find(({ event }) => event === 'run-left');
  assert.equal(left?.['run'], one?.run);
  process.kill(Number(left?.['pid']), 0);
  assert.equal(first.log().at(-1)?.['event'], 'stopped');
  const second = await restart(t, first, slow);
  assert.equal(await stateOf(second, one?.run ?? ''), 'running');
  assert.equal(timesRan(first.folder), 1);
});

test('however often the daemon is killed, a guest link has no use too many, and loses only those of calls under way', async (t) => {
  const uses = 14;
  const kills = 4;
  let daemon = await start(t, quick);
  const { folder } = daemon;
  const made = await runCli([
    'link',
    'a',
    '--json',
    '--uses',
    String(uses),
    '--label',
    'guest',
    '--config',
    path.join(folder, 'config.json'),
  ]);
  const { pathname } = new URL((JSON.parse(made.stdout) as { address: string }).address);
  const tap = async (): Promise<Told | undefined> => {
    try {
      const response = await fetch(daemon.base + pathname, {
        method: 'POST',
        headers: { accept: 'application/json' },
      });
      const body = await response.text();
      return { run: response.ok ? (JSON.parse(body) as { run: string }).run : '', status: response.status };
    } catch {
      return undefined;
    }
  };
  const acknowledged = new Set<string>();
  const note = (told: Told | undefined): void => {
    if (told?.status === 202) acknowledged.add(told.run);
  };
  let cut = 0;
  for (let kill = 0; kill < kills; kill++) {
    const taps = [tap(), tap(), tap()];
    // A different moment each time: before, within and after the writing of the use and of the start.
    await new Promise((resolve) => setTimeout(resolve, kill * 2));
    await daemon.kill();
    const told = await Promise.all(taps);
    told.forEach(note);
    cut += told.filter((one) => one === undefined).length;
    daemon = await restart(t, daemon, quick);
  }
  let last: Told | undefined;
  for (let i = 0; i <= uses && last?.status !== 404; i++) note((last = await tap()));
  assert.equal(last?.status, 404, 'the link is spent at last');
  const started = daemon.history().flatMap(({ event, run }) => (event === 'start' ? [String(run)] : []));
  assert.deepEqual(
    [...acknowledged].filter((run) => !started.includes(run)),
    [],
    'what was acknowledged is in the history',
  );
  assert.ok(new Set(started).size <= uses, `${started.length} starts of ${uses} uses`);
  assert.ok(started.length >= uses - cut, `${started.length} starts, ${cut} calls cut off`);
  assert.ok(timesRan(folder) <= started.length);
});
