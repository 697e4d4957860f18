// A disk that fails at any moment, once or for good: what was acknowledged is remembered, and what was refused is not.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../../src/errors.ts';
import type { History } from '../../src/history/history.ts';
import { createEnd, createStart, createTestHistory, type TestHistory } from '../support/history.ts';

/** Calls of the file system that may fail, and what that leaves: nothing, or so many bytes of a write. */
const calls = [
  'openSync',
  'writeSync',
  'ftruncateSync',
  'fdatasync',
  'fsync',
  'fsyncSync',
  'renameSync',
  'rmSync',
  'statSync',
  'readSync',
] as const;
type Call = (typeof calls)[number];

interface Faults {
  /** How many calls there were. */
  count(): number;
  restore(): void;
}

/** Lets the n-th of these calls fail, or all from the n-th on. */
function failAt(
  t: TestContext,
  names: readonly Call[],
  { at, isForGood, shortBytes }: { at: number; isForGood: boolean; shortBytes?: number | undefined },
): Faults {
  let count = 0;
  const restores = names.map((name) => {
    const original = fs[name].bind(fs) as (...args: unknown[]) => unknown;
    const { mock } = t.mock.method(fs, name, (...args: unknown[]) => {
      count++;
      if (count !== at && !(isForGood && count > at)) return original(...args);
      const error = Object.assign(new Error('injected'), { code: 'EIO' });
      const done = args.at(-1);
      if (name === 'fdatasync' || name === 'fsync')
        return void setImmediate(done as (error: Error) => void, error);
      if (name === 'writeSync' && shortBytes !== undefined) {
        const [fd, bytes, offset] = args as [number, Uint8Array, number];
        original(fd, bytes, offset, Math.min(shortBytes, bytes.length - offset));
      }
      throw error;
    });
    return () => mock.restore();
  });
  return { count: () => count, restore: () => restores.forEach((restore) => restore()) };
}

interface Played {
  readonly acknowledged: ReadonlySet<string>;
  readonly refused: ReadonlySet<string>;
}

/** Starts in batches, with ends between them, a torn last line in the beginning, and the file taken away once. */
async function play(
  { file, open }: TestHistory,
  { isTakenAway, onPlayed }: { isTakenAway: boolean; onPlayed: () => void },
): Promise<Played> {
  const [acknowledged, refused] = [new Set<string>(), new Set<string>()];
  let history: History;
  try {
    history = open();
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return { acknowledged, refused };
  }
  for (let batch = 0; batch < 4; batch++) {
    const ids = Array.from({ length: 3 }, (_, n) => `run-${batch}-${n}`);
    await Promise.all(
      ids.map(
        async (run) => void ((await history.record(createStart(run))) ? acknowledged : refused).add(run),
      ),
    );
    for (const run of acknowledged) if (run.startsWith(`run-${batch - 1}`)) history.recordEnd(createEnd(run));
    if (batch === 2 && isTakenAway && fs.existsSync(file)) fs.unlinkSync(file);
  }
  onPlayed();
  await history.close();
  return { acknowledged, refused };
}

/** What the next daemon remembers; the disk works again. */
async function loadRuns({ open }: TestHistory): Promise<Set<string>> {
  const history = open();
  const runs = new Set([...history.runs.oldestFirst()].map(({ start }) => start.run));
  await history.close();
  return runs;
}

for (const [what, isForGood, isRepaired] of [
  ['once', false, false],
  ['until it is repaired', true, true],
  ['for good', true, false],
] as const) {
  test(`whichever call fails ${what}, what was acknowledged is remembered, and what was refused is not`, async (t) => {
    const groups: (readonly Call[])[] = [
      ...calls.map((name) => [name]),
      ['fdatasync', 'ftruncateSync'],
      ['writeSync', 'ftruncateSync'],
    ];
    for (const names of groups) {
      for (const shortBytes of names.includes('writeSync') ? [0, 7, 200] : [undefined]) {
        let hasFailed = true;
        for (let at = 1; hasFailed && at <= 60; at++) {
          const which = `${names.join('+')} ${at} ${shortBytes ?? ''}`;
          const setting = createTestHistory(t);
          fs.writeFileSync(setting.file, '{"event":"sta');
          const faults = failAt(t, names, { at, isForGood, shortBytes });
          const { acknowledged, refused } = await play(setting, {
            // What is removed from outside, and cannot be written again, is gone.
            isTakenAway: !isForGood || isRepaired,
            onPlayed: isRepaired ? faults.restore : () => {},
          });
          hasFailed = faults.count() >= at;
          faults.restore();
          // A lock that could not be removed is still ours, and only that.
          fs.rmSync(`${setting.file}.lock`, { force: true });
          const runs = await loadRuns(setting);
          for (const run of acknowledged) assert.ok(runs.has(run), `${which}: ${run} was acknowledged`);
          // Where the disk never takes anything again, what has reached it stays there.
          if (!isForGood || isRepaired)
            for (const run of refused) assert.ok(!runs.has(run), `${which}: ${run} was refused`);
          fs.rmSync(setting.folder, { recursive: true });
        }
      }
    }
  });
}

test('starts that were refused are gone from the file as soon as the disk takes anything, also without another call', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { file, open } = createTestHistory(t);
  const history = open();
  assert.equal(await history.record(createStart('a')), true);
  const faults = failAt(t, ['fdatasync', 'ftruncateSync'], { at: 1, isForGood: true });
  for (const run of ['b', 'c']) assert.equal(await history.record(createStart(run)), false);
  assert.match(fs.readFileSync(file, 'utf8'), /"run":"c"/, 'the last one could not be taken back');
  assert.equal(history.problem(), 'EIO');
  faults.restore();
  t.mock.timers.tick(5000);
  const untilMs = performance.now() + 120_000;
  while (history.problem() !== undefined && performance.now() < untilMs) await nextTurn();
  assert.equal(history.problem(), undefined);
  assert.doesNotMatch(fs.readFileSync(file, 'utf8'), /"run":"[bc]"/);
  await history.close();
});

test('an end that was written before a sync failed is written once more', async (t) => {
  const { file, open } = createTestHistory(t);
  const history = open();
  await history.record(createStart('a'));
  history.recordEnd(createEnd('a'));
  const faults = failAt(t, ['fdatasync'], { at: 1, isForGood: false });
  assert.equal(await history.record(createStart('b')), false);
  faults.restore();
  assert.equal(await history.record(createStart('c')), true);
  assert.deepEqual(
    fs
      .readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; run: string })
      .map(({ event, run }) => `${event} ${run}`),
    ['start a', 'end a', 'start c'],
  );
  await history.close();
});
