// A daemon and a worker as two processes, where tests may choose users as two users: either may go away, and nothing is lost.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { createFolder, keyOf, magicKey, startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import {
  createWorkerPlace,
  serverUid,
  startWorker,
  type TestWorkerProcess,
  type WorkerPlace,
} from '../support/worker-process.ts';

const gate = (folder: string): string => path.join(folder, 'gate');
const tasksIn = (folder: string): Record<string, object> => ({
  who: { command: ['/usr/bin/id', '-u'], output: 'all', cooldown: '0s' },
  // Prints, waits for a file, and ends with a status of its own.
  waiting: {
    command: [
      '/bin/sh',
      '-c',
      'echo one; while [ ! -e "$0" ]; do sleep 0.1; done; echo two; exit 7',
      gate(folder),
    ],
    output: 'all',
    cooldown: '0s',
  },
});

interface House {
  readonly place: WorkerPlace;
  readonly serverFolder: string;
  readonly config: object;
  startServer(): Promise<TestDaemon>;
  startWorker(): Promise<TestWorkerProcess>;
}

function createHouse(t: TestContext): House {
  const place = createWorkerPlace(t);
  const serverFolder = createFolder(t);
  const tasks = tasksIn(place.folder);
  const config = {
    server: { magickey: magicKey },
    tasks: Object.fromEntries(
      Object.entries(tasks).map(([id, task]) => [id, { identifier: keyOf(id), ...task }]),
    ),
  };
  return {
    place,
    serverFolder,
    config,
    startServer: async () =>
      await startDaemon(t, {
        tasks,
        folder: serverFolder,
        uid: serverUid,
        more: { worker: { socket: place.socket } },
      }),
    startWorker: async () => await startWorker(t, place, config),
  };
}

interface Answer {
  readonly status: number;
  readonly body: {
    readonly run: string;
    readonly state: string;
    readonly output?: string;
    readonly code?: string;
  };
}

async function call(url: string): Promise<Answer> {
  const response = await fetch(url, { headers: { accept: 'application/json' }, redirect: 'manual' });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text === '' ? '{}' : text) as Answer['body'] };
}

suite('a daemon with a worker of its own', { timeout: 300_000 }, () => {
  test('the worker runs tasks as its user; without it nothing is started or written, and it is not needed to come back', async (t) => {
    const house = createHouse(t);
    const daemon = await house.startServer();
    assert.equal((await call(daemon.url('who'))).body.code, 'worker-away');
    assert.deepEqual(daemon.history(), []);
    const first = await house.startWorker();
    const done = await until(async () => {
      const answer = await call(`${daemon.url('who')}?wait=60`);
      return answer.status === 503 ? undefined : answer;
    }, 'the daemon to find the worker');
    assert.deepEqual([done.status, done.body.output], [200, `${process.getuid?.()}\n`]);
    const rights = fs.statSync(house.place.socket);
    assert.deepEqual([rights.mode & 0o777, rights.uid], [0o600, serverUid ?? process.getuid?.()]);

    assert.equal(await first.kill('SIGTERM'), 0);
    await daemon.logged(({ event, cause }) => event === 'worker-away' && cause !== 'ENOENT');
    const refused = await call(daemon.url('who'));
    assert.deepEqual([refused.status, refused.body.code], [503, 'worker-away']);
    const stranger = await fetch(`${daemon.base}/${magicKey}/no-such-key-of-any-task`);
    assert.equal(stranger.status, 404);
    await house.startWorker();
    await until(
      async () => ((await call(`${daemon.url('who')}?wait=60`)).status === 200 ? true : undefined),
      'the daemon to find the next worker',
    );
    const events = fs.readFileSync(path.join(house.place.folder, 'worker-log.txt'), 'utf8');
    assert.equal(events.match(/"event":"run-begun"/g)?.length, 2);
  });

  test('a run survives daemons that are killed, with all that it printed, its exit status and its duration', async (t) => {
    const house = createHouse(t);
    await house.startWorker();
    let daemon = await house.startServer();
    const { body } = await call(daemon.url('waiting'));
    const runUrl = (): string => `${daemon.base}/runs/${body.run}`;
    await until(
      async () => ((await call(runUrl())).body.output === 'one\n' ? true : undefined),
      'the first line',
    );
    for (let kills = 0; kills < 2; kills++) {
      await daemon.kill();
      daemon = await house.startServer();
      const seen = await call(runUrl());
      assert.equal(seen.body.state, 'running');
      await until(
        async () => ((await call(runUrl())).body.output === 'one\n' ? true : undefined),
        'the line again',
      );
    }
    await daemon.kill();
    fs.writeFileSync(gate(house.place.folder), '');
    daemon = await house.startServer();
    const ended = await until(async () => {
      const one = await call(runUrl());
      return one.body.state === 'running' ? undefined : one.body;
    }, 'the end');
    assert.partialDeepStrictEqual(ended, { output: 'one\ntwo\n', state: 'failed', exitCode: 7 });
    const lines = daemon.history().filter(({ run }) => run === body.run);
    assert.deepEqual(
      ['start', 'end'].map((event) => lines.filter((line) => line['event'] === event).length),
      [1, 1],
    );
    assert.ok(Number(lines.find(({ event }) => event === 'end')?.['durationMs']) > 0);
  });

  test('another worker, another user and another folder are refused', async (t) => {
    const house = createHouse(t);
    const first = await house.startWorker();
    const second = await house.startWorker();
    assert.match(second.printed(), /another worker listens there \[socket-unusable\]/);
    await first.kill();
    fs.chmodSync(house.place.folder, 0o777);
    const third = await house.startWorker();
    assert.match(third.printed(), /others could put another socket there/);
    fs.chmodSync(house.place.folder, 0o711);
    fs.writeFileSync(house.place.socket.replace('worker', 'other'), 'a file');
    const other = await startWorker(
      t,
      { ...house.place, socket: house.place.socket.replace('worker', 'other') },
      house.config,
    );
    assert.match(other.printed(), /something else is there/);
  });
});
