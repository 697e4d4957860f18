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

/** What the first bytes get; most programs print less. */
const firstBytes = 1024;

/** A ring that keeps the last `maxBytes` of whatever is pushed; takes memory as it needs it, since forks take longer the more there is. */
export function createOutputRing(maxBytes: number): OutputRing {
  let ring: Uint8Array = Buffer.alloc(0);
  let total = 0;
  const read = (): Buffer => {
    if (total <= ring.length) return Buffer.from(ring.subarray(0, total));
    const oldest = total % ring.length;
    return Buffer.concat([ring.subarray(oldest), ring.subarray(0, oldest)]);
  };
  /** Below its full size the ring has not been round yet: what is in it begins at 0. */
  const makeRoom = (bytes: number): void => {
    if (ring.length === maxBytes || bytes <= ring.length) return;
    const grown = Buffer.alloc(Math.min(maxBytes, Math.max(firstBytes, bytes * 2)));
    grown.set(ring);
    ring = grown;
  };
  return {
    push(chunk) {
      if (chunk.length === 0) return;
      makeRoom(total + chunk.length);
      const kept = chunk.subarray(Math.max(0, chunk.length - maxBytes));
      const at = (total + chunk.length - kept.length) % ring.length;
      const untilEnd = Math.min(kept.length, ring.length - at);
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
