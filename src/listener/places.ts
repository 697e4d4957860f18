// A bounded number of places: when all are taken, the longest-held one is asked to finish, and is destroyed if it does not.

/** How many holders that were asked to finish may still be finishing. */
const maxLeaving = 8;

/** Something that holds a place. */
export interface Holder {
  /** Asks it to finish now, with what it has. */
  leave(): void;
  /** Ends it at once. */
  destroy(): void;
}

export interface Places<T extends Holder> {
  take(holder: T): void;
  /** Releases the place; does nothing if it was released before. */
  giveBack(holder: T): void;
}

export function createPlaces<T extends Holder>(max: number): Places<T> {
  const holders = new Set<T>();
  const leaving = new Set<T>();
  /** Removes the oldest from a set that exceeds its bound. */
  const takeOldest = (set: Set<T>, bound: number): T | undefined => {
    const [oldest] = set.size > bound ? set : [];
    if (oldest !== undefined) set.delete(oldest);
    return oldest;
  };
  return {
    take(holder) {
      holders.add(holder);
      const oldest = takeOldest(holders, max);
      if (oldest === undefined) return;
      leaving.add(oldest);
      oldest.leave();
      takeOldest(leaving, maxLeaving)?.destroy();
    },
    giveBack(holder) {
      holders.delete(holder);
      leaving.delete(holder);
    },
  };
}
