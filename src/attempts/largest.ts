// The largest of any number of counts, in bounded memory: finds the networks that most of a flood came from.

/** How many names are counted at least; when there are twice as many, those with the smallest counts give way. */
const kept = 256;

interface Count {
  /** How often the name was seen since counting it began; never too high. */
  seen: number;
  /** How often it may have been seen before that, at most. */
  readonly missedAtMost: number;
}

export interface Largest {
  /** Returns how often the name was seen since counting it began. */
  count(name: string): number;
  /** The most frequent names with their counts; a count is a lower bound if there were too many names to count them all. */
  largest(number: number): readonly (readonly [name: string, seen: number])[];
  clear(): void;
}

/** A variant of "space saving" (Metwally, Agrawal, El Abbadi 2005): a name with more than its share is never lost, however many there are. */
export function createLargest(): Largest {
  const counts = new Map<string, Count>();
  let missedAtMost = 0;
  /** Drops many at once; otherwise a flood from many networks would search for the smallest at each call. */
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
        return ++count.seen;
      }
      if (counts.size >= kept * 2) dropSmallest();
      counts.set(name, { seen: 1, missedAtMost });
      return 1;
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
