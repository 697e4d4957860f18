// Live output: what a reader is sent, piece by piece, and where he begins, resumes and ends.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as fc from 'fast-check';
import { parsePosition, renderEvents, renderFollowed } from '../../src/http/live.ts';
import type { Run } from '../../src/runs/run.ts';
import { joinOutput, parseEvents, type ServerEvent } from '../support/events.ts';
import { createFeed, feedId } from '../support/feed.ts';

const never = new AbortController().signal;
const outcomeLine = 'Feed: succeeded after 0 ms.\n';
const lines = (count: number, from = 1): string =>
  Array.from({ length: count }, (_, i) => `line ${from + i}\n`).join('');

async function collect(pieces: AsyncIterable<Uint8Array | string>): Promise<string> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(Buffer.from(piece));
  return Buffer.concat(all).toString('latin1');
}

async function eventsOf(run: Run, seenBytes?: number): Promise<ServerEvent[]> {
  return parseEvents(
    Buffer.from(await collect(renderEvents(run, { seenBytes, signal: never })), 'latin1').toString(),
  ).events;
}

/** A line that was sent in two pieces, and an unfinished one, get a line end more. */
const withoutLineEnds = (text: string): string => text.replaceAll(/[\r\n]/g, '');

/** What a generator gives next, as text. */
async function next(pieces: AsyncGenerator<Uint8Array | string>): Promise<string | undefined> {
  const { value, done } = await pieces.next();
  return done === true ? undefined : Buffer.from(value).toString();
}

test('a position is read from an id of ours, and from nothing else', () => {
  const cases: [string | string[] | undefined, number | 'end' | undefined][] = [
    [`${feedId}:0`, 0],
    [`${feedId}:123456789012345`, 123_456_789_012_345],
    [`${feedId}:end`, 'end'],
    [undefined, undefined],
    ['', undefined],
    ['7', undefined],
    [feedId, undefined],
    [`${feedId}:`, undefined],
    [`${feedId}:-1`, undefined],
    [`${feedId}:1e3`, undefined],
    [`${feedId}:1234567890123456`, undefined],
    [`${feedId}x:1`, undefined],
    [`${feedId.slice(1)}:1`, undefined],
    [`${feedId}:1\n`, undefined],
    [[`${feedId}:1`, `${feedId}:2`], undefined],
  ];
  for (const [header, offset] of cases) {
    assert.deepEqual(
      parsePosition(header),
      offset === undefined ? undefined : { run: feedId, offset },
      String(header),
    );
  }
});

test('who follows a run gets its output as the task shows it, byte for byte, and the line that says how it ended', async () => {
  const cases: ['none' | 'tail' | 'all', string, string][] = [
    ['none', 'secret\n', ''],
    ['all', '', ''],
    ['all', 'one\ntwo\n', 'one\ntwo\n'],
    ['all', 'no line end', 'no line end\n'],
    ['all', 'a\r\nb\rc\0\xff\x1b[1m\n', 'a\r\nb\rc\0\xff\x1b[1m\n'],
    ['tail', lines(30), lines(20, 11)],
    ['tail', `${lines(30)}end`, `${lines(19, 12)}end\n`],
    [
      'all',
      `${'a'.repeat(10)}${'b'.repeat(65_536)}`,
      `[10 bytes are left out here: no more than the last 64 KiB is kept.]\n${'b'.repeat(65_536)}\n`,
    ],
  ];
  for (const [output, printed, shown] of cases) {
    const { run, print, end } = createFeed({ output });
    print(Buffer.from(printed, 'latin1'));
    await end();
    assert.equal(
      await collect(renderFollowed(run, never)),
      shown + outcomeLine,
      `${output} ${printed.slice(0, 20)}`,
    );
  }
});

test('output is sent as it comes, and who is too slow misses some of it and is told how much', async () => {
  const { run, print, end } = createFeed();
  const followed = renderFollowed(run, never);
  const first = next(followed);
  print('begin');
  assert.equal(await first, 'begin');
  print('x'.repeat(100_000));
  print('y'.repeat(65_530));
  assert.equal(
    await next(followed),
    `\n[${100_000 - 6} bytes are left out here: no more than the last 64 KiB is kept.]\n`,
  );
  assert.equal(await next(followed), `xxxxxx${'y'.repeat(65_530)}`);
  const last = next(followed);
  await end({ kind: 'failed', exitCode: 3 });
  assert.equal(await last, '\nFeed: failed with exit status 3 after 0 ms.\n');
  assert.equal(await next(followed), undefined);
});

