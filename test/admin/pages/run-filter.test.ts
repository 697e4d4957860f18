// Which of the runs of the past are found.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHistoryQuery, toQuery, type HistoryQuery } from '../../../src/admin/pages/history-query.ts';
import { findRuns } from '../../../src/admin/pages/run-filter.ts';
import { parsePeriod } from '../../../src/values/period.ts';
import { createEnd, createStart } from '../../support/history.ts';
import { createPast, toRecord } from '../../support/past.ts';

const everything = parseHistoryQuery(new URLSearchParams());

test('runs are found by outcome, task, network, label and text, newest first, a page at a time', () => {
  const records = createPast([
    { start: createStart('a', { name: 'Photos', label: "Anna's phone" }), end: createEnd('a') },
    {
      start: createStart('b', { task: '8', address: '10.0.0.1' }),
      end: createEnd('b', { outcome: { kind: 'failed', reason: 'No disk.' } }),
    },
    { start: createStart('c', { task: '8' }) },
  ]);
  const find = (parts: Partial<HistoryQuery>, limit = 9): string => {
    const { runs, older } = findRuns(records, { ...everything, ...parts }, limit);
    return runs.map(({ start }) => start.run).join('') + (older === undefined ? '' : `>${older}`);
  };
  const cases: [Partial<HistoryQuery>, string][] = [
    [{}, 'cba'],
    [{ outcome: 'succeeded' }, 'a'],
    [{ outcome: 'failed' }, 'b'],
    [{ task: '8' }, 'cb'],
    [{ network: '10.0.0.0/8' }, 'b'],
    [{ label: 'ANNA' }, 'a'],
    [{ text: 'photo' }, 'a'],
    [{ text: 'disk' }, 'b'],
    [{ before: 'c' }, 'ba'],
    [{ before: 'gone' }, 'cba'],
  ];
  for (const [parts, found] of cases) assert.equal(find(parts), found, JSON.stringify(parts));
  assert.deepEqual([find({}, 2), find({ before: 'b' }, 2), find({}, 3)], ['cb>b', 'a', 'cba']);
});

test('runs are found by the days of their acceptance, whatever numbers their names have', () => {
  const noon = (day: number): number => new Date(2026, 4, day, 12).getTime();
  const others = noon(2);
  const records = createPast(
    [1, 2, 3].flatMap((day) => [
      toRecord({ run: `done-${day}`, at: noon(day), outcome: { kind: 'succeeded' }, name: `x,${others},y` }),
      toRecord({ run: `live-${day}`, at: noon(day), begun: true }),
    ]),
  );
  const find = (from?: string, to?: string): string[] =>
    findRuns(records, { period: parsePeriod(from, to) }, 9).runs.map(({ start }) => start.run);
  assert.deepEqual(find('2026-05-02', '2026-05-02'), ['live-2', 'done-2']);
  assert.deepEqual(find('2026-05-03'), ['live-3', 'done-3']);
  assert.deepEqual(find(undefined, '2026-05-01'), ['live-1', 'done-1']);
  assert.equal(find('2026-05-01', '2026-05-03').length, 6);
  assert.deepEqual(find('2026-05-04'), []);
});

test('a query is read as it was written', () => {
  const written: HistoryQuery = {
    ...everything,
    kind: 'attempts',
    result: 'both-keys',
    task: 'a b&c',
    network: 'fd00::/8',
    label: 'ä',
    text: '?',
    from: '2026-11-01',
    to: '2026-11-30',
    period: parsePeriod('2026-11-01', '2026-11-30'),
    before: '1-2',
  };
  assert.deepEqual(parseHistoryQuery(new URLSearchParams(toQuery(written).split('?')[1])), written);
  const runs: HistoryQuery = { ...everything, outcome: 'lost' };
  assert.deepEqual(parseHistoryQuery(new URLSearchParams(toQuery(runs).split('?')[1])), runs);
  const odd = parseHistoryQuery(new URLSearchParams({ kind: 'x', task: ' ', text: 'x'.repeat(500) }));
  assert.deepEqual([odd.kind, odd.task, odd.text?.length, odd.problem], ['runs', undefined, 100, undefined]);
});
