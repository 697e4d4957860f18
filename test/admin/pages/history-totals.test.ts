// The totals of the history: by outcome, by day, and honest about what was not counted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countRuns, renderDayTotals, renderTotals } from '../../../src/admin/pages/history-totals.ts';
import { parseHistoryQuery } from '../../../src/admin/pages/history-query.ts';
import { en } from '../../../src/languages/en.ts';
import { createPast, toRecord } from '../../support/past.ts';

const day = (n: number): number => new Date(2026, 0, n, 12).getTime();
const past = createPast([
  toRecord({ run: 'a', at: day(1), outcome: { kind: 'succeeded' } }),
  toRecord({ run: 'b', at: day(1), outcome: { kind: 'failed', exitCode: 1 } }),
  toRecord({ run: 'c', at: day(2), outcome: { kind: 'succeeded' } }),
  toRecord({ run: 'd', at: day(2), isQueued: true }),
  toRecord({ run: 'e', at: day(2), begun: true }),
]);
const everything = parseHistoryQuery(new URLSearchParams());
const toText = (part: { readonly html: string } | undefined): string =>
  (part?.html ?? '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

test('runs are counted by outcome and by day, on all pages of a search', () => {
  const totals = countRuns(past, { ...everything, before: 'c' });
  assert.equal(
    toText(renderTotals(totals, everything, en)),
    '5 runs Succeeded 2 Running 1 Waiting 1 Failed 1',
  );
  assert.equal(
    toText(renderDayTotals(totals, '2026-01-02', en)),
    '3 runs: running 1, waiting 1, succeeded 1',
  );
  assert.equal(toText(renderDayTotals(totals, '2026-01-01', en)), '2 runs: failed 1, succeeded 1');
  const failed = countRuns(past, { ...everything, outcome: 'failed' });
  assert.equal(toText(renderTotals(failed, everything, en)), '1 run Failed 1');
  assert.equal(renderTotals(countRuns(past, { ...everything, task: 'no' }), everything, en), undefined);
});

test('if there are too many, the totals say which were counted, and the day that was cut has none', () => {
  const totals = countRuns(past, everything, 4);
  assert.match(toText(renderTotals(totals, everything, en)), /^the last 4 runs /);
  assert.match(toText(renderDayTotals(totals, '2026-01-02', en)), /^3 runs/);
  assert.equal(renderDayTotals(totals, '2026-01-01', en), undefined);
  assert.match(toText(renderDayTotals(countRuns(past, everything, 5), '2026-01-01', en)), /^2 runs/);
});
