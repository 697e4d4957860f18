// Short texts outside of the heap: each costs only its bytes, and the garbage collector never visits it.

/** How much is reserved at once; it is released once no text in it is needed any more. */
const chunkBytes = 65_536;
/** The size of the length in front of each text. */
const lengthBytes = 4;

/** Texts by their places. */
export interface TextStore {
  /** Keeps a text; returns its place. */
  add(text: string): number;
  /** The text at a place. */
  at(place: number): string;
  /** Releases the text at a place; must be called exactly once. */
  remove(place: number): void;
}

interface Chunk {
  readonly bytes: Buffer;
  /** How many texts in it are still needed. */
  count: number;
}

/** Keeps texts that are released roughly in the order in which they were added; a text of more than 64 KiB gets a chunk of its own. */
export function createTextStore(): TextStore {
  const chunks = new Map<number, Chunk>();
  /** Places are numbered consecutively: where the last chunk begins, and where the next text begins. */
  let current: Chunk | undefined;
  let firstPlace = 0;
  let nextPlace = 0;
  const toChunk = (place: number): { readonly chunk: Chunk; readonly from: number } => {
    const number = Math.floor(place / chunkBytes);
    const chunk = chunks.get(number);
    if (chunk === undefined) throw new Error('No text is kept at this place');
    return { chunk, from: place - number * chunkBytes };
  };
  return {
    add(text) {
      const length = Buffer.byteLength(text);
      if (current === undefined || nextPlace - firstPlace + lengthBytes + length > current.bytes.length) {
        if (current?.count === 0) chunks.delete(firstPlace / chunkBytes);
        firstPlace = Math.ceil(nextPlace / chunkBytes) * chunkBytes;
        nextPlace = firstPlace;
        current = { bytes: Buffer.allocUnsafeSlow(Math.max(chunkBytes, lengthBytes + length)), count: 0 };
        chunks.set(firstPlace / chunkBytes, current);
      }
      const place = nextPlace;
      const from = place - firstPlace;
      current.bytes.writeUInt32LE(length, from);
      current.bytes.write(text, from + lengthBytes);
      current.count++;
      nextPlace += lengthBytes + length;
      return place;
    },
    at(place) {
      const { chunk, from } = toChunk(place);
      return chunk.bytes.toString(
        'utf8',
        from + lengthBytes,
        from + lengthBytes + chunk.bytes.readUInt32LE(from),
      );
    },
    remove(place) {
      const { chunk } = toChunk(place);
      chunk.count--;
      if (chunk.count === 0 && chunk !== current) chunks.delete(Math.floor(place / chunkBytes));
    },
  };
}
