// What is remembered of runs: the last ones, the unfinished ones, and what a day's policies need, in little memory.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseHistoryQuery } from '../../src/admin/pages/history-query.ts';
import { findRuns } from '../../src/admin/pages/run-filter.ts';
import { packRun, unpackRun } from '../../src/history/packed.ts';
import { renderLine, renderRecord, type RunRecord } from '../../src/history/records.ts';
import { createRemembered, type Remembered } from '../../src/history/remembered.ts';
import { createFolder, startDaemon } from '../support/daemon.ts';
import { createEnd, createStart, createTestHistory } from '../support/history.ts';
import { toRecord } from '../support/past.ts';

const dayMs = 86_400_000;
const wallMs = Date.UTC(2026, 0, 1);

function createSetting(): {
  remembered: Remembered;
  tick(ms: number): void;
  add(run: string, parts?: object): void;
  ids(): string[];
} {
  let now = 0;
  const remembered = createRemembered({ nowMs: () => now, wallMs: () => wallMs + now });
  return {
    remembered,
    tick: (ms) => void (now += ms),
    add(run, parts) {
      const at = new Date(wallMs + now).toISOString();
      remembered.add(createStart(run, { at, ...parts }));
      remembered.add(createEnd(run, { at }));
    },
    ids: () => [...remembered.oldestFirst()].map(({ start }) => start.run),
  };
}

test('a run is the same once it was packed, but for what only an unfinished one is looked for by', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 });
  const time = fc
    .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
    .map((date) => date.toISOString());
  const start = fc.record(
    {
      run: text,
      task: text,
      name: text,
      at: time,
      address: text,
      label: text,
      idempotencyKey: text,
      isQueued: fc.constant(true as const),
    },
    { requiredKeys: ['run', 'task', 'name', 'at', 'address'], noNullPrototype: true },
  );
  const process = { pid: 7, startTicks: '1', bootId: 'b' };
  const outcome = fc.record(
    { kind: fc.constantFrom('succeeded', 'failed', 'lost'), exitCode: fc.nat(255), reason: text },
    { requiredKeys: ['kind'], noNullPrototype: true },
  );
  const end = fc.option(
    fc.record(
      { at: time, durationMs: fc.nat(), outcome },
      { requiredKeys: ['at', 'outcome'], noNullPrototype: true },
    ),
    { nil: undefined },
  );
  fc.assert(
    fc.property(start, fc.option(time, { nil: undefined }), end, (parts, begunAt, ended) => {
      const { run } = parts;
      const record: RunRecord = {
        start: { event: 'start', ...parts },
        ...(begunAt === undefined
          ? {}
          : { begin: { event: 'begin', run, at: begunAt, ...(ended === undefined ? { process } : {}) } }),
        ...(ended === undefined ? {} : { end: { event: 'end', run, ...ended } }),
      };
      assert.deepEqual(unpackRun(packRun(record)), record);
    }),
    { numRuns: 30 },
  );
});

test('of a run in DSM that has ended, the key that distinguishes it from others is kept', () => {
  const trace = { before: { order: 3, keys: ['a', 'b'] }, key: 'c' };
  const dsm = { nas: 'DSM', task: { kind: 'scheduled' as const, id: 7 }, trace };
  const record: RunRecord = {
    start: createStart('r'),
    begin: { event: 'begin', run: 'r', at: '2026-01-01T00:00:00.000Z', dsm },
  };
  assert.deepEqual(unpackRun(packRun(record)), record);
  assert.deepEqual(unpackRun(packRun({ ...record, end: createEnd('r') })).begin?.dsm?.trace, {
    before: { keys: [] },
    key: 'c',
  });
});

test('a run is found by its id, and by nothing else', () => {
  const { remembered, add } = createSetting();
  const ids = ['a', 'b', '__proto__', 'ä', 'x'.repeat(1000)];
  for (const id of ids) add(id, { name: '🌉'.repeat(50_000) });
  for (const id of ids)
    for (const given of [id, Buffer.from(id)]) assert.equal(remembered.find(given)?.start.run, id);
  for (const wrong of ['', 'A', 'aa', 'constructor']) assert.equal(remembered.find(wrong), undefined);
});

