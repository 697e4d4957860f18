// Attempts read back: whole pages without gap or repetition, filtered, and never more work than a page is worth.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Attempt, AttemptLine } from '../../src/attempts/attempt.ts';
import type { AttemptFilter } from '../../src/attempts/filter.ts';
import { readAttempts, type AttemptPage } from '../../src/attempts/read.ts';
import { parsePeriod } from '../../src/values/period.ts';
import { createFolder } from '../support/daemon.ts';

const megabyte = 1_048_576;

function toLines(attempts: readonly Attempt[], from = 1): string {
  return attempts
    .map((attempt, i) => `${JSON.stringify({ n: from + i, at: '2026-11-21T00:00:00.000Z', ...attempt })}\n`)
    .join('');
}

/** All pages, one after the other. */
async function readAll(
  files: readonly string[],
  filter: AttemptFilter,
  limit: number,
): Promise<AttemptLine[]> {
  const all: AttemptLine[] = [];
  let before: string | undefined;
  do {
    const page: AttemptPage = await readAttempts(files, { filter, limit, before });
    all.push(...page.attempts);
    before = page.older;
  } while (before !== undefined);
  return all;
}

const variety: readonly Attempt[] = [
  { result: 'started', address: '192.168.1.5', label: "Anna's phone", task: 'lights', run: 'a' },
  { result: 'joined', address: '192.168.1.6', label: 'Büro "links"', task: 'lights', run: 'a' },
  { result: 'magic-key', address: '203.0.113.9' },
  { result: 'task-key', address: '2001:db8::9', label: 'address' },
  { result: 'stopped', address: '10.0.0.1', run: 'b' },
  { result: 'flood', calls: 7, networks: { '203.0.113.9': 7 } },
];

const filters: readonly (readonly [filter: AttemptFilter, wanted: readonly number[]])[] = [
  [{}, [6, 5, 4, 3, 2, 1]],
  [{ result: 'started' }, [1]],
  [{ result: 'limited' }, []],
  [{ task: 'lights' }, [2, 1]],
  [{ task: 'light' }, []],
  [{ task: '"result":"started"' }, []],
  [{ network: '203.0.113.9' }, [3]],
  [{ network: '192.168.0.0/16' }, [2, 1]],
  [{ network: '192.0.0.0/7' }, [2, 1]],
  [{ network: '0.0.0.0/0' }, [5, 3, 2, 1]],
  [{ network: '2001:db8::/32' }, [4]],
  [{ network: '2001:0db8::/32' }, [4]],
  [{ label: 'ANNA' }, [1]],
  [{ label: 'büro "' }, [2]],
  [{ text: 'PHONE' }, [1]],
  [{ text: '113' }, [6, 3]],
  [{ text: '2026' }, []],
  [{ text: 'address' }, [4]],
  [{ task: 'lights', result: 'joined', network: '192.168.1.0/24', label: 'links', text: 'a' }, [2]],
];

test('each filter finds what fits, newest first, and nothing else', async (t) => {
  const file = path.join(createFolder(t), 'attempts');
  fs.writeFileSync(file, toLines(variety));
  for (const [filter, wanted] of filters) {
    const { attempts } = await readAttempts([file], { filter, limit: 50 });
    assert.deepEqual(
      attempts.map(({ n }) => n),
      wanted,
      JSON.stringify(filter),
    );
  }
});

test('pages follow one another without gap or repetition, whatever the lines, the pages and the borders of reading', async (t) => {
  const folder = createFolder(t);
  const files = [path.join(folder, 'newer'), path.join(folder, 'older')] as const;
  const label = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constant('x'.repeat(60_000)));
  const attempt = fc.record(
    { result: fc.constantFrom('started', 'path', 'flood'), label },
    { requiredKeys: ['result'] },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(attempt),
      fc.array(attempt),
      fc.integer({ min: 1, max: 7 }),
      async (older, newer, limit) => {
        fs.writeFileSync(files[1], toLines(older));
        fs.writeFileSync(files[0], toLines(newer, older.length + 1));
        const all = await readAll(files, {}, limit);
        assert.deepEqual(
          all.map(({ n }) => n),
          [...older, ...newer].map((_, i) => i + 1).toReversed(),
        );
        const found = await readAll(files, { result: 'path' }, limit);
        assert.equal(found.length, [...older, ...newer].filter(({ result }) => result === 'path').length);
      },
    ),
    { numRuns: 60 },
  );
});

