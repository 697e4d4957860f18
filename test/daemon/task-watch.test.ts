// The daemon's look at DSM's tasks: once, again where DSM was away, and one line for each thing.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { openInsideWorker } from '../../src/daemon/inside-worker.ts';
import { createTaskWatch, type TaskWatch } from '../../src/daemon/task-watch.ts';
import { systemClock } from '../../src/clock.ts';
import { createRemovedTask, type Task } from '../../src/tasks.ts';
import { createFolder, until } from '../support/daemon.ts';
import { startFakeDsm, type FakeDsm, type FakeDsmOptions } from '../support/fake-dsm/fake-dsm.ts';
import { createTestLogger } from '../support/logger.ts';
import { createAccess } from '../support/web-api.ts';

type T = { after(fn: () => Promise<void> | void): void };

/** These tasks in a config: `7` or a name. */
const tasksOf = (...tasks: (number | string)[]): Task[] =>
  tasks.map((task) => ({
    ...createRemovedTask(String(task), 'Task'),
    runner: {
      kind: 'dsm',
      nas: '',
      task: typeof task === 'number' ? { kind: 'scheduled', id: task } : { kind: 'triggered', name: task },
    },
  }));

interface Watched {
  readonly watch: TaskWatch;
  readonly dsm: FakeDsm;
  /** The lines of the log that a watch writes. */
  logged(): [event: unknown, message: unknown][];
  names(): unknown;
}

async function start(
  t: T,
  options: FakeDsmOptions,
  { folder = createFolder(t), retryMs = 50 } = {},
): Promise<Watched> {
  const dsm = await startFakeDsm(t, options);
  const { logger, lines } = createTestLogger();
  const settings = {
    name: '',
    via: 'webapi',
    synowebapi: '/none',
    synoschedtask: '/none',
    followMs: 1,
    webapi: createAccess(dsm),
  } as const;
  const config = {
    tasks: [],
    nases: new Map([['', settings]]),
    history: { path: path.join(folder, 'history') },
  };
  const worker = openInsideWorker({ config, logger, clock: systemClock });
  t.after(async () => void (await worker.close()));
  const namesPath = path.join(folder, 'names');
  const watch = createTaskWatch({ worker, namesPath, logger, retryMs });
  t.after(watch.close);
  return {
    watch,
    dsm,
    logged: () =>
      lines.flatMap(({ event, msg }) =>
        ['dsm-task-warning', 'dsm-not-asked', 'names-unwritable'].includes(String(event))
          ? [[event, msg]]
          : [],
      ),
    names: () => (fs.existsSync(namesPath) ? JSON.parse(fs.readFileSync(namesPath, 'utf8')) : undefined),
  };
}
const calls = (dsm: FakeDsm, method: string): number =>
  dsm.calls.filter((call) => call.method === method && call.api.includes('Core')).length;
/** Resolves once a look is over: the list of triggered tasks is the last thing asked for. */
const looked = async (dsm: FakeDsm, times: number): Promise<void> =>
  void (await until(
    () => (dsm.calls.filter(({ api }) => api.includes('EventScheduler')).length >= times ? true : undefined),
    'the look',
  ));
const gone = ['dsm-task-warning', 'tasks.9: DSM has no scheduled task 9. Correct its number, or remove it'];

