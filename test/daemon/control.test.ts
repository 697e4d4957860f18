// The control socket: what it answers, who can open it, and where none can be made.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { Ailment } from '../../src/health.ts';
import type { Attempt } from '../../src/attempts/attempt.ts';
import { createRecorder } from '../../src/attempts/recorder.ts';
import { createTally } from '../../src/attempts/tally.ts';
import { systemClock } from '../../src/clock.ts';
import { openControl } from '../../src/daemon/control.ts';
import { toControlPath } from '../../src/history/control-path.ts';
import type { Run } from '../../src/runs/run.ts';
import { createFolder, until } from '../support/daemon.ts';
import { createFeed, feedId } from '../support/feed.ts';
import { createTestLogger } from '../support/logger.ts';

interface Opened {
  readonly socketPath: string;
  readonly lines: Record<string, unknown>[];
  /** What `stop` was asked for. */
  readonly asked: string[];
  readonly notes: Attempt[];
  readonly health: Ailment[];
  ask(method: string, path: string): Promise<[status: number | undefined, body: string]>;
  close(): void;
}

async function open(
  t: { after(fn: () => void): void },
  runs: readonly Run[] = [],
  file = path.join(createFolder(t), 'h.jsonl'),
): Promise<Opened> {
  const socketPath = toControlPath(file);
  const { logger, lines } = createTestLogger();
  const asked: string[] = [];
  const notes: Attempt[] = [];
  const health: Ailment[] = [];
  const stop = (beginning: string): Run | undefined => {
    asked.push(beginning);
    return runs.find(({ id }) => id === beginning);
  };
  const control = openControl({
    path: socketPath,
    runs: { live: () => runs, stop },
    recorder: createRecorder({
      logger,
      attempts: { note: (attempt) => void notes.push(attempt) },
      tally: createTally(systemClock),
    }),
    health: () => health,
    status: () => {
      throw new Error('No test here asks for it');
    },
    start: async () => undefined,
    findName: () => undefined,
    blocks: { block: () => 'unknown', unblock: () => 'unknown' },
    links: { list: () => [], isOpen: () => false, create: () => 'full', end: () => 'unknown' },
    stop: () => {},
    logger,
  });
  t.after(() => control.close());
  await until(() => (lines.length > 0 || fs.existsSync(socketPath) ? true : undefined), 'the socket');
  return {
    socketPath,
    lines,
    asked,
    notes,
    health,
    close: () => control.close(),
    async ask(method, url) {
      const request = http.request({ socketPath, method, path: url, agent: false }).end();
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      return [response.statusCode, await text(response)];
    },
  };
}

test('the socket is for its owner alone from the start on, takes the place of one that was left, and goes with the daemon', async (t) => {
  const file = path.join(createFolder(t), 'h.jsonl');
  fs.writeFileSync(toControlPath(file), 'left by a crash');
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  const { socketPath, ask, close } = await open(t, [], file);
  const stat = fs.statSync(socketPath);
  assert.deepEqual([stat.isSocket(), stat.mode & 0o777], [true, 0o600]);
  assert.equal(process.umask(), 0);
  assert.deepEqual(await ask('GET', '/'), [200, '']);
  close();
  assert.equal(fs.existsSync(socketPath), false);
});

test('runs under way are listed without their output, whatever the task shows', async (t) => {
  const { run, print } = createFeed({ output: 'all' });
  print('secret');
  const { ask } = await open(t, [run]);
  const [status, body] = await ask('GET', '/');
  const listed = JSON.parse(body) as Record<string, unknown>;
  assert.deepEqual(
    [status, listed['run'], listed['name'], listed['state']],
    [200, feedId, 'Feed', 'running'],
  );
  assert.doesNotMatch(body, /secret/);
});

test('the health is told, and is no run', async (t) => {
  const { ask, health } = await open(t);
  assert.deepEqual(await ask('GET', '/health'), [200, '{"ok":true,"problems":[]}\n']);
  health.push({ what: 'history', message: 'It cannot be written' });
  assert.deepEqual(await ask('GET', '/health'), [
    200,
    '{"ok":false,"problems":[{"what":"history","message":"It cannot be written"}]}\n',
  ]);
});

test('a stop is answered when the run has ended, with how it ended and nothing that it printed', async (t) => {
  const { run, print, end } = createFeed({ output: 'all', isStoppable: false });
  print('secret');
  const { ask, asked, lines, notes } = await open(t, [run]);
  let isAnswered = false;
  const answer = ask('POST', `/${feedId}`).then((result) => {
    isAnswered = true;
    return result;
  });
  await until(() => asked[0], 'the wish to arrive');
  assert.equal(isAnswered, false);
  await end({ kind: 'stopped', signal: 'SIGTERM' });
  assert.deepEqual(await answer, [200, 'Feed: stopped after 0 ms.\n']);
  assert.deepEqual(
    lines.map(({ event, run: id }) => [event, id]),
    [['stop', feedId]],
  );
  assert.deepEqual(notes, [
    { result: 'stopped', address: undefined, label: 'command line', task: 'task', run: feedId },
  ]);
});

test('what fits no run is 404, what cannot be read 400, and only POST stops', async (t) => {
  const { run } = createFeed();
  const { ask, asked } = await open(t, [run]);
  const cases: [string, string, number][] = [
    ['POST', '/nothing', 404],
    ['POST', '/', 404],
    ['POST', '/%2D%2F%C3%A4', 404],
    ['POST', '/%zz', 400],
    ['PUT', `/${feedId}`, 404],
    ['DELETE', `/${feedId}`, 404],
  ];
  for (const [method, url, status] of cases)
    assert.deepEqual(await ask(method, url), [status, ''], `${method} ${url}`);
  assert.deepEqual(asked, ['nothing', '', '-/ä']);
});

test('where no socket can be made, a warning says so and nothing else happens', async (t) => {
  const folder = createFolder(t);
  const deep = path.join(folder, 'x'.repeat(100));
  fs.mkdirSync(deep);
  for (const file of [path.join(deep, 'history.jsonl'), path.join(folder, 'missing/history.jsonl')]) {
    const { lines, close } = await open(t, [], file);
    assert.equal(lines.length, 1);
    assert.deepEqual([lines[0]?.['event'], lines[0]?.['level']], ['control-unusable', 40]);
    close();
  }
});

test('who hangs on the line does not keep the daemon from closing', async (t) => {
  const { socketPath, close } = await open(t);
  const socket = net.connect(socketPath);
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.1\r\n');
  socket.on('error', () => {});
  const closed = new Promise((resolve) => {
    socket.once('close', resolve);
  });
  close();
  await closed;
});

test('whatever stands where the socket belongs, the daemon gets a warning and no exception', async (t) => {
  const folder = createFolder(t);
  const file = path.join(folder, 'h.jsonl');
  fs.mkdirSync(path.join(toControlPath(file), 'full'), { recursive: true });
  for (const at of [file, path.join(folder, 'x'.repeat(300)), path.join(folder, 'no', 'where')]) {
    const { lines } = await open(t, [], at);
    await until(() => (lines.length > 0 ? true : undefined), 'a warning');
    assert.equal(lines[0]?.['event'], 'control-unusable');
    assert.match(String(lines[0]?.['code']), /^E/);
  }
});
