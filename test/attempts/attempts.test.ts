// Every attempt, written behind the caller's back: soon, in order, bounded, and failing nobody.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Attempt, AttemptLine } from '../../src/attempts/attempt.ts';
import { openAttempts, toAttemptFiles, type Attempts } from '../../src/attempts/attempts.ts';
import { createFolder, until } from '../support/daemon.ts';
import { createTestLogger } from '../support/logger.ts';

interface Opened {
  readonly attempts: Attempts;
  readonly file: string;
  readonly older: string;
  readonly log: Record<string, unknown>[];
}

function open(t: { after(fn: () => void): void }, { keep = 1000, folder = createFolder(t) } = {}): Opened {
  const historyPath = path.join(folder, 'history.jsonl');
  const [file, older] = toAttemptFiles(historyPath);
  const { logger, lines } = createTestLogger();
  const clock = { nowMs: () => 0, wallMs: () => Date.UTC(2026, 10, 21) };
  return { attempts: openAttempts({ historyPath, keep, logger, clock }), file, older, log: lines };
}

const loadLines = (file: string): AttemptLine[] =>
  fs
    .readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AttemptLine);
const started: Attempt = {
  result: 'started',
  address: '192.0.2.1',
  label: "Anna's phone",
  task: '7',
  run: 'r',
};
const refused: Attempt = { result: 'magic-key', address: '203.0.113.9' };

test('attempts are in the file within a moment, with number and time, readable by their owner only', async (t) => {
  const { attempts, file } = open(t);
  attempts.note(started);
  attempts.note(refused);
  assert.equal(fs.existsSync(file), false, 'nobody waits for the disk');
  await until(() => (fs.existsSync(file) && fs.statSync(file).size > 0 ? true : undefined), 'the lines');
  const at = '2026-11-21T00:00:00.000Z';
  assert.deepEqual(loadLines(file), [
    { n: 1, at, ...started },
    { n: 2, at, ...refused },
  ]);
  assert.equal(fs.statSync(file).mode & 0o777, 0o600);
});

test('what waits is written at the end, and numbers go on in the next daemon, also behind a torn line', (t) => {
  const folder = createFolder(t);
  const first = open(t, { folder });
  first.attempts.note(started);
  first.attempts.close();
  fs.appendFileSync(first.file, '{"n":2,"at":"2026-1');
  const next = open(t, { folder });
  next.attempts.note(refused);
  next.attempts.close();
  const lines = fs.readFileSync(next.file, 'utf8').trimEnd().split('\n');
  assert.deepEqual([lines.length, (JSON.parse(lines[2] ?? '') as AttemptLine).n], [3, 2]);
});

test('two generations are kept: at least as many attempts as configured, at most twice as many', async (t) => {
  const { attempts, file, older } = open(t, { keep: 10 });
  for (let i = 0; i < 35; i++) {
    attempts.note({ ...refused, address: `192.0.2.${i}` });
    await attempts.find({ filter: {}, limit: 1 });
  }
  const kept = [...loadLines(older), ...loadLines(file)];
  assert.deepEqual(
    kept.map(({ address }) => address),
    Array.from({ length: 15 }, (_, i) => `192.0.2.${20 + i}`),
  );
  attempts.close();
});

test('with 0 nothing is written', (t) => {
  const { attempts, file } = open(t, { keep: 0 });
  attempts.note(started);
  attempts.close();
  assert.equal(fs.existsSync(file), false);
});

test('a file that cannot be written loses what was refused and nothing else, says so once, and goes on when it can', async (t) => {
  const { attempts, file, log } = open(t);
  fs.mkdirSync(file);
  for (let i = 0; i < 3; i++) {
    attempts.note(refused);
    attempts.note(started);
    assert.deepEqual((await attempts.find({ filter: {}, limit: 9 })).attempts, []);
  }
  fs.rmdirSync(file);
  attempts.note({ result: 'joined' });
  attempts.close();
  assert.deepEqual(
    loadLines(file).map(({ result }) => result),
    ['started', 'started', 'started', 'joined'],
  );
  assert.deepEqual(
    log.map(({ event }) => event),
    ['attempts-unwritable', 'attempts-writable'],
  );
});

test('a file that was moved away is begun anew', async (t) => {
  const { attempts, file } = open(t);
  attempts.note(started);
  await attempts.find({ filter: {}, limit: 1 });
  fs.renameSync(file, `${file}.moved`);
  attempts.note(refused);
  attempts.close();
  assert.deepEqual(
    loadLines(file).map(({ n, result }) => [n, result]),
    [[1, 'magic-key']],
  );
});