test('a thousand runs that are unfinished, or are kept for a day, do not make the forgetting of others slow', () => {
  const { remembered, add, ids } = createSetting();
  for (let n = 0; n < 1000; n++) remembered.add(createStart(`live-${n}`));
  for (let n = 0; n < 1000; n++) add(`kept-${n}`, { idempotencyKey: `${n}` });
  const before = process.cpuUsage();
  for (let n = 0; n < 20_000; n++) {
    add(`run-${n}`);
    remembered.dropOldest(10);
  }
  const { user } = process.cpuUsage(before);
  assert.ok(user < 5_000_000, `${user / 1000} ms of CPU`);
  assert.equal(remembered.size, 2010);
  assert.equal(ids().at(-1), 'run-19999');
  assert.equal(ids().filter((id) => id.startsWith('run')).length, 10);
});

test('what an Idempotency-Key leads to is kept for a day: a run of its own, and one that its call joined', () => {
  const { remembered, add, ids, tick } = createSetting();
  add('own', { idempotencyKey: 'k' });
  add('joined');
  remembered.add({
    event: 'join',
    run: 'joined',
    task: '7',
    at: new Date(wallMs).toISOString(),
    idempotencyKey: 'j',
  });
  add('plain');
  const fill = (name: string): void => {
    for (let n = 0; n < 20; n++) add(`${name}-${n}`);
    remembered.dropOldest(10);
  };
  fill('a');
  tick(dayMs - 1);
  fill('b');
  assert.deepEqual(ids().slice(0, 3), ['own', 'joined', 'b-10']);
  // It is looked for what is over every ten minutes.
  tick(600_000);
  fill('c');
  assert.deepEqual(
    ids(),
    Array.from({ length: 10 }, (_, n) => `c-${n + 10}`),
  );
  assert.deepEqual([...remembered.joins()], []);
});

test('the start times of forgotten runs are kept for a day, but for those that never began', () => {
  const { remembered, add, tick } = createSetting();
  const times = (): number =>
    [...remembered.dayStarts()].flatMap(({ task, at }) => (task === 'pump' ? at : [])).length;
  add('one', { task: 'pump' });
  add('never', { task: 'pump', isQueued: true });
  for (let n = 0; n < 20; n++) add(`run-${n}`);
  remembered.dropOldest(10);
  assert.equal(times(), 1);
  tick(dayMs);
  remembered.dropOldest(10);
  assert.equal(times(), 0);
});

test('a run that waited for its turn counts from its turn, also once it is forgotten', () => {
  const { remembered, add, tick } = createSetting();
  const at = (ms: number): string => new Date(wallMs + ms).toISOString();
  remembered.add(createStart('waited', { at: at(0), isQueued: true }));
  remembered.add({ event: 'begin', run: 'waited', at: at(20 * 3_600_000) });
  tick(25 * 3_600_000);
  remembered.add(createEnd('waited', { at: at(25 * 3_600_000) }));
  for (let n = 0; n < 20; n++) add(`run-${n}`);
  remembered.dropOldest(10);
  assert.deepEqual(
    [...remembered.dayStarts()].flatMap((line) => line.at).filter((time) => time === at(20 * 3_600_000)),
    [at(20 * 3_600_000)],
  );
});

test('what is rendered is remembered by the next daemon, also where it forgets runs meanwhile', () => {
  const { remembered, add } = createSetting();
  for (let n = 0; n < 300; n++) add(`run-${n}`, { task: 'pump' });
  remembered.dropOldest(250);
  const lines: string[] = [];
  for (const line of remembered.render()) {
    lines.push(line);
    remembered.dropOldest(10);
  }
  const again = createSetting();
  for (const line of lines.join('').trim().split('\n'))
    again.remembered.add(JSON.parse(line) as Parameters<Remembered['add']>[0]);
  again.remembered.dropOldest(10);
  const starts = [...again.remembered.dayStarts()].reduce((sum, { at }) => sum + at.length, 0);
  assert.deepEqual([again.remembered.size, starts], [10, 290]);
});

