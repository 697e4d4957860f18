// A server that was taken over: whatever it sends, the worker refuses or disconnects, and neither ends nor fills its memory.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { suite, test } from 'node:test';
import { contractVersion } from '../../src/worker/contract.ts';
import { toRunnerDigest } from '../../src/worker/digest.ts';
import { createFrameReader, toFrame } from '../../src/worker/frames.ts';
import { keyOf, magicKey, until } from '../support/daemon.ts';
import { createWorkerPlace, startWorker } from '../support/worker-process.ts';

const hello = { kind: 'hello', version: contractVersion };
/** Frames of anything. */
const frame = (message: object): Buffer => toFrame(message);

interface Hostile {
  readonly socket: net.Socket;
  readonly heard: Record<string, unknown>[];
  send(...messages: readonly object[]): void;
}

/** Connects to a worker, and reads what it sends. */
async function connect(file: string, { greets = true, reads = true } = {}): Promise<Hostile> {
  const socket = net.connect(file);
  socket.on('error', () => {});
  await once(socket, 'connect');
  const heard: Record<string, unknown>[] = [];
  const reader = createFrameReader();
  if (reads)
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk);
      for (let message = reader.next(); message !== undefined; message = reader.next())
        heard.push(message as Record<string, unknown>);
    });
  const send = (...messages: readonly object[]): void => {
    for (const message of messages) socket.write(frame(message));
  };
  if (greets) send(hello);
  return { socket, heard, send };
}

/** How much memory a process has ever had, in MB. */
function peakMb(pid: number): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

