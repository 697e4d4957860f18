// The largest of any number of counts, in bounded memory: which networks most of a flood came from.

/** How many names are counted at least; those with the smallest counts give way when there are twice as many. */
const kept = 256;

interface Count {
  /** How often it was seen since it is counted: never more than the truth. */
  seen: number;
  /** How often it may have been seen before that, at most. */
  readonly missedAtMost: number;
}

export interface Largest {
  count(name: string): void;
  /** The names seen most often, with how often they were seen: at least that often, if there were too many to count them all. */
  largest(number: number): readonly (readonly [name: string, seen: number])[];
  clear(): void;
}

/** A variant of "space saving" (Metwally, Agrawal, El Abbadi 2005): a name with more than its share is never lost, however many there are. */
export function createLargest(): Largest {
  const counts = new Map<string, Count>();
  let missedAtMost = 0;
  /** All at once, since a flood from many networks would otherwise look for the smallest at each call. */
  const dropSmallest = (): void => {
    const bySize = [...counts].toSorted(([, a], [, b]) => b.seen + b.missedAtMost - a.seen - a.missedAtMost);
    const dropped = bySize.slice(kept);
    for (const [name, { seen, missedAtMost: before }] of dropped) {
      missedAtMost = Math.max(missedAtMost, seen + before);
      counts.delete(name);
    }
  };
  return {
    count(name) {
      const count = counts.get(name);
      if (count !== undefined) {
        count.seen++;
        return;
      }
      if (counts.size >= kept * 2) dropSmallest();
      counts.set(name, { seen: 1, missedAtMost });
    },
    largest: (number) =>
      [...counts]
        .map(([name, { seen }]) => [name, seen] as const)
        .toSorted(([, a], [, b]) => b - a)
        .slice(0, number),
    clear() {
      counts.clear();
      missedAtMost = 0;
    },
  };
}