test('events tell the state, the output and the end, with ids that say how much was seen', async () => {
  const { run, print, end } = createFeed({}, { isQueued: true });
  const events = renderEvents(run, { signal: never });
  const told = async (): Promise<ServerEvent[]> => parseEvents((await next(events)) ?? '').events;
  const [queued] = await told();
  assert.deepEqual(
    [queued?.event, queued?.id, JSON.parse(queued?.data ?? '').state],
    ['state', `${feedId}:0`, 'queued'],
  );
  const soon = told();
  void run.begin();
  const [running] = await soon;
  assert.deepEqual([running?.event, JSON.parse(running?.data ?? '').state], ['state', 'running']);
  print('one\ntwo\nthr');
  assert.deepEqual(await told(), [
    { event: 'output', id: `${feedId}:8`, data: 'one\ntwo' },
    { event: 'partial', id: `${feedId}:8`, data: 'thr' },
  ]);
  const rest = told();
  await end({ kind: 'failed', exitCode: 3 });
  assert.deepEqual(await rest, [{ event: 'output', id: `${feedId}:11`, data: 'thr' }]);
  const [last] = await told();
  const { state, exitCode, output } = JSON.parse(last?.data ?? '') as Record<string, unknown>;
  assert.deepEqual(
    [last?.event, last?.id, state, exitCode, output],
    ['end', `${feedId}:end`, 'failed', 3, undefined],
  );
  assert.equal(await next(events), undefined);
});

test('a task whose output is not shown tells its state and its end only; one that shows a tail begins with it', async () => {
  for (const [output, shown] of [
    ['none', ''],
    ['tail', lines(20, 11)],
    ['all', lines(30)],
  ] as const) {
    const { run, print, end } = createFeed({ output });
    print(lines(30));
    await end();
    const events = await eventsOf(run);
    assert.equal(joinOutput(events), shown, output);
    assert.equal(events.at(-1)?.event, 'end');
    assert.equal(events.length, shown === '' ? 1 : 2);
  }
});

test('whatever is printed stays in the data of an event: line ends of any kind, field names, binary', async () => {
  const cases: [string | Buffer, string][] = [
    ['a\r\nb\rc\n', 'a\nb\nc'],
    ['\n\n\n', '\n\n'],
    ['progress 1%\rprogress 2%\r\n', 'progress 1%\nprogress 2%'],
    ['\n\nevent: end\nid: x\ndata: forged\n\n', '\n\nevent: end\nid: x\ndata: forged\n'],
    [': comment\nretry: 1\n', ': comment\nretry: 1'],
    [Buffer.from([0x00, 0xff, 0x80, 0x0a]), '\0\uFFFD\uFFFD'],
    [' leading and trailing \n', ' leading and trailing '],
    ['\u2028\u0085\uFEFFx\n', '\u2028\u0085\uFEFFx'],
  ];
  for (const [printed, data] of cases) {
    const { run, print, end } = createFeed();
    print(printed);
    await end();
    const events = await eventsOf(run);
    assert.deepEqual(
      events.map(({ event }) => event),
      ['output', 'end'],
    );
    assert.equal(events[0]?.data, data);
  }
});

test('a line without an end is sent on when it has become long, between two characters', async () => {
  const { run, print } = createFeed();
  const events = renderEvents(run, { signal: never });
  await next(events);
  for (const text of [`${'x'.repeat(8191)}ä`, `${'x'.repeat(8190)}€`, `${'x'.repeat(8189)}😀`]) {
    const bytes = Buffer.from(text);
    for (const cutBytes of [1, 0]) {
      print(bytes.subarray(0, bytes.length - cutBytes));
      const data = parseEvents((await next(events)) ?? '').events[0]?.data;
      assert.equal(data, cutBytes === 0 ? text : text.replace(/[^x]+$/u, ''));
      if (cutBytes === 0) continue;
      // The rest of the character, and a line end, so that the next text begins anew.
      print(Buffer.concat([bytes.subarray(-cutBytes), Buffer.from('\n')]));
      assert.equal(parseEvents((await next(events)) ?? '').events[0]?.data, text.replace(/^x+/, ''));
    }
  }
});

