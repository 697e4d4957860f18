// The history: a line for each start and end, what is read back of it, and what it never loses.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { renderLine, type RunRecord } from '../../src/history/records.ts';
import type { History } from '../../src/history/history.ts';
import { createFolder } from '../support/daemon.ts';
import { createEnd, createStart, createTestHistory } from '../support/history.ts';
import { needsRoot } from '../support/needs.ts';

const linesOf = (file: string): Record<string, unknown>[] =>
  fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const recordsOf = ({ runs }: History): RunRecord[] => [...runs.oldestFirst()];
const outcomesOf = (history: History): [string, string | undefined][] =>
  recordsOf(history).map(({ start, end }) => [start.run, end?.outcome.kind]);

test('a start is in the file before its writing is reported, and many at once are written in order', async (t) => {
  const { file, open } = createTestHistory(t);
  const history = open();
  assert.equal(await history.record(createStart('a')), true);
  assert.deepEqual(linesOf(file), [createStart('a')]);
  const runs = Array.from({ length: 100 }, (_, n) => `run-${n}`);
  assert.ok(
    (await Promise.all(runs.map(async (run) => await history.record(createStart(run))))).every(Boolean),
  );
  assert.deepEqual(
    linesOf(file).map(({ run }) => run),
    ['a', ...runs],
  );
  await history.close();
});

test('what was written is read back, with and without an end', async (t) => {
  const { open } = createTestHistory(t);
  const first = open();
  for (const run of ['a', 'b', 'c'])
    await first.record(createStart(run, { label: 'phone', name: 'Licht "aus" \u2028 🌉' }));
  first.recordEnd(createEnd('b', { outcome: { kind: 'failed', exitCode: 3 } }));
  await first.close();
  for (let times = 0; times < 2; times++) {
    const again = open();
    assert.deepEqual(outcomesOf(again), [
      ['a', undefined],
      ['b', 'failed'],
      ['c', undefined],
    ]);
    assert.deepEqual(
      recordsOf(again)[1]?.start,
      createStart('b', { label: 'phone', name: 'Licht "aus" \u2028 🌉' }),
    );
    await again.close();
  }
});

test('whatever is in a torn or damaged line, the others are read, it is counted, and new lines start on a line of their own', async (t) => {
  const good = ['a', 'b', 'c'].map((run) => renderLine(createStart(run)));
  const cases: [string, string, string[], number][] = [
    ['torn last line', `${good.join('')}{"event":"sta`, ['a', 'b', 'c'], 1],
    ['a last line without its end', good.join('').slice(0, -1), ['a', 'b', 'c'], 0],
    ['a changed byte', `${good[0]}${(good[1] ?? '').replace('{', '\0')}${good[2]}`, ['a', 'c'], 1],
    ['zeros, as after a power cut', `${good[0]}${'\0'.repeat(4096)}\n${good[2]}`, ['a', 'c'], 1],
    ['no UTF-8', `${good[0]}\uFFFF\n${good[2]}`, ['a', 'c'], 1],
    [
      'other JSON',
      `${good[0]}null\n[]\n"x"\n{"event":"other"}\n{"event":"start"}\n${good[2]}`,
      ['a', 'c'],
      5,
    ],
    ['empty lines', `\n\n${good.join('\n')}\n`, ['a', 'b', 'c'], 0],
    ['an end without a start', `${renderLine(createEnd('x'))}${good[0]}`, ['a'], 0],
    ['names of built-in properties', renderLine(createStart('__proto__')), ['__proto__'], 0],
    ['nothing', '', [], 0],
  ];
  for (const [what, text, runs, damagedLines] of cases) {
    const { file, open, lines } = createTestHistory(t);
    fs.writeFileSync(file, text);
    const history = open();
    assert.deepEqual(
      recordsOf(history).map(({ start }) => start.run),
      runs,
      what,
    );
    assert.equal(lines.find(({ event }) => event === 'history-damaged')?.['lines'] ?? 0, damagedLines, what);
    assert.equal(await history.record(createStart('new')), true, what);
    await history.close();
    const again = open();
    assert.deepEqual(
      outcomesOf(again),
      [...runs, 'new'].map((run) => [run, undefined]),
      what,
    );
    await again.close();
  }
});

test('a file of any bytes is opened, and a start is kept in it', async (t) => {
  const { file, open } = createTestHistory(t);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      fs.writeFileSync(file, bytes);
      const history = open();
      await history.record(createStart('new'));
      await history.close();
      const again = open();
      assert.deepEqual(outcomesOf(again), [['new', undefined]]);
      await again.close();
    }),
    { numRuns: 50 },
  );
});

