// Hours: what may be written, and when they begin, to the second.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Hours, secondsUntilOpen } from '../../src/values/hours.ts';

const parse = (value: unknown): string => {
  const spans = Hours.safeParse(value).data;
  return spans === undefined ? 'refused' : spans.map(({ from, until }) => `${from}-${until}`).join(' ');
};

test('hours are spans of a day in minutes, one or several', () => {
  const table: readonly [value: unknown, spans: string][] = [
    ['07:00-22:00', '420-1320'],
    ['7:05-9:00', '425-540'],
    ['07:00 - 22:00', '420-1320'],
    ['07:00–22:00', '420-1320'],
    ['22:00-06:00', '1320-360'],
    ['22:00-24:00', '1320-1440'],
    ['22:00-00:00', '1320-0'],
    ['00:00-24:00', '0-1440'],
    ['23:59-00:00', '1439-0'],
    [['06:00-07:00', '22:00-23:00'], '360-420 1320-1380'],
    ...[
      '',
      '7-22',
      '07:00',
      '07:00-22:60',
      '24:00-06:00',
      '07:00-24:01',
      '07:00-25:00',
      '7:0-8:0',
      '07:00--22:00',
      '-07:00-22:00',
      '08:00-08:00',
      '00:00-00:00',
      ' 07:00-22:00',
      '07:00-22:00 ',
      '07:00-22:00\n',
      '007:00-22:00',
      '7pm-8pm',
      '07:00-12:00,13:00-14:00',
      [],
      [''],
      ['07:00-22:00', 'x'],
      [['07:00-22:00']],
      7,
      null,
      true,
      {},
      undefined,
    ].map((value): [unknown, string] => [value, 'refused']),
  ];
  for (const [value, spans] of table) assert.equal(parse(value), spans, JSON.stringify(value));
});

const at = (time: string): Date => new Date(`2026-03-10T${time}`);

test('hours begin and end with their minute, past midnight and in lists too', () => {
  const table: readonly [hours: string | string[], time: string, seconds: number][] = [
    ['07:00-22:00', '06:58:59', 61],
    ['07:00-22:00', '06:59:59.999', 1],
    ['07:00-22:00', '07:00:00', 0],
    ['07:00-22:00', '21:59:59.999', 0],
    ['07:00-22:00', '22:00:00', 9 * 3600],
    ['07:00-22:00', '00:00:00', 7 * 3600],
    ['22:00-06:00', '21:59:30', 30],
    ['22:00-06:00', '22:00:00', 0],
    ['22:00-06:00', '23:59:59', 0],
    ['22:00-06:00', '00:00:00', 0],
    ['22:00-06:00', '05:59:59', 0],
    ['22:00-06:00', '06:00:00', 16 * 3600],
    ['22:00-24:00', '23:59:59', 0],
    ['22:00-24:00', '00:00:00', 22 * 3600],
    ['22:00-00:00', '23:59:59', 0],
    ['22:00-00:00', '00:00:00', 22 * 3600],
    ['00:00-24:00', '12:34:56', 0],
    ['23:59-00:00', '00:00:00', 86_340],
    [['06:00-07:00', '22:00-23:00'], '05:59:00', 60],
    [['06:00-07:00', '22:00-23:00'], '07:00:00', 15 * 3600],
    [['22:00-23:00', '06:00-07:00'], '23:00:00', 7 * 3600],
    [['06:00-07:00', '07:00-08:00'], '07:00:00', 0],
    [['06:00-12:00', '10:00-14:00'], '13:00:00', 0],
  ];
  for (const [hours, time, seconds] of table)
    assert.equal(secondsUntilOpen(Hours.parse(hours), at(time)), seconds, `${String(hours)} at ${time}`);
});

test('whoever waits as long as told comes within the hours, and a second earlier has to wait for a second', () => {
  const minute = fc.integer({ min: 0, max: 1439 });
  const span = fc
    .record({ from: minute, until: fc.integer({ min: 0, max: 1440 }) })
    .filter(({ from, until }) => from !== until);
  fc.assert(
    fc.property(
      fc.array(span, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 0, max: 86_399 }),
      (spans, second) => {
        // A day without a change of summer time, wherever this runs.
        const now = new Date(2026, 0, 14, 0, 0, second);
        const seconds = secondsUntilOpen(spans, now);
        const after = (n: number): number => secondsUntilOpen(spans, new Date(now.getTime() + n * 1000));
        assert.equal(after(seconds), 0);
        if (seconds > 0) assert.equal(after(seconds - 1), 1);
        assert.ok(seconds < 86_400);
      },
    ),
  );
});
