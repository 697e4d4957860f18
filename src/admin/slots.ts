// How many may do something at the same time; further ones wait for their turn, for a while.

/** Waits for a slot at most `patienceMs`: the result gives it back, or is undefined where none came free in time. */
export type TakeSlot = (patienceMs: number) => Promise<(() => void) | undefined>;

/** Makes `max` slots, which are given out in the order in which they were asked for. */
export function createSlots(max: number): TakeSlot {
  const waiting = new Set<() => void>();
  let free = max;
  const giveBack = (): void => {
    const [next] = waiting;
    if (next === undefined) {
      free++;
      return;
    }
    waiting.delete(next);
    next();
  };
  return async (patienceMs) => {
    if (free > 0) {
      free--;
      return giveBack;
    }
    const { promise, resolve } = Promise.withResolvers<(() => void) | undefined>();
    const turn = (): void => resolve(giveBack);
    waiting.add(turn);
    const timer = setTimeout(() => {
      waiting.delete(turn);
      resolve(undefined);
    }, patienceMs);
    const slot = await promise;
    clearTimeout(timer);
    return slot;
  };
}
