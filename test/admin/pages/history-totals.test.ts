// The totals of the history: by outcome, by day, and honest about what was not counted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countCalls,
  countRuns,
  showCallTotals,
  showRunTotals,
} from '../../../src/admin/pages/history-totals.ts';
import { parseHistoryQuery } from '../../../src/admin/pages/history-query.ts';
import type { AttemptLine } from '../../../src/attempts/attempt.ts';
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

const show = (totals: ReturnType<typeof countRuns>): ReturnType<typeof showRunTotals> =>
  showRunTotals(totals, everything, en);

test('runs are counted by outcome and by day, on all pages of a search', () => {
  const totals = show(countRuns(past, { ...everything, before: 'c' }));
  assert.equal(toText(totals.all), '5 runs Succeeded 2 Running 1 Waiting 1 Failed 1');
  assert.equal(toText(totals.ofDay('2026-01-02')), '3 runs: running 1, waiting 1, succeeded 1');
  assert.equal(toText(totals.ofDay('2026-01-01')), '2 runs: failed 1, succeeded 1');
  assert.equal(toText(show(countRuns(past, { ...everything, outcome: 'failed' })).all), '1 run Failed 1');
  assert.equal(show(countRuns(past, { ...everything, task: 'no' })).all, undefined);
});

test('if there are too many, the totals say which were counted, and the day that was cut has none', () => {
  const totals = show(countRuns(past, everything, 4));
  assert.match(toText(totals.all), /^the last 4 runs /);
  assert.match(toText(totals.ofDay('2026-01-02')), /^3 runs/);
  assert.equal(totals.ofDay('2026-01-01'), undefined);
  assert.match(toText(show(countRuns(past, everything, 5)).ofDay('2026-01-01')), /^2 runs/);
});

test('calls are counted by result and by day, those of a flood too, and each count leads to its calls', () => {
  const at = (n: number): string => new Date(day(n)).toISOString();
  const attempts: AttemptLine[] = [
    { n: 4, at: at(2), result: 'flood', calls: 1200 },
    { n: 3, at: at(2), result: 'started', task: '7' },
    { n: 2, at: at(1), result: 'both-keys' },
    { n: 1, at: at(1), result: 'started', task: '7' },
  ];
  const query = parseHistoryQuery(new URLSearchParams({ kind: 'attempts', from: '2026-01-01', task: '7' }));
  const whole = showCallTotals(countCalls(attempts, false), query, en);
  assert.equal(toText(whole.all), '1,203 calls Flood 1,200 Started 2 Wrong keys 1');
  assert.equal(toText(whole.ofDay('2026-01-02')), '1,201 calls: flood 1,200, started 1');
  assert.equal(toText(whole.ofDay('2026-01-01')), '2 calls: wrong keys 1, started 1');
  assert.match(
    whole.all?.html ?? '',
    /href="history\?kind=attempts&amp;result=started&amp;task=7&amp;from=2026-01-01"/,
  );
  const cut = showCallTotals(countCalls(attempts, true), query, en);
  assert.match(toText(cut.all), /^the last 1,203 calls /);
  assert.equal(cut.ofDay('2026-01-01'), undefined);
});