suite('a hostile server', { timeout: 300_000 }, () => {
  test('one worker bears all of it: bytes, floods, replays, unknown runs, foreign processes, slow reading', async (t) => {
    const place = createWorkerPlace(t);
    const counted = path.join(place.folder, 'counted');
    const argv = ['/bin/sh', '-c', 'echo "$REMOTETASK_RUN" >>"$0"', counted];
    const noisy = ['/bin/sh', '-c', 'exec head -c 30000000 /dev/zero'];
    const command = { cwd: '/', env: {}, user: undefined, umask: undefined };
    const digest = toRunnerDigest({ kind: 'command', command: { argv, ...command } });
    const noisyDigest = toRunnerDigest({ kind: 'command', command: { argv: noisy, ...command } });
    const worker = await startWorker(t, place, {
      server: { magickey: magicKey },
      tasks: {
        counts: { identifier: keyOf('counts'), command: argv, maxPerDay: 3 },
        noisy: { identifier: keyOf('noisy'), command: noisy, output: 'all' },
        off: { identifier: keyOf('off'), command: argv, enabled: false },
      },
    });
    const open = async (options?: Parameters<typeof connect>[1]): Promise<Hostile> => {
      const one = await connect(place.socket, options);
      t.after(() => one.socket.destroy());
      return one;
    };
    const start = (run: string, more: object = {}): object => ({
      kind: 'start',
      run,
      task: 'counts',
      digest,
      expiresAt: Date.now() + 60_000,
      ...more,
    });
    const isClosed = async ({ socket }: Hostile): Promise<void> => {
      await until(
        () => (socket.destroyed || socket.readableEnded ? true : undefined),
        'the end of the connection',
      );
    };
    /** Resolves once the worker has answered everything before. */
    const fence = async ({ send, heard }: Hostile): Promise<void> => {
      const run = `fence-${heard.length}-${Math.random()}`;
      send({ kind: 'start', run, task: 'no-such-task', digest, expiresAt: 0 });
      await until(() => heard.find((message) => message['run'] === run), 'the answer');
    };
    const before = peakMb(worker.pid);

    const odd: readonly (readonly Buffer[])[] = [
      [Buffer.from('GET / HTTP/1.1\r\n\r\n')],
      [Buffer.alloc(64, 0xff)],
      [frame({ kind: 'stop', run: 'before-greeting' })],
      [frame({ ...hello, version: contractVersion + 1, more: [1] })],
      [frame(hello), frame(hello)],
      [frame(hello), frame({ kind: 'ended', run: 'a', outcome: { kind: 'succeeded' } })],
      [frame(hello), frame(start('x'.repeat(101)))],
      [frame(hello), frame(start('more', { command: ['/bin/sh'] }))],
      [frame(hello), frame(start('late')).subarray(0, 20), Buffer.alloc(200)],
      [frame(hello), Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 1])],
    ];
    for (const bytes of odd) {
      const hostile = await open({ greets: false });
      for (const one of bytes) hostile.socket.write(one);
      await isClosed(hostile);
    }
    // Eight connections that never greet keep no other out for long, and a frame that never ends is not kept beyond its size.
    const trickle = await open();
    trickle.socket.write(Buffer.from([0, 0x70, 0, 0, 0, 0, 0, 1]));
    for (let sent = 0; sent < 2000; sent++) trickle.socket.write(Buffer.alloc(3000));
    trickle.socket.destroy();

    const flood = await open();
    const answers = (run: string): unknown[] => flood.heard.filter((message) => message['run'] === run);
    for (let i = 0; i < 3000; i++)
      flood.send(start(`flood-${i}`, i % 3 === 0 ? {} : { task: i % 3 === 1 ? 'off' : 'none' }));
    await fence(flood);
    assert.equal(flood.heard.filter(({ kind }) => kind === 'begun').length, 3, 'as often as a day allows');
    // Replays, starts from yesterday and from tomorrow.
    flood.send(
      start('flood-0'),
      start('old', { expiresAt: Date.now() - 1 }),
      start('far', { expiresAt: Date.now() + 1e9 }),
    );
    // Runs that are not there, and processes that are not the worker's.
    const stat = fs.readFileSync(`/proc/${process.pid}/stat`, 'utf8');
    const startTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    const bootId = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const own = { pid: process.pid, startTicks, bootId };
    const dsm = { nas: '', task: { kind: 'scheduled', id: 1 }, trace: { before: { keys: [] } }, agoMs: 1 };
    flood.send(
      { kind: 'resume', run: 'mine', task: 'counts', process: own },
      { kind: 'stop', run: 'mine' },
      { kind: 'resume', run: 'dsm', task: 'counts', dsm },
      { kind: 'stop', run: 'dsm' },
      { kind: 'acknowledge', run: 'mine' },
      { kind: 'noted', run: 'flood-0', note: 9, isWritten: true },
    );
    await fence(flood);
    assert.deepEqual(answers('mine'), [{ kind: 'unknown', run: 'mine' }]);
    assert.partialDeepStrictEqual(answers('dsm'), [
      { kind: 'ended', outcome: { why: { code: 'task-gone' } } },
    ]);
    for (const run of ['old', 'far'])
      assert.partialDeepStrictEqual(answers(run), [
        { kind: 'ended', outcome: { why: { code: 'start-expired' } } },
      ]);
    flood.send({ kind: 'restored' });
    for (let i = 0; i < 2000; i++) flood.send({ kind: 'resume', run: `unknown-${i}`, task: 'counts' });
    await fence(flood);

    // A server that has everything printed to it and reads nothing.
    const deaf = await open({ reads: false });
    for (let i = 0; i < 10; i++) deaf.send(start(`noisy-${i}`, { task: 'noisy', digest: noisyDigest }));
    const back = await (async () => {
      await until(
        () =>
          fs.readFileSync(path.join(place.folder, 'worker-log.txt'), 'utf8').includes('"run":"noisy-9"')
            ? true
            : undefined,
        'the start of the noisy runs',
      );
      return await open();
    })();
    for (let i = 0; i < 10; i++) back.send({ kind: 'resume', run: `noisy-${i}`, task: 'noisy' });
    await until(
      () => (back.heard.filter(({ kind }) => kind === 'ended').length === 10 ? true : undefined),
      'the ends of the noisy runs',
    );
    for (const message of back.heard.filter(({ kind }) => kind === 'ended'))
      assert.deepEqual(message['outcome'], { kind: 'succeeded', exitCode: 0 });

    assert.equal(fs.readFileSync(counted, 'utf8').trim().split('\n').length, 3);
    const refusals = fs
      .readFileSync(path.join(place.folder, 'worker-log.txt'), 'utf8')
      .match(/"event":"run-refused"/g);
    assert.ok((refusals?.length ?? 0) <= 40, `${refusals?.length} lines about refusals`);
    t.diagnostic(`${Math.round(before)} MB before, ${Math.round(peakMb(worker.pid))} MB at most`);
    assert.ok(peakMb(worker.pid) < before + 100, `${before} MB before, ${peakMb(worker.pid)} MB at most`);
    assert.equal(await worker.kill('SIGTERM'), 0);
    assert.doesNotMatch(worker.printed(), /"event":"bug"/);
  });
});