test('a page goes on where it was, also when the file has become the older one meanwhile', async (t) => {
  const folder = createFolder(t);
  const [newer, older] = [path.join(folder, 'newer'), path.join(folder, 'older')];
  fs.writeFileSync(newer, toLines(variety));
  const first = await readAttempts([newer, older], { filter: {}, limit: 2 });
  fs.renameSync(newer, older);
  fs.writeFileSync(newer, toLines(variety));
  const second = await readAttempts([newer, older], { filter: {}, limit: 9, before: first.older });
  assert.deepEqual(
    second.attempts.map(({ n }) => n),
    [4, 3, 2, 1],
  );
  assert.equal(
    (await readAttempts([newer, older], { filter: {}, limit: 99, before: 'nowhere-5' })).attempts.length,
    12,
  );
});

test('damaged lines and missing files are passed over', async (t) => {
  const file = path.join(createFolder(t), 'attempts');
  const junk = [
    '',
    '{}',
    'null',
    '{"n":1}',
    'x'.repeat(700_000),
    '\u0000',
    '{"n":5,"at":"never","result":"path"}',
  ];
  fs.writeFileSync(file, `${junk.join('\n')}\n${toLines(variety)}${junk.join('\n')}\n{"torn":`);
  assert.equal((await readAll([file, `${file}.1`], {}, 4)).length, variety.length);
  assert.deepEqual((await readAttempts([`${file}.1`], { filter: {}, limit: 9 })).attempts, []);
});

test('with 100,000 attempts a page reads a quarter of a megabyte, and a search for what is rare a bounded piece, page by page', async (t) => {
  const folder = createFolder(t);
  const files = [path.join(folder, 'newer'), path.join(folder, 'older')] as const;
  const many = Array.from({ length: 100_000 }, (_, i): Attempt => ({
    result: 'both-keys',
    address: `203.0.113.${i % 250}`,
    label: `label ${i} that makes the line as long as those of starts`,
  }));
  fs.writeFileSync(files[0], toLines(many));
  fs.writeFileSync(files[1], toLines([{ result: 'started', task: 'needle' }, ...many]));
  assert.ok(fs.statSync(files[0]).size > 14 * megabyte);
  const page = await readAttempts(files, { filter: {}, limit: 50 });
  assert.deepEqual(
    [page.attempts.length, page.attempts[0]?.n, page.readBytes <= megabyte / 4],
    [50, 100_000, true],
  );
  const rare = { task: 'needle' };
  const first = await readAttempts(files, { filter: rare, limit: 50 });
  assert.deepEqual([first.attempts, first.older === undefined], [[], false]);
  assert.ok(first.readBytes <= 5 * megabyte, `${first.readBytes} bytes`);
  assert.equal((await readAll(files, rare, 50)).length, 1);
});

test('attempts of some days are found on one page, however many lie behind them', async (t) => {
  const file = path.join(createFolder(t), 'attempts');
  const day = (n: number): string => new Date(2026, 4, n, 12).toISOString();
  const lines = (n: number, count: number): string =>
    Array.from(
      { length: count },
      (_, i) =>
        `${JSON.stringify({ n: i + 1, at: day(n), result: 'both-keys', address: `198.51.100.${n}` })}\n`,
    ).join('');
  const many = Math.ceil((6 * megabyte) / lines(1, 1).length);
  fs.writeFileSync(file, lines(1, many) + lines(2, 3) + lines(3, many));
  const period = parsePeriod('2026-05-02', '2026-05-02');
  const { attempts, older, readBytes } = await readAttempts([file], { filter: { period }, limit: 50 });
  assert.deepEqual(
    attempts.map(({ address }) => address),
    ['198.51.100.2', '198.51.100.2', '198.51.100.2'],
  );
  assert.equal(older, undefined);
  assert.ok(readBytes < 2 * megabyte, `${readBytes} bytes count as searched`);
  assert.equal((await readAll([file], { period: parsePeriod('2026-05-03', undefined) }, 9999)).length, many);
  assert.deepEqual(await readAll([file], { period: parsePeriod('2026-05-04', undefined) }, 50), []);
});