test('the file is compacted: it keeps unfinished runs and the last ended ones, and stays small', async (t) => {
  const { file, open } = createTestHistory(t, { keep: 10 });
  const history = open();
  await history.record(createStart('goes-on'));
  const name = 'x'.repeat(100);
  for (let n = 0; n < 60; n++) {
    const runs = Array.from({ length: 100 }, (_, i) => `run-${n}-${i}`);
    await Promise.all(runs.map(async (run) => await history.record(createStart(run, { name }))));
    for (const run of runs) history.recordEnd(createEnd(run));
  }
  await history.record(createStart('last'));
  assert.ok(fs.statSync(file).size < 1_100_000, `${fs.statSync(file).size} bytes`);
  assert.ok(!fs.existsSync(`${file}.new`));
  await history.close();
  const again = open();
  const outcomes = new Map(outcomesOf(again));
  await again.close();
  assert.equal(outcomes.get('goes-on'), undefined);
  assert.equal(outcomes.get('last'), undefined);
  assert.equal(outcomes.get('run-59-99'), 'succeeded');
  assert.equal(outcomes.size, 11, 'the last ten, and the one that goes on');
});

test('a file whose content alone is larger than the room for growth is rewritten a few times, and not with each line', async (t) => {
  const { file, open } = createTestHistory(t, { keep: 10_000 });
  const rename = t.mock.method(fs, 'renameSync');
  const history = open();
  for (let n = 0; n < 200; n++) {
    const runs = Array.from({ length: 10 }, (_, i) => `run-${n}-${i}`);
    await Promise.all(runs.map((run) => history.record(createStart(run, { name: 'x'.repeat(2000) }))));
    for (const run of runs) history.recordEnd(createEnd(run));
  }
  await history.close();
  assert.ok(fs.statSync(file).size > 4_000_000);
  const rewrites = rename.mock.calls.filter((call) => call.arguments[1] === file).length;
  assert.ok(rewrites > 0 && rewrites <= 3, `${rewrites} times`);
});

test('however many runs are unfinished or have an Idempotency-Key, the last ended runs are remembered', async (t) => {
  const keep = 5;
  const recently = '2026-01-01T00:00:00.000Z';
  for (const [what, more, hasEnd] of [
    ['with an Idempotency-Key', { idempotencyKey: 'digest' }, true],
    ['that go on', {}, false],
  ] as const) {
    const { open } = createTestHistory(t, { keep });
    const history = open();
    for (let n = 0; n < 2 * keep; n++) {
      await history.record(createStart(`stays-${n}`, { ...more, at: recently }));
      if (hasEnd) history.recordEnd(createEnd(`stays-${n}`));
    }
    for (let n = 0; n < 2 * keep; n++) {
      await history.record(createStart(`run-${n}`));
      history.recordEnd(createEnd(`run-${n}`));
      assert.ok(
        history.runs.find(`run-${n}`) !== undefined,
        `beside runs ${what}, one that has just ended is remembered`,
      );
    }
    await history.close();
    const again = open();
    const runs = recordsOf(again).map(({ start }) => start.run);
    await again.close();
    assert.deepEqual(
      runs.filter((run) => run.startsWith('run-')),
      Array.from({ length: keep }, (_, n) => `run-${n + keep}`),
    );
    assert.equal(runs.length, 3 * keep, what);
  }
});

test('a quarter of a million lines are opened quickly, although none is left out', async (t) => {
  const { file, open } = createTestHistory(t, { keep: 1000 });
  const fd = fs.openSync(file, 'w');
  for (let n = 0; n < 125; n++) {
    const pairs = Array.from(
      { length: 1000 },
      (_, i) => renderLine(createStart(`r-${n}-${i}`)) + renderLine(createEnd(`r-${n}-${i}`)),
    );
    fs.writeSync(fd, pairs.join(''));
  }
  fs.closeSync(fd);
  const before = process.cpuUsage();
  const history = open();
  const { user, system } = process.cpuUsage(before);
  assert.ok(user + system < 2_000_000, `${(user + system) / 1000} ms of CPU`);
  assert.equal(history.runs.size, 1000);
  assert.equal(recordsOf(history).at(-1)?.start.run, 'r-124-999');
  assert.equal(await history.record(createStart('new')), true);
  assert.ok(fs.statSync(file).size < 1_000_000, 'the first start made the file small');
  await history.close();
});

