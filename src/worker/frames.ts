// Messages as bytes on a stream: a length, a text of JSON, and after it the bytes of a message that has some.
// Layout: the length of all that follows (4 bytes, big-endian), the length of the text (4 bytes), the text, the bytes.

/** The most that one frame may hold: the traces of a task with a long history in DSM are the longest messages. */
const maxFrameBytes = 8 * 1_048_576;
/** How much memory is kept for the next frames. */
const idleBytes = 262_144;
const headBytes = 8;
const lengthBytes = 4;

/** The frame of a message. */
export function toFrame(message: { readonly bytes?: Uint8Array }): Buffer {
  const { bytes = new Uint8Array(0), ...rest } = message;
  const text = Buffer.from(JSON.stringify(rest));
  const frame = Buffer.allocUnsafe(headBytes + text.length + bytes.length);
  frame.writeUInt32BE(frame.length - lengthBytes, 0);
  frame.writeUInt32BE(text.length, lengthBytes);
  frame.set(text, headBytes);
  frame.set(bytes, headBytes + text.length);
  return frame;
}

export interface FrameReader {
  /** Takes the next piece of the stream. */
  push(chunk: Uint8Array): void;
  /** The next message, not checked yet; undefined if it is not complete. Throws if it is not a frame; then nothing more may be read. */
  next(): unknown;
}

/** Reads a stream whose writer may be hostile: it keeps one frame at most, and gives up before it reads one that is too long. */
export function createFrameReader(maxBytes = maxFrameBytes): FrameReader {
  /** What has arrived and was not read: from `begin` to `end`. One buffer, because each of many small pieces would take more memory. */
  let kept = Buffer.alloc(0);
  let begin = 0;
  let end = 0;
  const makeRoom = (bytes: number): void => {
    if (end + bytes <= kept.length) return;
    const wanted = end - begin + bytes;
    const roomy = wanted * 2 <= kept.length ? kept : Buffer.allocUnsafe(wanted * 2);
    kept.copy(roomy, 0, begin, end);
    [kept, begin, end] = [roomy, 0, end - begin];
  };
  const parse = (frame: Buffer): unknown => {
    const textEnd = headBytes + frame.readUInt32BE(lengthBytes);
    if (textEnd > frame.length) throw new RangeError('The text of a frame is longer than the frame');
    const message: unknown = JSON.parse(frame.toString('utf8', headBytes, textEnd));
    if (textEnd === frame.length) return message;
    if (typeof message !== 'object') throw new TypeError('Only an object can have bytes');
    return { ...message, bytes: Buffer.from(frame.subarray(textEnd)) };
  };
  return {
    push(chunk) {
      makeRoom(chunk.length);
      kept.set(chunk, end);
      end += chunk.length;
    },
    next() {
      if (end - begin < lengthBytes) return undefined;
      const length = lengthBytes + kept.readUInt32BE(begin);
      if (length < headBytes || length > maxBytes) throw new RangeError('A frame has a wrong length');
      if (end - begin < length) return undefined;
      const frame = kept.subarray(begin, begin + length);
      begin += length;
      const message = parse(frame);
      // A large frame must not keep its memory for long.
      if (begin === end) [kept, begin, end] = [kept.length > idleBytes ? Buffer.alloc(0) : kept, 0, 0];
      return message;
    },
  };
}
