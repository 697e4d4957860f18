// Frames: every message arrives as it was, however the stream is cut, and what is no frame is refused before it takes memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createFrameReader, toFrame, type FrameReader } from '../../src/worker/frames.ts';

/** The messages that are complete after one more piece. */
function read(reader: FrameReader, chunk: Uint8Array): unknown[] {
  reader.push(chunk);
  const messages: unknown[] = [];
  for (let message = reader.next(); message !== undefined; message = reader.next()) messages.push(message);
  return messages;
}
/** What is read of a stream that is cut at these places. */
function readInPieces(stream: Buffer, cuts: readonly number[]): unknown[] {
  const reader = createFrameReader();
  const places = [0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length].sort((a, b) => a - b);
  return places.flatMap((from, i) => read(reader, stream.subarray(from, places[i + 1] ?? stream.length)));
}

test('messages arrive as they were sent, with and without bytes, however the stream is cut', () => {
  const message = fc.record(
    { kind: fc.string({ unit: 'binary' }), more: fc.jsonValue(), bytes: fc.uint8Array({ minLength: 1 }) },
    { requiredKeys: ['kind'] },
  );
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 5 }),
      fc.array(fc.nat(), { maxLength: 20 }),
      (messages, cuts) => {
        const arrived = readInPieces(Buffer.concat(messages.map(toFrame)), cuts);
        const plain = messages.map(({ bytes, ...rest }) => ({
          ...(JSON.parse(JSON.stringify(rest)) as object),
          ...(bytes === undefined ? {} : { bytes: Buffer.from(bytes) }),
        }));
        assert.deepEqual(arrived, plain);
      },
    ),
    { numRuns: 200 },
  );
});

test('a stream one byte at a time holds no more than one frame', () => {
  const stream = Buffer.concat([toFrame({}), toFrame({ bytes: Buffer.from('x') }), toFrame({})]);
  assert.deepEqual(readInPieces(stream, [...stream.keys()]), [{}, { bytes: Buffer.from('x') }, {}]);
});

test('what is no frame is refused as soon as that is known', () => {
  const head = (total: number, text: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32BE(total, 0);
    bytes.writeUInt32BE(text, 4);
    return bytes;
  };
  const cases: readonly (readonly [string, Buffer])[] = [
    ['too long', head(8 * 1_048_576, 2)],
    ['as long as it can be', head(0xff_ff_ff_ff, 2)],
    ['too short for its own head', head(3, 0)],
    ['without text', head(4, 0)],
    ['a text beyond its end', Buffer.concat([head(6, 3), Buffer.from('{}')])],
    ['no JSON', Buffer.concat([head(6, 2), Buffer.from('{{')])],
    ['bytes at something that is not an object', Buffer.concat([head(6, 1), Buffer.from('1x')])],
  ];
  for (const [what, bytes] of cases) assert.throws(() => read(createFrameReader(), bytes), what);
});

test('random bytes are refused or wait for more, and nothing else', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 10 }), (chunks) => {
      const reader = createFrameReader(1024);
      try {
        for (const chunk of chunks) assert.ok(Array.isArray(read(reader, chunk)));
      } catch (error) {
        assert.ok(error instanceof RangeError || error instanceof SyntaxError || error instanceof TypeError);
      }
    }),
    { numRuns: 1000 },
  );
});
