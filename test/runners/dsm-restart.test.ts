// Runs in DSM when the daemon is killed or stopped: the next one finds each again in DSM's history, follows it to its end, and starts nothing again.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { runCli } from '../support/cli.ts';
import { createFolder, startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { listen } from '../support/events.ts';
import { account, password, startFakeDsm } from '../support/fake-dsm/fake-dsm.ts';
import type { GivenTasks, Scheduler, SchedulerSettings } from '../support/fake-dsm/scheduler.ts';
import { createFakeSynowebapi } from '../support/fake-synowebapi/fake-synowebapi.ts';

type T = Parameters<typeof startDaemon>[0];

/** A simulated DSM, whichever way it is reached. */
interface Nas extends Pick<Scheduler, 'start' | 'end' | 'starts'> {
  /** The `dsm` part of a config. */
  readonly config: object;
  set(settings: Partial<SchedulerSettings>): void;
  /** The methods that were called so far. */
  methods(): string[];
  /** From now on, calls of this method get no answer; one that starts something starts nothing. */
  hang(method: string): void;
}

const ways: Record<string, (t: T, tasks: GivenTasks) => Promise<Nas>> = {
  async webapi(t, tasks) {
    const dsm = await startFakeDsm(t, tasks);
    return {
      ...dsm,
      config: { via: 'webapi', webapi: { url: dsm.url, account, password } },
      methods: () => dsm.calls.map(({ method }) => method),
      hang: (hanging) => dsm.set({ fault: ({ method }) => (method === hanging ? 'hang' : undefined) }),
    };
  },
  synowebapi: (t, tasks) => {
    const tool = createFakeSynowebapi(path.join(createFolder(t), 'tool'), tasks);
    return Promise.resolve({
      ...tool,
      config: { via: 'synowebapi', synowebapi: tool.file },
      set: tool.setMoods,
      hang: (method) => tool.setMoods({ faults: [{ method, fault: 'hang' }] }),
    });
  },
};

const held = { ms: 'held', output: 'off\n' } as const;
const tasks: GivenTasks = { scheduled: [{ id: 7, ...held }], triggered: [{ name: 'camera', ...held }] };

interface AdminDeps {
  readonly nas: Nas;
  /** Starts a daemon in the one folder; `config` stands in the place of parts of the config. */
  up(config?: { readonly tasks?: Record<string, object>; readonly dsm?: object }): Promise<TestDaemon>;
}

async function createHouse(t: T, way: string, followFor = '30s'): Promise<AdminDeps> {
  const folder = createFolder(t);
  const nas = (await ways[way]?.(t, tasks)) ?? assert.fail();
  const own = {
    '7': { cooldown: '0s', whenBusy: 'parallel' },
    camera: { triggered: 'camera', output: 'all', stoppable: true },
  };
  return {
    nas,
    up: async ({ tasks = own, dsm = { ...nas.config, followFor } } = {}) =>
      await startDaemon(t, { folder, tasks, server: { stopGrace: '0s' }, more: { dsm } }),
  };
}

async function start(daemon: TestDaemon, id: string): Promise<string> {
  const response = await fetch(daemon.url(id), { method: 'POST', headers: { accept: 'application/json' } });
  return ((await response.json()) as { run: string }).run;
}

/** The page of a run, as JSON; with `isEnded`, once it has ended. */
async function look(daemon: TestDaemon, run: string, isEnded = false): Promise<Record<string, unknown>> {
  const response = await fetch(`${daemon.base}/runs/${run}${isEnded ? '?wait=60' : ''}`, {
    headers: { accept: 'application/json' },
  });
  return (await response.json()) as Record<string, unknown>;
}

async function endOf(daemon: TestDaemon, run: string): Promise<unknown[]> {
  const { state, exitCode, reason } = await look(daemon, run, true);
  return [state, exitCode, reason];
}

interface Trace {
  readonly key?: string;
  readonly isAccepted?: true;
}

/** What is written down of a run in DSM, once it fits. */
async function untilNoted(
  { history }: TestDaemon,
  run: string,
  fits: (trace: Trace) => boolean,
): Promise<void> {
  const isIt = (line: Record<string, unknown>): boolean => {
    const trace = (line['dsm'] as { trace: Trace } | undefined)?.trace;
    return line['event'] === 'begin' && line['run'] === run && trace !== undefined && fits(trace);
  };
  await until(() => (history().some(isIt) ? true : undefined), 'the run to be written down');
}
const isSeen = ({ key }: Trace): boolean => key !== undefined;
const isAccepted = (trace: Trace): boolean => trace.isAccepted === true;

const endsIn = ({ history }: TestDaemon, run: string): unknown[] =>
  history().filter((line) => line['event'] === 'end' && line['run'] === run);
const cutOff =
  'The daemon was cut off while it asked DSM to start the task: whether it was started is not known.';

for (const way of Object.keys(ways))
  suite(`runs in DSM by ${way} when the daemon is started again`, { concurrency: 2 }, () => {
    test('after kill -9 a run continues, and its true end is reported, with what it printed', async (t) => {
      for (const [id, task, exitCode] of [
        ['7', 7, 4],
        ['camera', 'camera', 0],
      ] as const) {
        const { nas, up } = await createHouse(t, way);
        const first = await up();
        const run = await start(first, id);
        await untilNoted(first, run, isSeen);
        await first.kill();
        const second = await up();
        const adopted = second.log().find(({ event }) => event === 'run-adopted');
        assert.deepEqual([adopted?.['run'], adopted?.['pid']], [run, undefined]);
        const page = await (
          await fetch(`${second.base}/runs/${run}`, { headers: { accept: 'text/html' } })
        ).text();
        assert.match(page, /<title>… [^<]*: running<\/title>/);
        nas.end(task, exitCode);
        assert.deepEqual(await endOf(second, run), [
          exitCode === 0 ? 'succeeded' : 'failed',
          exitCode,
          undefined,
        ]);
        assert.equal((await look(second, run))['output'], id === 'camera' ? 'off\n' : undefined);
        assert.deepEqual(nas.starts(), [task]);
        await until(() => (endsIn(second, run).length === 1 ? true : undefined), 'the end');
        await second.stop();
        const third = await up();
        assert.deepEqual((await look(third, run))['exitCode'], exitCode);
        assert.equal(endsIn(third, run).length, 1);
        await third.kill();
      }
    });

    test('a daemon that is stopped leaves a run to DSM without an end, and the next one follows it on', async (t) => {
      const { nas, up } = await createHouse(t, way);
      const first = await up();
      const run = await start(first, 'camera');
      await untilNoted(first, run, isAccepted);
      const stream = await listen(`${first.base}/runs/${run}`);
      assert.equal(await first.stop(), 0);
      assert.doesNotMatch(await stream.ended, /unconfirmed|"exitCode":\d/);
      assert.deepEqual(endsIn(first, run), []);
      assert.deepEqual(
        first
          .log()
          .filter(({ event }) => event === 'run-left' || event === 'run-ended')
          .map((line) => [line['event'], line['run'], line['msg']]),
        [['run-left', run, 'Leaves camera running (process of DSM)']],
      );
      const second = await up();
      assert.equal((await look(second, run))['state'], 'running');
      const joined = await fetch(second.url('camera'), { method: 'POST' });
      assert.equal(joined.headers.get('x-run'), 'joined');
      assert.equal(await second.stop(), 0);
      const third = await up();
      nas.end('camera', 3);
      assert.deepEqual(await endOf(third, run), ['failed', 3, undefined]);
      assert.deepEqual(nas.starts(), ['camera']);
    });

    test('a start that DSM has not answered is not made again, and its end is reported as unknown', async (t) => {
      const { nas, up } = await createHouse(t, way, '4s');
      nas.hang('run');
      const first = await up();
      const run = await start(first, 'camera');
      await until(() => (nas.methods().includes('run') ? true : undefined), 'the start');
      await first.kill();
      assert.deepEqual(await endOf(await up(), run), ['unconfirmed', null, cutOff]);
      assert.deepEqual([nas.starts(), nas.methods().filter((method) => method === 'run')], [[], ['run']]);
    });

    test('what DSM was not asked to start before the daemon was stopped has not been started, and is not left', async (t) => {
      const { nas, up } = await createHouse(t, way);
      nas.hang('result_list');
      const first = await up();
      const run = await start(first, 'camera');
      await until(() => (nas.methods().includes('result_list') ? true : undefined), 'the first look');
      assert.equal(await first.stop(), 0);
      assert.deepEqual(
        first
          .log()
          .filter(({ event }) => event === 'run-left' || event === 'run-ended')
          .map((line) => [line['event'], line['reason']]),
        [['run-ended', 'It was ended before DSM was asked to start it.']],
      );
      assert.equal(endsIn(first, run).length, 1);
      assert.deepEqual(nas.starts(), []);
    });
  });

suite('runs in DSM when the daemon is started again', { concurrency: 2 }, () => {
  test('the end of a run that ended while no daemon was running is reported, even if the task was started again since', async (t) => {
    const { nas, up } = await createHouse(t, 'webapi');
    nas.start(7);
    nas.end(7, 9);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const first = await up();
    const run = await start(first, '7');
    await untilNoted(first, run, isSeen);
    await first.kill();
    nas.end(7, 5);
    await new Promise((resolve) => setTimeout(resolve, 3200));
    nas.start(7);
    nas.end(7, 0);
    assert.deepEqual(await endOf(await up(), run), ['failed', 5, undefined]);
    assert.deepEqual(nas.starts(), [7, 7, 7]);
  });

  test('a run that had not shown yet is found by what had been there before', async (t) => {
    const { nas, up } = await createHouse(t, 'webapi');
    nas.start('camera');
    nas.end('camera', 9);
    nas.set({ showsRunning: false });
    const first = await up();
    const run = await start(first, 'camera');
    await untilNoted(first, run, isAccepted);
    await first.kill();
    nas.end('camera', 6);
    const second = await up();
    assert.deepEqual(await endOf(second, run), ['failed', 6, undefined]);
    assert.deepEqual(nas.starts(), ['camera', 'camera']);
  });

  test('two runs of one task keep each its own end', async (t) => {
    const { nas, up } = await createHouse(t, 'webapi');
    const first = await up();
    const runs = [await start(first, '7')];
    await untilNoted(first, runs[0] ?? '', isSeen);
    runs.push(await start(first, '7'));
    await untilNoted(first, runs[1] ?? '', isAccepted);
    await first.kill();
    const second = await up();
    nas.end(7, 1);
    nas.end(7, 2);
    assert.deepEqual(await Promise.all(runs.map(async (run) => (await endOf(second, run))[1])), [1, 2]);
    assert.deepEqual(nas.starts(), [7, 7]);
  });

  test('if DSM no longer keeps a history, the reason says so', async (t) => {
    const { nas, up } = await createHouse(t, 'webapi');
    const first = await up();
    const run = await start(first, '7');
    await untilNoted(first, run, isSeen);
    await first.kill();
    nas.set({ isOutputSaved: false });
    const reason = 'DSM started the task, but its history no longer shows that run.';
    assert.deepEqual(await endOf(await up(), run), ['unconfirmed', null, reason]);
  });

  test('if its task or NAS has left the config, the end of a run is unknown', async (t) => {
    const gone = 'The config no longer names the NAS of this task. How the run ended is not known.';
    const taskGone =
      'The daemon was started again, and the config no longer has this task: how it ended is not known.';
    for (const [what, reason] of [
      ['task', taskGone],
      ['NAS', gone],
    ] as const) {
      const { nas, up } = await createHouse(t, 'webapi');
      const first = await up({ dsm: { old: { ...nas.config } }, tasks: { '7': {} } });
      const run = await start(first, '7');
      await untilNoted(first, run, isSeen);
      await first.kill();
      const second = await up(
        what === 'task'
          ? { tasks: { other: { command: ['/bin/true'] } } }
          : { dsm: { other: nas.config }, tasks: { '7': {} } },
      );
      assert.deepEqual(await endOf(second, run), ['unconfirmed', null, reason]);
      assert.equal(endsIn(second, run).length, 1);
    }
  });

  test('a run that is followed again can be stopped, within what DSM allows, and times out in its time', async (t) => {
    const { up } = await createHouse(t, 'webapi');
    const first = await up();
    const run = await start(first, 'camera');
    await untilNoted(first, run, isSeen);
    await first.kill();
    const second = await up();
    await fetch(`${second.base}/runs/${run}/stop`, { method: 'POST' });
    const [state, , reason] = await endOf(second, run);
    assert.equal(state, 'unconfirmed');
    assert.match(String(reason), /It may still be running: DSM offers no way to stop it\.$/);
    const other = await start(second, '7');
    await untilNoted(second, other, isSeen);
    await second.kill();
    const third = await up({ tasks: { '7': { timeout: '1ms' } } });
    assert.equal((await endOf(third, other))[0], 'unconfirmed');
  });

  test('a run in DSM is followed on when DSM itself is only just starting up', async (t) => {
    const dsm = await startFakeDsm(t, tasks);
    const folder = createFolder(t);
    const config = {
      tasks: { '7': {} },
      folder,
      more: { dsm: { via: 'webapi', followFor: '1s', webapi: { url: dsm.url, account, password } } },
    };
    const first = await startDaemon(t, config);
    const run = await start(first, '7');
    await untilNoted(first, run, isAccepted);
    await first.kill();
    await dsm.down();
    const second = await startDaemon(t, config);
    await second.logged(({ event }) => event === 'dsm-sign-in-failed');
    dsm.end(7, 2);
    await dsm.up();
    assert.deepEqual(await endOf(second, run), ['failed', 2, undefined]);
  });

  test('a daemon whose port is taken lets go of the runs that it has taken up', async (t) => {
    const dsm = await startFakeDsm(t, tasks);
    const folder = createFolder(t);
    const config = {
      tasks: { '7': {} },
      folder,
      more: { dsm: { via: 'webapi', webapi: { url: dsm.url, account, password } } },
    };
    const first = await startDaemon(t, config);
    const run = await start(first, '7');
    await untilNoted(first, run, isSeen);
    await first.kill();
    const file = path.join(folder, 'config.json');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/"port": \d+/, `"port": ${dsm.port}`));
    const { status, stderr } = await runCli(['serve', '--config', file]);
    assert.deepEqual([status, /another program does/.test(stderr)], [1, true]);
    const third = await startDaemon(t, config);
    dsm.end(7, 0);
    assert.deepEqual(await endOf(third, run), ['succeeded', 0, undefined]);
  });
});