test('what cannot be a history is refused with the reason, and no lock is left behind', (t) => {
  const cases: Record<string, [(file: string) => void, RegExp]> = {
    folder: [(file) => fs.mkdirSync(file), /Cannot use the history .*history\.jsonl \(EISDIR\)/],
    FIFO: [(file) => execFileSync('mkfifo', [file]), /\(ENOTREG\)/],
    ...(needsRoot === false
      ? { device: [(file: string) => execFileSync('mknod', [file, 'c', '1', '3']), /\(ENOTREG\)/] }
      : {}),
    link: [
      (file) => (fs.writeFileSync(`${file}.target`, ''), fs.symlinkSync(`${file}.target`, file)),
      /\(ELOOP\)/,
    ],
    'dangling link': [(file) => fs.symlinkSync(`${file}.nowhere`, file), /\(ELOOP\)/],
  };
  for (const [what, [make, message]] of Object.entries(cases)) {
    const { file, open } = createTestHistory(t);
    make(file);
    assert.throws(
      open,
      (error: { code?: string; message: string }) =>
        error.code === 'history-unusable' && message.test(error.message),
      what,
    );
    assert.equal(fs.existsSync(`${file}.lock`), false, what);
  }
  const { open } = createTestHistory(t, { folder: path.join(createFolder(t), 'missing') });
  assert.throws(open, {
    code: 'history-unusable',
    message: /Cannot create .*history\.jsonl\.lock \(ENOENT\)/,
  });
});

test('while the daemon runs, a file that was moved, deleted or replaced is written again with all that is remembered', async (t) => {
  const cases: Record<string, (file: string) => void> = {
    moved: (file) => fs.renameSync(file, `${file}.old`),
    deleted: (file) => fs.rmSync(file),
    replaced: (file) => (fs.rmSync(file), fs.writeFileSync(file, 'something else\n')),
    'replaced by a link': (file) => (fs.renameSync(file, `${file}.old`), fs.symlinkSync('/dev/null', file)),
  };
  for (const [what, spoil] of Object.entries(cases)) {
    const { file, open } = createTestHistory(t);
    const history = open();
    await history.record(createStart('a'));
    history.recordEnd(createEnd('a'));
    await history.record(createStart('b'));
    spoil(file);
    assert.equal(await history.record(createStart('c')), true, what);
    assert.ok(fs.lstatSync(file).isFile(), what);
    await history.close();
    const again = open();
    assert.deepEqual(
      outcomesOf(again),
      [
        ['a', 'succeeded'],
        ['b', undefined],
        ['c', undefined],
      ],
      what,
    );
    await again.close();
  }
});

test('if the folder is gone or a folder stands in the way, starts are refused once it is reported, until that is fixed', async (t) => {
  const cases: Record<
    string,
    [(folder: string, file: string) => void, (folder: string, file: string) => void]
  > = {
    'folder gone': [
      (folder) => fs.renameSync(folder, `${folder}-gone`),
      (folder) => fs.renameSync(`${folder}-gone`, folder),
    ],
    'folder in the way': [
      (_, file) => (fs.rmSync(file), fs.mkdirSync(file)),
      (_, file) => fs.rmdirSync(file),
    ],
  };
  for (const [what, [spoil, mend]] of Object.entries(cases)) {
    const folder = path.join(createFolder(t), 'inner');
    fs.mkdirSync(folder);
    const { file, open, lines } = createTestHistory(t, { folder });
    const history = open();
    await history.record(createStart('a'));
    spoil(folder, file);
    for (const run of ['b', 'c']) assert.equal(await history.record(createStart(run)), false, what);
    history.recordEnd(createEnd('a'));
    mend(folder, file);
    assert.equal(await history.record(createStart('d')), true, what);
    await history.close();
    const reports = lines.map(({ event }) => event);
    assert.deepEqual(reports, ['history-unwritable', 'history-writable'], what);
    const again = open();
    assert.deepEqual(
      outcomesOf(again),
      [
        ['a', 'succeeded'],
        ['d', undefined],
      ],
      what,
    );
    await again.close();
  }
});

test('the files are for their owner only, whatever the umask', async (t) => {
  const { file, open } = createTestHistory(t, { keep: 10 });
  const umask = process.umask(0);
  try {
    const history = open();
    await history.record(createStart('a'));
    const modeOf = (name: string): string => (fs.statSync(name).mode & 0o777).toString(8);
    assert.deepEqual([modeOf(file), modeOf(`${file}.lock`)], ['600', '600']);
    fs.rmSync(file);
    await history.record(createStart('b'));
    assert.equal(modeOf(file), '600');
    await history.close();
  } finally {
    process.umask(umask);
  }
});
