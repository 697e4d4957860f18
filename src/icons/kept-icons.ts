// The icons that have been drawn: kept while there is room, those that are requested most.

export interface KeptIcons {
  find(key: string): Buffer | undefined;
  /** Keeps an icon; those not requested for the longest time give way. */
  keep(key: string, png: Buffer): void;
}

export function createKeptIcons(maxBytes: number): KeptIcons {
  /** In the order of the last requests. */
  const kept = new Map<string, Buffer>();
  let keptBytes = 0;
  return {
    find(key) {
      const png = kept.get(key);
      if (png === undefined) return undefined;
      kept.delete(key);
      kept.set(key, png);
      return png;
    },
    keep(key, png) {
      kept.set(key, png);
      keptBytes += png.length;
      for (const [oldest, { length }] of kept) {
        if (keptBytes <= maxBytes) break;
        kept.delete(oldest);
        keptBytes -= length;
      }
    },
  };
}
