// A pace for expensive answers: one piece of work at a time, with time for everything else in between.

/** How much longer the pause after a piece of work is than the work itself. A start needs many turns of the event loop, which accepts one connection in each. */
const restFactor = 4;

export interface Pace {
  /** Does the work, at once if none was done shortly before, otherwise in order. */
  add(key: object, work: () => void): void;
  /** Forgets the work of a key if it has not been done yet. */
  drop(key: object): void;
}

export function createPace(): Pace {
  const waiting = new Map<object, () => void>();
  let isResting = false;
  const next = (): void => {
    const [first] = waiting;
    isResting = first !== undefined;
    if (first === undefined) return;
    const [key, work] = first;
    waiting.delete(key);
    const beganMs = performance.now();
    // By the end of the turn, everything that the work has left to promises is done.
    setImmediate(() => setTimeout(next, (performance.now() - beganMs) * restFactor));
    work();
  };
  return {
    add(key, work) {
      waiting.set(key, work);
      if (!isResting) next();
    },
    drop: (key) => void waiting.delete(key),
  };
}
