// The last part of a run's output: bounded, however much is printed, and readable by many readers at their own pace.

export interface OutputRing {
  /** Adds what begins at an offset; by default at the end. What was pushed before is passed over, and what is missing before it counts as no longer kept. */
  push(chunk: Uint8Array, from?: number): void;
  /**
   * Up to `maxBytes` from an offset on, counted from the first byte that was ever pushed. Bytes that are no longer kept
   * are skipped: `from` is where the returned bytes really begin.
   */
  readFrom(offset: number, maxBytes: number): { readonly bytes: Buffer; readonly from: number };
  /** All kept bytes, oldest first. */
  read(): Buffer;
  /** Bytes pushed so far, kept or not. */
  totalBytes(): number;
  /** Releases unused memory once the output has ended. */
  shrink(): void;
  /** Drops all kept bytes. */
  clear(): void;
}

/** The initial size; most programs print less. */
const firstBytes = 1024;

/** A ring that keeps the last `maxBytes` pushed; it allocates memory only as needed, because more memory makes forks slower. */
export function createOutputRing(maxBytes: number): OutputRing {
  let ring: Uint8Array = Buffer.alloc(0);
  let total = 0;
  /** The offset of the oldest byte that is kept. */
  let oldest = 0;
  const readFrom: OutputRing['readFrom'] = (offset, max) => {
    const from = Math.min(Math.max(offset, oldest), total);
    const length = Math.min(max, total - from);
    const at = ring.length === 0 ? 0 : from % ring.length;
    const untilEnd = Math.min(length, ring.length - at);
    return {
      bytes: Buffer.concat([ring.subarray(at, at + untilEnd), ring.subarray(0, length - untilEnd)]),
      from,
    };
  };
  const read = (): Buffer => readFrom(0, total).bytes;
  /** Below its full size, the ring has not wrapped around yet: its content begins at 0. */
  const makeRoom = (bytes: number): void => {
    if (ring.length === maxBytes || bytes <= ring.length) return;
    const grown = Buffer.alloc(Math.min(maxBytes, Math.max(firstBytes, bytes * 2)));
    grown.set(ring);
    ring = grown;
  };
  return {
    push(given, from = total) {
      const chunk = given.subarray(Math.max(0, total - from));
      if (chunk.length === 0) return;
      if (from > total) total = oldest = from;
      makeRoom(total + chunk.length);
      const kept = chunk.subarray(Math.max(0, chunk.length - maxBytes));
      const at = (total + chunk.length - kept.length) % ring.length;
      const untilEnd = Math.min(kept.length, ring.length - at);
      ring.set(kept.subarray(0, untilEnd), at);
      ring.set(kept.subarray(untilEnd), 0);
      total += chunk.length;
      oldest = Math.max(oldest, total - maxBytes);
    },
    readFrom,
    read,
    totalBytes: () => total,
    shrink() {
      if (oldest === 0 && total < ring.length) ring = Buffer.from(ring.subarray(0, total));
    },
    clear() {
      ring = Buffer.alloc(0);
      oldest = total;
    },
  };
}