test('who comes back with the id of any event gets exactly the rest', async () => {
  const parts = fc.constantFrom('\n', '\r\n', 'ä', 'x', 'word ', 'y'.repeat(5000));
  const samples = fc.sample(fc.array(fc.array(parts, { maxLength: 8 }), { minLength: 1, maxLength: 3 }), 50);
  await Promise.all(
    samples.map(async (pieces) => {
      const { run, print, end } = createFeed();
      const reading = collect(renderEvents(run, { signal: never }));
      for (const piece of pieces) {
        print(piece.join(''));
        await nextTurn();
      }
      await end();
      const { events } = parseEvents(Buffer.from(await reading, 'latin1').toString());
      assert.equal(withoutLineEnds(joinOutput(events)), withoutLineEnds(pieces.flat().join('')));
      for (const [i, { event, id }] of events.entries()) {
        const seen = parsePosition(id)?.offset;
        if (event === 'end' || seen === 'end') continue;
        const rest = await eventsOf(run, seen);
        assert.equal(withoutLineEnds(joinOutput(rest)), withoutLineEnds(joinOutput(events.slice(i + 1))), id);
        assert.equal(rest.at(-1)?.event, 'end');
      }
    }),
  );
});

test('who comes back too late, or with more than there ever was, is told what is missing and gets the rest', async () => {
  const { run, print, end } = createFeed();
  print('x'.repeat(65_530));
  print('y'.repeat(10));
  print('last\n');
  await end();
  const [skipped, output] = await eventsOf(run, 1);
  assert.deepEqual(skipped, { event: 'skipped', id: `${feedId}:9`, data: '8' });
  assert.equal(output?.data.length, 65_535);
  assert.deepEqual(
    (await eventsOf(run, 999_999_999)).map(({ event }) => event),
    ['end'],
  );
});

test('an unfinished line arrives as it grows and as it is overwritten, and does not count as seen', async () => {
  const { run, print, end } = createFeed();
  const events = renderEvents(run, { signal: never });
  const read = async (): Promise<ServerEvent[]> => parseEvents((await next(events)) ?? '').events;
  await read();
  for (const [printed, partial] of [
    ['Copying 1%', 'Copying 1%'],
    [' and more', 'Copying 1% and more'],
    ['\rCopying 2%\r', 'Copying 2%'],
    ['\r\u001b[KCopying 3', '\u001b[KCopying 3'],
    [Buffer.from('ä').subarray(0, 1), undefined],
    [Buffer.from('ä').subarray(1), '\u001b[KCopying 3ä'],
  ] as const) {
    print(printed);
    if (partial !== undefined)
      assert.deepEqual(await read(), [{ event: 'partial', id: `${feedId}:0`, data: partial }]);
  }
  print('\n');
  const [output] = await read();
  assert.equal(output?.event, 'output');
  await end();
});

test('a silent line shows that it is alive, also after an unfinished line', async () => {
  const { run, print } = createFeed();
  const events = renderEvents(run, { signal: never, silenceMs: 20 });
  await next(events);
  assert.equal(await next(events), ':\n\n');
  print('Continue? ');
  assert.match((await next(events)) ?? '', /^event: partial\n/);
  assert.equal(await next(events), ':\n\n');
  assert.equal(await next(events), ':\n\n');
});

test('a reader who goes away ends his stream and leaves nothing behind', async () => {
  for (const render of [renderFollowed, (run: Run, signal: AbortSignal) => renderEvents(run, { signal })]) {
    const { run } = createFeed();
    const gone = new AbortController();
    const reading = collect(render(run, gone.signal));
    while (getEventListeners(gone.signal, 'abort').length === 0) await nextTurn();
    gone.abort();
    await reading;
    assert.equal(getEventListeners(gone.signal, 'abort').length, 0);
  }
});

test('output wakes nobody who does not wait for it', async () => {
  for (const [output, offset, isWoken] of [
    ['none', 0, false],
    ['all', Infinity, false],
    ['all', 4, false],
    ['all', 3, true],
  ] as const) {
    const { run, print } = createFeed({ output });
    let hasChanged = false;
    const gone = new AbortController();
    const change = run.change(offset, 60_000, gone.signal).then(() => (hasChanged = true));
    print('four');
    for (let i = 0; i < 3; i++) await nextTurn();
    assert.equal(hasChanged, isWoken, `${output} ${offset}`);
    gone.abort();
    await change;
  }
});
