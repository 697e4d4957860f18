// What holds between server and worker whatever carries the messages.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type net from 'node:net';
import { suite, test, type TestContext } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import type { Outcome } from '../../src/outcome.ts';
import type { DsmRunIo } from '../../src/runners/execution.ts';
import type { Task } from '../../src/tasks.ts';
import {
  contractVersion,
  isToServer,
  isToWorker,
  type ToServer,
  type ToWorker,
} from '../../src/worker/contract.ts';
import { toRunnerDigest } from '../../src/worker/digest.ts';
import { createFrameReader, toFrame } from '../../src/worker/frames.ts';
import { trusting } from '../../src/worker/guard.ts';
import type { ServerEnd } from '../../src/worker/link.ts';
import { createSocketLink, type LinkEndReason } from '../../src/worker/socket-link.ts';
import { createWorker } from '../../src/worker/worker.ts';
import { carriers, connectSockets } from '../support/carriers.ts';
import { until } from '../support/daemon.ts';
import { createTestLogger } from '../support/logger.ts';
import { createTask, settle } from '../support/runs.ts';

const start = {
  kind: 'start',
  run: 'a-run',
  task: 'task',
  digest: toRunnerDigest(createTask().runner),
  expiresAt: Date.now() + 60_000,
} as const;
const hello = toFrame({ kind: 'hello', version: contractVersion } as object);

/** A server that is connected to a worker. */
interface Connected {
  readonly link: ServerEnd;
  /** Everything that has arrived, once all that was sent before has been answered. */
  hear(): Promise<readonly ToServer[]>;
}

interface Open extends Connected {
  readonly ios: DsmRunIo[];
  readonly end: (outcome: Outcome) => void;
  /** Connects another server, in place of the one before. */
  connectNext(): Promise<Connected>;
}

/** A worker at the other end of a carrier. */
async function open(t: TestContext, carrier: string, task: Task | undefined = createTask()): Promise<Open> {
  const ios: DsmRunIo[] = [];
  const { promise: ended, resolve: end } = Promise.withResolvers<Outcome>();
  const worker = createWorker({
    findTask: () => task,
    execute(_runner, io) {
      ios.push(io);
      return { process: { pid: 4711, startTicks: '1', bootId: 'b' }, ended };
    },
    adopt: () => assert.fail('nothing is adopted'),
    resume: () => assert.fail('nothing in DSM is followed'),
    answer: () => assert.fail('nothing is asked'),
    guard: trusting,
    keptBytes: 65_536,
    logger: createTestLogger().logger,
    clock: systemClock,
  });
  const connectNext = async (): Promise<Connected> => {
    const ends = await carriers[carrier]?.(t);
    assert.ok(ends !== undefined);
    const heard: ToServer[] = [];
    worker.attach(ends.worker);
    ends.server.receive((message) => void heard.push(message));
    let fences = 0;
    return {
      link: ends.server,
      async hear() {
        await settle();
        const run = `fence-${++fences}`;
        ends.server.send({ kind: 'resume', run, task: 'none' });
        await until(
          () => heard.some((message) => 'run' in message && message.run === run) || undefined,
          'the answer to the last message',
        );
        return heard.filter((message) => 'run' in message && !message.run.startsWith('fence-'));
      },
    };
  };
  return { ...(await connectNext()), ios, end, connectNext };
}

/** How long the work of the run took whose end was heard. */
function tookMsOf(heard: readonly ToServer[]): number | undefined {
  return heard.find((message) => message.kind === 'ended')?.tookMs;
}

