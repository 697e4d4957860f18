// A clock that the test moves on.
import type { Clock } from '../../src/clock.ts';

export interface TestClock extends Clock {
  tick(ms: number): void;
}

export function createTestClock(): TestClock {
  let now = 1_000_000;
  return { nowMs: () => now, wallMs: () => Date.UTC(2030, 0) + now, tick: (ms) => void (now += ms) };
}
