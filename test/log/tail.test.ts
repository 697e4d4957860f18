// The last lines of a log, read back: newest first, over a rotation, whatever else the file contains.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { readLogTail } from '../../src/log/tail.ts';
import { createFolder } from '../support/daemon.ts';

const line = (n: number, level = 30): string =>
  `${JSON.stringify({ level, time: '2026-11-21T00:00:00.000Z', msg: `line ${n}` })}\n`;

async function read(file: string, limit = 3, minLevel = 0): Promise<string[]> {
  const lines = await readLogTail(file, { limit, fits: ({ level }) => level >= minLevel });
  return lines.map(({ msg }) => msg);
}

test('the newest lines come first, and those before a rotation follow', async (t) => {
  const file = path.join(createFolder(t), 'log.txt');
  assert.deepEqual(await read(file), []);
  fs.writeFileSync(`${file}.1`, line(1) + line(2, 40) + line(3));
  fs.writeFileSync(file, `${line(4)}not a line\n${line(5)}{"torn":`);
  assert.deepEqual(await read(file), ['line 5', 'line 4', 'line 3']);
  assert.deepEqual(await read(file, 9, 40), ['line 2']);
  fs.rmSync(file);
  fs.mkdirSync(file);
  assert.deepEqual(await read(file, 1), ['line 3'], 'what is not a file counts as empty');
});

test('of a large file only the end is read', async (t) => {
  const file = path.join(createFolder(t), 'log.txt');
  fs.writeFileSync(file, Array.from({ length: 20_000 }, (_, i) => line(i)).join(''));
  const found = await read(file, 100_000);
  assert.equal(found[0], 'line 19999');
  assert.ok(found.length > 1000 && found.length < 10_000, `${found.length} lines`);
});
