// Live output over HTTP: curl, EventSource, cut connections, and readers who are slow or vanish.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { createFolder, keyOf, magicKey, startDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { joinOutput, listen, parseEvents } from '../support/events.ts';
import { needsProgram } from '../support/needs.ts';
import { toLocationPath } from '../support/raw-http.ts';

/** A task that prints what comes before its gate is opened, waits, and prints what comes after. */
async function startGated(
  t: { after(fn: () => Promise<void> | void): void },
  more: object = {},
): Promise<{ daemon: TestDaemon; open(): void; starts(): number }> {
  const folder = createFolder(t);
  const script =
    'echo one; printf "%s" "$0"; until [ -e gate ] || [ ! -e config.json ]; do sleep 0.02; done; echo two; exit 3';
  const gated = {
    command: ['/bin/sh', '-c', script, 'half '],
    cwd: folder,
    output: 'all',
    cooldown: '0s',
    name: 'Gated',
    ...more,
  };
  const daemon = await startDaemon(t, { folder, tasks: { gated } });
  return {
    daemon,
    open: () => fs.writeFileSync(path.join(folder, 'gate'), ''),
    starts: () => daemon.history().filter(({ event }) => event === 'start').length,
  };
}

const runOf = (location: string | undefined): string => toLocationPath(location).replace('/runs/', '');