suite('task watch', { concurrency: true }, () => {
  test('each warning is one line, and the names are remembered', async (t) => {
    const { watch, logged, names } = await start(t, { scheduled: [{ id: 7, name: 'Copy' }, { id: 8 }] });
    watch.use(tasksOf(9, 7, 'camera'));
    await until(() => (logged().length === 2 ? true : undefined), 'the warnings');
    assert.deepEqual(logged(), [
      gone,
      [
        'dsm-task-warning',
        'tasks.camera: DSM has no triggered task "camera". Correct its name, or remove it',
      ],
    ]);
    assert.deepEqual(await until(names, 'the names'), { '': { 7: 'Copy' } });
  });

  test('a rename is reported once; the names of tasks that are gone stay', async (t) => {
    const folder = createFolder(t);
    const look = async (name: string, ...ids: number[]): Promise<Watched> => {
      const watched = await start(t, { scheduled: ids.map((id) => ({ id, name })) }, { folder });
      watched.watch.use(tasksOf(7, 8));
      await looked(watched.dsm, 1);
      return watched;
    };
    const saved = async (watched: Watched, expected: object): Promise<void> =>
      void (await until(
        () => (isDeepStrictEqual(watched.names(), expected) ? true : undefined),
        JSON.stringify(expected),
      ));
    await saved(await look('A', 7, 8), { '': { 7: 'A', 8: 'A' } });
    const second = await look('B', 7);
    await saved(second, { '': { 7: 'B', 8: 'A' } });
    assert.deepEqual(
      second.logged().map(([, text]) => text),
      [
        'tasks.7: scheduled task 7 of DSM is now "B", and was "A". Look whether it is still the one that is meant',
        'tasks.8: DSM has no scheduled task 8. Correct its number, or remove it',
      ],
    );
    const third = await look('B', 7, 8);
    await saved(third, { '': { 7: 'B', 8: 'B' } });
    assert.deepEqual(
      third.logged().map(([, text]) => text),
      [
        'tasks.8: scheduled task 8 of DSM is now "B", and was "A". Look whether it is still the one that is meant',
      ],
    );
  });

  test('DSM that is away is asked again and again until it answers, with one line for each reason', async (t) => {
    const { watch, dsm, logged } = await start(t, {
      settings: { fault: ({ method }) => (method === 'list' ? '502' : undefined) },
    });
    watch.use(tasksOf(9));
    await until(() => (calls(dsm, 'list') >= 3 ? true : undefined), 'three looks');
    dsm.set({ fault: () => undefined });
    await until(() => (logged().length === 2 ? true : undefined), 'the warning');
    assert.deepEqual(logged(), [
      [
        'dsm-not-asked',
        'Cannot see whether DSM has the tasks of the config. DSM is not ready (HTTP 502): it may be starting up. It is asked again in 50 ms.',
      ],
      gone,
    ]);
  });

  test('what stays as it is until somebody mends it is asked once: a wrong password is one attempt', async (t) => {
    const { watch, dsm, logged } = await start(t, { settings: { accounts: {} } });
    watch.use(tasksOf(9));
    await until(() => (logged().length === 1 ? true : undefined), 'the line');
    assert.deepEqual([dsm.signIns, logged()[0]?.[0]], [[400], 'dsm-not-asked']);
    assert.doesNotMatch(String(logged()[0]?.[1]), /asked again/);
  });

  test('without tasks of DSM nothing is asked; the same tasks are not looked at twice, others are', async (t) => {
    const { watch, dsm, logged } = await start(t, { scheduled: [{ id: 7 }] });
    watch.use([createRemovedTask('x', 'x')]);
    watch.use(tasksOf(7));
    watch.use(tasksOf(7));
    await looked(dsm, 1);
    assert.equal(calls(dsm, 'list'), 2, 'scheduled and triggered ones, once each');
    watch.use(tasksOf(7, 9));
    await until(() => (logged().length === 1 ? true : undefined), 'the warning');
    assert.deepEqual(logged(), [gone]);
  });

  test('a closed watch says nothing more, and asks no more', async (t) => {
    const { watch, dsm, logged } = await start(t, {
      settings: { fault: ({ method }) => (method === 'list' ? '502' : undefined) },
    });
    watch.use(tasksOf(9));
    await until(() => (logged().length === 1 ? true : undefined), 'the first look');
    watch.close();
    const before = dsm.calls.length;
    dsm.set({ fault: () => undefined });
    await new Promise((resolve) => {
      setTimeout(resolve, 300);
    });
    assert.deepEqual([logged().length, dsm.calls.length - before <= 2], [1, true]);
  });

  test('names that cannot be written are one line, and the warnings are there all the same', async (t) => {
    const folder = createFolder(t);
    fs.mkdirSync(path.join(folder, 'names'));
    const { watch, logged } = await start(t, { scheduled: [{ id: 7 }] }, { folder });
    watch.use(tasksOf(7, 9));
    await until(() => (logged().length === 2 ? true : undefined), 'both lines');
    assert.deepEqual([logged()[0], logged()[1]?.[0]], [gone, 'names-unwritable']);
  });
});
