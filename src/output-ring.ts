// The last of what a run printed: bounded, however much comes.

export interface OutputRing {
  push(chunk: Uint8Array): void;
  /** What is kept, oldest first. */
  read(): Buffer;
  /** Bytes printed so far, kept or not. */
  totalBytes(): number;
  /** Gives back memory that is not needed once nothing more comes. */
  shrink(): void;
}

/** A ring that keeps the last `maxBytes` of whatever is pushed; takes no memory before the first byte. */
export function createOutputRing(maxBytes: number): OutputRing {
  let ring: Uint8Array = Buffer.alloc(0);
  let total = 0;
  const read = (): Buffer => {
    if (total <= ring.length) return Buffer.from(ring.subarray(0, total));
    const oldest = total % ring.length;
    return Buffer.concat([ring.subarray(oldest), ring.subarray(0, oldest)]);
  };
  return {
    push(chunk) {
      if (ring.length < maxBytes) {
        const grown = Buffer.alloc(maxBytes);
        grown.set(ring);
        ring = grown;
      }
      const kept = chunk.subarray(Math.max(0, chunk.length - maxBytes));
      const at = (total + chunk.length - kept.length) % maxBytes;
      const untilEnd = Math.min(kept.length, maxBytes - at);
      ring.set(kept.subarray(0, untilEnd), at);
      ring.set(kept.subarray(untilEnd), 0);
      total += chunk.length;
    },
    read,
    totalBytes: () => total,
    shrink() {
      if (total < ring.length) ring = read();
    },
  };
}