test(
  'curl -N prints what a run prints as it comes, and at last how it ended',
  { skip: needsProgram('curl') },
  async (t) => {
    const { daemon, open, starts } = await startGated(t);
    const curl = spawn('curl', ['-sN', `${daemon.url('gated')}?follow`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    curl.stdout.setEncoding('utf8').on('data', (piece: string) => (printed += piece));
    await until(() => (printed === 'one\nhalf ' ? true : undefined), 'what comes before the gate');
    open();
    await once(curl, 'close');
    assert.equal(curl.exitCode, 0);
    assert.match(printed, /^one\nhalf two\nGated: failed with exit status 3 after [\d.]+ m?s\.\n$/);
    assert.equal(starts(), 1);
  },
);

test('a silent task that is followed is answered at once, and its page can be followed as well', async (t) => {
  const { daemon, open } = await startGated(t, { output: 'none' });
  const follow = { accept: 'text/plain' };
  const first = await listen(`${daemon.url('gated')}?follow`, follow);
  assert.deepEqual(
    [first.status, first.headers['x-run'], first.headers['content-type']],
    [200, 'started', 'text/plain; charset=utf-8'],
  );
  const page = `${daemon.base}${toLocationPath(first.headers.location)}`;
  const others = await Promise.all([
    listen(`${page}?follow`, follow),
    listen(`${daemon.url('gated')}?follow`, follow),
    listen(page),
  ]);
  assert.deepEqual(
    others.map(({ headers }) => headers['x-run']),
    [undefined, 'joined', undefined],
  );
  open();
  const [texts, events] = [
    await Promise.all([first, ...others.slice(0, 2)].map(({ ended }) => ended)),
    await others[2]?.ended,
  ];
  for (const text of texts) assert.match(text, /^Gated: failed with exit status 3 after [^\n]+\.\n$/);
  assert.deepEqual(
    parseEvents(events ?? '').events.map(({ event }) => event),
    ['state', 'end'],
  );
  assert.doesNotMatch(events ?? '', /one|half|two/);
});

test('events over a connection that is cut are resumed without loss or doubling, and nothing is started again', async (t) => {
  const { daemon, open, starts } = await startGated(t);
  const first = await listen(daemon.url('gated'));
  assert.deepEqual(
    [first.status, first.headers['x-run'], first.headers['content-type'], first.headers['x-accel-buffering']],
    [200, 'started', 'text/event-stream; charset=utf-8', 'no'],
  );
  const run = runOf(first.headers.location);
  await until(() => parseEvents(first.text()).events[1], 'the first line');
  first.cut();
  const before = parseEvents(await first.ended).events;
  const id = before.at(-1)?.id ?? '';
  assert.equal(id, `${run}:4`);
  open();
  await until(() => daemon.history().find(({ event }) => event === 'end'), 'the end of the run');
  for (const url of [daemon.url('gated'), `${daemon.base}/runs/${run}`]) {
    const resumed = await listen(url, { 'last-event-id': id });
    const { events } = parseEvents(await resumed.ended);
    assert.equal(joinOutput([...before, ...events]), 'one\nhalf two\n');
    const last = events.at(-1);
    assert.deepEqual([last?.event, JSON.parse(last?.data ?? '').exitCode], ['end', 3]);
    const again = await listen(url, { 'last-event-id': last?.id });
    assert.deepEqual([again.status, await again.ended], [204, ''], 'all was seen');
    const onlyEnd = await listen(url, { 'last-event-id': `${run}:13` });
    assert.deepEqual(
      parseEvents(await onlyEnd.ended).events.map(({ event }) => event),
      ['end'],
      'who missed the end only still gets it',
    );
  }
  const forgotten = await listen(daemon.url('gated'), { 'last-event-id': `${'x'.repeat(22)}:0` });
  assert.equal(forgotten.status, 204);
  assert.equal(starts(), 1);
  const fresh = await listen(daemon.url('gated'), { 'last-event-id': 'of somebody else' });
  assert.deepEqual([fresh.headers['x-run'], starts()], ['started', 2]);
  await fresh.ended;
});

test('an EventSource on the address of a task hears the run to its end, comes back once, and starts it once', async (t) => {
  const { daemon, open, starts } = await startGated(t);
  const script = `
    const source = new EventSource(process.argv[1]);
    for (const name of ['state', 'output', 'end']) source.addEventListener(name, ({ data }) => console.log(name, data));
    const waiting = setInterval(() => {}, 1000);
    source.onerror = () => {
      console.log(source.readyState === EventSource.CLOSED ? 'closed' : 'comes back');
      if (source.readyState === EventSource.CLOSED) clearInterval(waiting);
    };`;
  const client = spawn(
    process.execPath,
    ['--experimental-eventsource', '--no-warnings', '-e', script, daemon.url('gated')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  t.after(() => void client.kill());
  client.stdout.once('data', open);
  const printed = await text(client.stdout);
  assert.match(printed, /^state \{.*\}\noutput one\n(?:output )?half two\nend \{.*\}\ncomes back\nclosed\n$/);
  assert.equal(starts(), 1);
});

test('a call that starts nothing is not answered with a stream', async (t) => {
  const { daemon } = await startGated(t, { whenBusy: 'reject' });
  const first = await listen(daemon.url('gated'));
  const busy = await listen(daemon.url('gated'));
  assert.deepEqual(
    [busy.status, busy.headers['content-type'], busy.headers.location],
    [409, 'text/plain; charset=utf-8', first.headers.location],
  );
  const stranger = await listen(`${daemon.base}/runs/${'x'.repeat(22)}`, {
    'last-event-id': `${'x'.repeat(22)}:0`,
  });
  assert.equal(stranger.status, 404);
});

test('readers who never read, and readers who vanish, neither keep a run from ending nor leave anything behind', async (t) => {
  const flood = {
    command: [
      '/bin/sh',
      '-c',
      'until [ -e gate ] || [ ! -e config.json ]; do sleep 0.02; done; head -c 50000000 /dev/zero; echo; echo last',
    ],
  };
  const folder = createFolder(t);
  const daemon = await startDaemon(t, { folder, tasks: { flood: { ...flood, cwd: folder, output: 'all' } } });
  const sockets = (): number =>
    fs.readdirSync(`/proc/${daemon.pid}/fd`).filter((fd) => {
      try {
        return fs.readlinkSync(`/proc/${daemon.pid}/fd/${fd}`).startsWith('socket:');
      } catch {
        return false;
      }
    }).length;
  const reader = await listen(daemon.url('flood'));
  const before = sockets();
  const connect = async (accept: string): Promise<net.Socket> => {
    const socket = net.connect(daemon.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `GET /${magicKey}/${keyOf('flood')}?follow HTTP/1.1\r\nHost: a\r\nAccept: ${accept}\r\n\r\n`,
    );
    await once(socket, 'readable');
    return socket;
  };
  const stuck = await Promise.all(['text/plain', 'text/event-stream'].map(connect));
  const vanishing = await Promise.all(
    Array.from({ length: 10 }, (_, i) => connect(i % 2 === 0 ? 'text/plain' : 'text/event-stream')),
  );
  assert.equal(sockets(), before + 12);
  for (const socket of vanishing) socket.resetAndDestroy();
  await until(
    () => (sockets() === before + 2 ? true : undefined),
    'the connections of those who vanished to be closed',
  );
  fs.writeFileSync(path.join(folder, 'gate'), '');
  const { events } = parseEvents(await reader.ended);
  assert.match(events.findLast(({ event }) => event === 'output')?.data ?? '', /last$/);
  assert.equal(events.at(-1)?.event, 'end');
  for (const socket of stuck) socket.destroy();
  await until(() => (sockets() < before ? true : undefined), 'the other connections to be closed');
});
