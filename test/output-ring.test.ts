// The output ring keeps the last bytes, whatever the chunks are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createOutputRing } from '../src/output-ring.ts';

test('the ring holds the last bytes of everything pushed, for chunks and sizes of any kind', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 20 }),
      (maxBytes, chunks) => {
        const ring = createOutputRing(maxBytes);
        for (const chunk of chunks) ring.push(chunk);
        const all = Buffer.concat(chunks);
        const kept = all.subarray(Math.max(0, all.length - maxBytes));
        assert.deepEqual(ring.read(), kept);
        assert.equal(ring.totalBytes(), all.length);
        ring.shrink();
        assert.deepEqual(ring.read(), kept, 'after shrinking');
      },
    ),
    { numRuns: 500 },
  );
});

test('the ring grows with what comes, and no further than its size', () => {
  for (const maxBytes of [1, 1023, 1024, 1025, 3000, 65_536]) {
    const ring = createOutputRing(maxBytes);
    const all: Buffer[] = [];
    for (let size = 0; size < 700; size += 7) {
      const chunk = Buffer.alloc(size, size % 251);
      ring.push(chunk);
      all.push(chunk);
      assert.ok(
        ring.read().equals(Buffer.concat(all).subarray(-maxBytes)),
        `${maxBytes} bytes, chunk of ${size}`,
      );
    }
  }
});

test('the ring survives chunks that come after it was shrunk', () => {
  const ring = createOutputRing(8);
  ring.push(Buffer.from('abc'));
  ring.shrink();
  ring.push(Buffer.from('defg'));
  assert.equal(ring.read().toString(), 'abcdefg');
});

test('what was read stays as it was while more is pushed', () => {
  const ring = createOutputRing(4);
  ring.push(Buffer.from('abcd'));
  const read = ring.read();
  ring.push(Buffer.from('xyz'));
  assert.equal(read.toString(), 'abcd');
  assert.equal(ring.read().toString(), 'dxyz');
});

test('output with gaps and repetitions is counted as it was printed', () => {
  const ring = createOutputRing(8);
  ring.push(Buffer.from('abc'), 0);
  ring.push(Buffer.from('bcd'), 1);
  ring.push(Buffer.from('ab'), 0);
  assert.deepEqual([ring.read().toString(), ring.totalBytes()], ['abcd', 4]);
  ring.push(Buffer.from('xyz'), 1_000_001);
  assert.deepEqual(ring.readFrom(2, 100), { bytes: Buffer.from('xyz'), from: 1_000_001 });
  ring.push(Buffer.from('zABCDEF'), 1_000_003);
  assert.deepEqual([ring.read().toString(), ring.totalBytes()], ['yzABCDEF', 1_000_010]);
});
