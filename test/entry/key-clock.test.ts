// Keys that have expired stay closed while the clock is behind, and a clock that was ahead once locks no owner out for long.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKeyClock } from '../../src/entry/key-clock.ts';
import { createEnd, createStart, createTestHistory } from '../support/history.ts';
import { createTestLogger } from '../support/logger.ts';

const hourMs = 3_600_000;
const summer = Date.UTC(2027, 6, 1);
const winter = Date.UTC(2027, 11, 1);

/** What the clock for keys shows if the machine's shows `shownMs` at the start; `set` sets that clock, `tick` lets time pass. */
function startAt(shownMs: number, lastAtMs: number | undefined) {
  let nowMs = 500;
  let offsetMs = shownMs - nowMs;
  const { logger, lines } = createTestLogger();
  const clock = createKeyClock({ nowMs: () => nowMs, wallMs: () => nowMs + offsetMs }, { lastAtMs, logger });
  return {
    show: () => clock.wallMs(),
    tick: (ms: number) => void (nowMs += ms),
    set: (wallMs: number) => void (offsetMs = wallMs - nowMs),
    warnings: () => lines.map(({ event }) => event),
  };
}

test('at 1970 the last time in the history counts, and goes on, until the clock is set', () => {
  const keys = startAt(60_000, winter);
  assert.equal(keys.show(), winter);
  keys.tick(5 * hourMs);
  assert.equal(keys.show(), winter + 5 * hourMs);
  keys.set(winter + 7 * hourMs);
  assert.equal(keys.show(), winter + 7 * hourMs);
  assert.deepEqual(keys.warnings(), ['clock-behind']);
});

test('at 1970 without a history, nothing is earlier than this program', () => {
  const keys = startAt(0, undefined);
  assert.equal(keys.show(), Date.UTC(2026, 0));
  assert.deepEqual(keys.warnings(), ['clock-behind']);
});

test('a clock that shows when the machine was switched off has an hour to be set', () => {
  const keys = startAt(summer, winter);
  keys.tick(hourMs - 1);
  assert.equal(keys.show(), winter + hourMs - 1);
  keys.set(winter - 1000);
  assert.equal(keys.show(), winter + hourMs - 1);
});

test('a history from a clock that was ahead counts for an hour only', () => {
  const keys = startAt(summer, Date.UTC(2099, 0));
  assert.equal(keys.show(), Date.UTC(2099, 0));
  keys.tick(hourMs);
  assert.equal(keys.show(), summer + hourMs);
});

test('an honest clock is believed at once, and without a word', () => {
  for (const lastAtMs of [undefined, summer, winter, winter + 59_000]) {
    const keys = startAt(winter + 1000, lastAtMs);
    keys.set(winter + 60_000);
    assert.equal(keys.show(), winter + 60_000);
    assert.deepEqual(keys.warnings(), []);
  }
});

test('the last time of a history is that of its last line, but for those of a clock before 2026', async (t) => {
  const history = createTestHistory(t);
  const at = (wallMs: number): { at: string } => ({ at: new Date(wallMs).toISOString() });
  const lastOf = async (
    ...lines: readonly (readonly [string, number, number])[]
  ): Promise<number | undefined> => {
    const opened = history.open();
    const before = opened.lastAtMs;
    for (const [run, startMs, endMs] of lines) {
      await opened.record(createStart(run, at(startMs)));
      opened.recordEnd(createEnd(run, at(endMs)));
    }
    await opened.close();
    return before;
  };
  assert.equal(await lastOf(['a', summer, Date.UTC(2099, 0)]), undefined);
  assert.equal(await lastOf(['b', summer, summer + 1000]), Date.UTC(2099, 0), 'a clock that was ahead');
  assert.equal(await lastOf(['c', 5000, 6000]), summer + 1000, 'set right again');
  assert.equal(await lastOf(), summer + 1000, 'a clock at 1970');
});
