// Limits how many things happen at a time.
import { untilAborted } from './until-aborted.ts';

/** Creates a function that waits for a slot and resolves with the function that releases it, or with undefined if `stop` is aborted first. */
export function createSlots(count: number): (stop: AbortSignal) => Promise<(() => void) | undefined> {
  const waiting: (() => void)[] = [];
  let free = count;
  const giveBack = (): void => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };
  return async (stop) => {
    if (stop.aborted) return undefined;
    if (free > 0) free--;
    else {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      await untilAborted(promise, stop);
      const at = waiting.indexOf(resolve);
      if (at !== -1) {
        waiting.splice(at, 1);
        return undefined;
      }
    }
    return giveBack;
  };
}