test('everything that is promised is found in a file of any length: unfinished runs, keys, starts of the day', async (t) => {
  const { file, open } = createTestHistory(t, { keep: 10 });
  const at = '2025-12-31T23:00:00.000Z';
  const old = '2025-12-01T00:00:00.000Z';
  const turn = '2025-12-31T23:30:00.000Z';
  const pair = (run: string, parts: object): string =>
    renderLine(createStart(run, { at, ...parts })) + renderLine(createEnd(run, { at }));
  const lines = [
    renderLine(createStart('goes-on', { at: old })),
    pair('with-key', { idempotencyKey: 'a'.repeat(64) }),
    pair('old-key', { at: old, idempotencyKey: 'b'.repeat(64) }),
    pair('joined', {}),
    pair('counted', { task: 'pump' }),
    renderLine(createStart('waited', { task: 'pump', at: old, isQueued: true })),
    renderLine({ event: 'begin', run: 'waited', at: turn }),
    renderLine(createEnd('waited', { at: turn })),
    pair('old', { task: 'pump', at: old }),
    ...Array.from({ length: 1000 }, (_, n) => pair(`run-${n}`, { name: 'x'.repeat(10_000), at: old })),
    renderLine({ event: 'join', run: 'joined', task: '7', at, idempotencyKey: 'c'.repeat(64) }),
    pair('last', {}),
  ];
  fs.writeFileSync(file, lines.join(''));
  for (const isFirst of [true, false]) {
    const history = open();
    const ids = [...history.runs.oldestFirst()].map(({ start }) => start.run);
    assert.deepEqual(ids.filter((id) => !id.startsWith('run-')).sort(), [
      'goes-on',
      'joined',
      'last',
      'with-key',
    ]);
    assert.equal(ids.filter((id) => id.startsWith('run-')).length, 9);
    assert.deepEqual([...history.runs.dayStarts()], [{ event: 'starts', task: 'pump', at: [at, turn] }]);
    assert.deepEqual(
      [...history.runs.joins()].map(({ run }) => run),
      ['joined'],
    );
    // This writes the file once more, since it is much too large; the second daemon reads that one.
    if (isFirst) history.recordEnd(createEnd('run-0'));
    await history.close();
    assert.ok(fs.statSync(file).size < 1_000_000);
  }
});

/** A history of so many runs, as commands leave them. */
function writeRuns(filePath: string, runs: number): void {
  const fd = fs.openSync(filePath, 'w', 0o600);
  let lines = '';
  for (let n = 0; n < runs; n++) {
    const run = `run-${n}`.padEnd(22, 'x');
    const begun = { pid: 12_345, startTicks: '123456789', bootId: '01234567-89ab-cdef-0123-456789abcdef' };
    const outcome =
      n % 50 === 0
        ? ({ kind: 'failed', exitCode: 3 } as const)
        : ({ kind: 'succeeded', exitCode: 0 } as const);
    lines += renderRecord(
      toRecord({ run, task: `task-${n % 10}`, name: 'Lights in the hall', begun, outcome }),
    );
    if (n % 1000 === 999 || n === runs - 1) {
      fs.writeSync(fd, lines);
      lines = '';
    }
  }
  fs.closeSync(fd);
}

test('a daemon that remembers 100,000 runs takes at most 60 MB more than one that remembers ten', async (t) => {
  const measure = async (keep: number): Promise<number> => {
    const folder = createFolder(t);
    writeRuns(path.join(folder, 'history.jsonl'), keep);
    const daemon = await startDaemon(t, { tasks: {}, folder, more: { history: { keep } } });
    const kilobytes = Number(
      /VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${daemon.pid}/status`, 'utf8'))?.[1],
    );
    await daemon.stop();
    return kilobytes * 1024;
  };
  const moreBytes = -(await measure(10)) + (await measure(100_000));
  t.diagnostic(`${moreBytes} bytes`);
  assert.ok(moreBytes < 60_000_000, `${moreBytes / 1e6} MB more`);
});

test('100,000 runs are gone through within 200 ms, whatever a page looks for', async (t) => {
  const { file, open } = createTestHistory(t, { keep: 100_000 });
  writeRuns(file, 100_000);
  const history = open();
  for (const search of [
    'text=nothing',
    'label=nobody',
    'task=other',
    'result=lost',
    'network=10.0.0.0/8',
    'before=run-0xxxxxxxxxxxxxxxxx',
  ]) {
    const query = parseHistoryQuery(new URLSearchParams(search));
    // Once is enough, because a busy machine makes each slower.
    const times: number[] = [];
    do {
      const before = process.cpuUsage();
      findRuns(history.runs, query, 50);
      times.push(process.cpuUsage(before).user);
    } while (Math.min(...times) >= 200_000 && times.length < 10);
    assert.ok(Math.min(...times) < 200_000, `${search}: ${times.join(', ')} µs`);
  }
  await history.close();
});
