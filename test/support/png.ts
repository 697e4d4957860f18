// PNGs of eight bits a channel with alpha, as our rasteriser writes them (PNG, third edition: 5 and 9): read into pixels.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import zlib from 'node:zlib';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and alpha at a place. */
  at(x: number, y: number): readonly number[];
}

export function parsePng(png: Buffer): Pixels {
  assert.equal(png.toString('latin1', 0, 8), '\x89PNG\r\n\x1a\n');
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  assert.deepEqual([...png.subarray(24, 29)], [8, 6, 0, 0, 0], 'eight bits a channel, RGBA, not interlaced');
  const lines = unfilter(zlib.inflateSync(Buffer.concat(findData(png))), width * 4);
  return { width, height, at: (x, y) => [...(lines[y]?.subarray(x * 4, x * 4 + 4) ?? [])] };
}

function findData(png: Buffer): Buffer[] {
  const data: Buffer[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return data;
}

function unfilter(bytes: Buffer, lineBytes: number): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; from += lineBytes + 1) {
    const line = bytes.subarray(from + 1, from + 1 + lineBytes);
    const above = lines.at(-1) ?? Buffer.alloc(lineBytes);
    line.forEach((byte, i) => {
      const [left, up, corner] = [
        i < 4 ? 0 : (line[i - 4] ?? 0),
        above[i] ?? 0,
        i < 4 ? 0 : (above[i - 4] ?? 0),
      ];
      const guess = [0, left, up, (left + up) >> 1, toPaeth(left, up, corner)][bytes[from] ?? 0] ?? 0;
      line[i] = byte + guess;
    });
    lines.push(line);
  }
  return lines;
}

function toPaeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** A square of noise: the largest PNG of its side, without alpha. */
export function createNoise(side: number): Buffer {
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  const lines = Array.from({ length: side }, () => Buffer.concat([Buffer.alloc(1), randomBytes(side * 3)]));
  const chunks = [
    toChunk('IHDR', head),
    toChunk('IDAT', zlib.deflateSync(Buffer.concat(lines))),
    toChunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks]);
}

function toChunk(type: string, data: Buffer): Buffer {
  const [length, body, sum] = [Buffer.alloc(4), Buffer.concat([Buffer.from(type), data]), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(zlib.crc32(body));
  return Buffer.concat([length, body, sum]);
}