for (const carrier of Object.keys(carriers)) {
  suite(`server and worker ${carrier}`, () => {
    test('a run is begun, prints, is stopped and ends, each told in its order', async (t) => {
      const { link, ios, end, hear } = await open(t, carrier, createTask({ output: 'all' }));
      link.send(start);
      await hear();
      ios[0]?.onOutput?.(Buffer.from([0, 255, 10]));
      ios[0]?.onOutput?.(Buffer.from('ü'));
      link.send({ kind: 'stop', run: 'a-run' });
      await hear();
      assert.equal(ios[0]?.stop.aborted, true);
      end({ kind: 'failed', signal: 'SIGTERM' });
      const heard = await hear();
      assert.deepEqual(heard, [
        { kind: 'begun', run: 'a-run', process: { pid: 4711, startTicks: '1', bootId: 'b' } },
        { kind: 'output', run: 'a-run', from: 0, bytes: Buffer.from([0, 255, 10]) },
        { kind: 'output', run: 'a-run', from: 3, bytes: Buffer.from('ü') },
        {
          kind: 'ended',
          run: 'a-run',
          outcome: { kind: 'stopped', signal: 'SIGTERM' },
          tookMs: tookMsOf(heard),
        },
      ]);
    });

    test('a start of a task that is run in another way by now is refused, with the reason', async (t) => {
      const { link, ios, hear } = await open(t, carrier);
      link.send({ ...start, digest: 'another' });
      const [refusal, ...others] = await hear();
      assert.partialDeepStrictEqual(refusal, { kind: 'ended', outcome: { why: { code: 'task-changed' } } });
      assert.deepEqual([others, ios], [[], []]);
    });

    test('much output arrives complete and in order', async (t) => {
      const { link, ios, hear } = await open(t, carrier, createTask({ output: 'all' }));
      link.send(start);
      await hear();
      const printed = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 251));
      ios[0]?.onOutput?.(printed);
      const parts = (await hear()).flatMap((message) => (message.kind === 'output' ? [message.bytes] : []));
      assert.equal(Buffer.concat(parts).equals(printed), true);
    });

    test('a server that comes back finds its run, what it printed and asked for, and its end until that is acknowledged', async (t) => {
      const { link, ios, end, hear, connectNext } = await open(t, carrier, createTask({ output: 'all' }));
      link.send(start);
      await hear();
      ios[0]?.onOutput?.(Buffer.from('before\n'));
      const noted = ios[0]?.note({ before: { keys: [] } });
      const second = await connectNext();
      ios[0]?.onOutput?.(Buffer.from('while away\n'));
      const again = { kind: 'resume', run: 'a-run', task: 'task' } as const;
      second.link.send(again);
      const [resumed, note, output, ...others] = (await second.hear()).slice(-3);
      assert.partialDeepStrictEqual(resumed, { kind: 'resumed', process: { pid: 4711 } });
      assert.deepEqual(output, {
        kind: 'output',
        run: 'a-run',
        from: 0,
        bytes: Buffer.from('before\nwhile away\n'),
      });
      assert.deepEqual([note?.kind, others], ['note', []]);
      second.link.send({ kind: 'noted', run: 'a-run', note: 1, isWritten: true });
      assert.equal(await noted, true);
      second.link.send({ kind: 'acknowledge', run: 'a-run' });
      await second.hear();
      end({ kind: 'failed', exitCode: 3 });
      const third = await connectNext();
      for (const answers of [1, 2]) {
        third.link.send(again);
        const ends = (await third.hear()).filter(({ kind }) => kind === 'ended');
        assert.partialDeepStrictEqual(ends[answers - 1], { outcome: { kind: 'failed', exitCode: 3 } });
      }
      third.link.send({ kind: 'acknowledge', run: 'a-run' });
      third.link.send({ ...again, run: 'a-run' });
      assert.deepEqual((await third.hear()).at(-1), { kind: 'unknown', run: 'a-run' });
    });

    test('a note waits for its answer', async (t) => {
      const { link, ios, hear } = await open(t, carrier);
      link.send(start);
      await hear();
      const trace: DsmTrace = { before: { keys: ['five'] }, isAccepted: true };
      const noted = ios[0]?.note(trace);
      const note = (await hear()).find((message) => message.kind === 'note');
      assert.deepEqual(note?.trace, trace);
      link.send({ kind: 'noted', run: 'a-run', note: note?.note ?? 0, isWritten: true });
      assert.equal(await noted, true);
    });
  });
}

type DsmTrace = Parameters<DsmRunIo['note']>[0];

/** One end of a link, at whose other end the test writes bytes; and why it has ended, once it has. */
async function openHostile(t: TestContext): Promise<{
  readonly socket: net.Socket;
  readonly taken: ToWorker[];
  readonly ended: () => Promise<LinkEndReason>;
}> {
  const [near, far] = await connectSockets(t);
  near.on('error', () => {});
  const taken: ToWorker[] = [];
  let why: LinkEndReason | undefined;
  const link = createSocketLink<ToServer, ToWorker>(far, {
    check: isToWorker,
    onGreeted() {},
    onEnd: (reason) => void (why = reason),
  });
  link.receive((message) => void taken.push(message));
  return { socket: near, taken, ended: async () => await until(() => why, 'the end of the link') };
}

test('a link over a socket ends at the first thing that is against the contract', async (t) => {
  const stop = toFrame({ kind: 'stop', run: 'a-run' } as object);
  const cases: readonly (readonly [string, readonly Uint8Array[], LinkEndReason, number])[] = [
    ['no greeting', [stop], 'against-contract', 0],
    [
      'another version',
      [toFrame({ kind: 'hello', version: contractVersion + 1 } as object), stop],
      'other-version',
      0,
    ],
    [
      'a greeting with more in it',
      [toFrame({ kind: 'hello', version: contractVersion, more: 1 } as object)],
      'against-contract',
      0,
    ],
    ['two greetings', [hello, hello, stop], 'against-contract', 0],
    [
      'a message for the other end',
      [hello, stop, toFrame({ kind: 'unknown', run: 'a-run' } as object), stop],
      'against-contract',
      1,
    ],
    ['no frame', [hello, stop, Buffer.alloc(8)], 'against-contract', 1],
    ['a page of HTTP', [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')], 'against-contract', 0],
  ];
  for (const [what, bytes, why, taken] of cases) {
    const hostile = await openHostile(t);
    for (const chunk of bytes) hostile.socket.write(chunk);
    assert.equal(await hostile.ended(), why, what);
    assert.equal(hostile.taken.length, taken, what);
  }
});

test('a link over a socket ends when the other end is gone, also within a frame', async (t) => {
  const { socket, ended } = await openHostile(t);
  socket.end(Buffer.concat([hello, hello.subarray(0, 6)]));
  assert.equal(await ended(), 'closed');
});

test('a link whose other end does not read is given up before it takes much memory', async (t) => {
  const [near, far] = await connectSockets(t);
  near.pause();
  let why: LinkEndReason | undefined;
  const link = createSocketLink<ToServer, ToWorker>(far, {
    check: isToWorker,
    onGreeted() {},
    onEnd: (reason) => void (why = reason),
  });
  for (let sent = 0; why === undefined && sent < 1000; sent++)
    link.send({ kind: 'output', run: 'a-run', from: 0, bytes: Buffer.alloc(65_536) });
  assert.equal(why, 'unread');
  link.send({ kind: 'unknown', run: 'a-run' });
});

test('each end greets first', async (t) => {
  const [near, far] = await connectSockets(t);
  createSocketLink(far, { check: isToServer, onGreeted() {}, onEnd() {} });
  const [chunk] = (await once(near, 'data')) as [Buffer];
  const reader = createFrameReader();
  reader.push(chunk);
  assert.deepEqual(reader.next(), { kind: 'hello', version: contractVersion });
});
