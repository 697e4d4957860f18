// A period of days: whole days of this machine's clock, also where a day has 23 or 25 hours.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { isWithin, parsePeriod } from '../../src/values/period.ts';

test('a period includes its first and its last day, and may be open on either side', () => {
  const at = (text: string): number => new Date(text).getTime();
  const may = parsePeriod('2026-05-01', '2026-05-31') ?? assert.fail();
  for (const [moment, isIn] of [
    ['2026-04-30T23:59:59.999', false],
    ['2026-05-01T00:00', true],
    ['2026-05-31T23:59:59.999', true],
    ['2026-06-01T00:00', false],
  ] as const)
    assert.equal(isWithin(may, at(moment)), isIn, moment);
  assert.equal(parsePeriod('2026-05-01', undefined)?.untilMs, Infinity);
  assert.equal(parsePeriod(undefined, '2026-05-01')?.fromMs, -Infinity);
  assert.equal(
    isWithin(parsePeriod('2026-05-02', '2026-05-01') ?? assert.fail(), at('2026-05-01T12:00')),
    false,
  );
});

test('what is not a day is refused', () => {
  for (const text of [
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-1-1',
    '30.11.2026',
    '2026-11-30T00:00',
    '0000-01-01',
    'yesterday',
    ' 2026-01-01',
    '２０２６-01-01',
  ])
    for (const period of [parsePeriod(text, undefined), parsePeriod(undefined, text)])
      assert.equal(period, undefined, text);
  assert.notEqual(parsePeriod('2028-02-29', undefined), undefined);
});

test('a day on which the clock is changed has 23 or 25 hours, and no midnight needs to exist', () => {
  const hours = (zone: string, day: string): number =>
    Number(
      execFileSync(
        process.execPath,
        [
          '--input-type=module',
          '--eval',
          `import { parsePeriod } from ${JSON.stringify(path.join(import.meta.dirname, '../../src/values/period.ts'))};
           const { fromMs, untilMs } = parsePeriod('${day}', '${day}');
           console.log((untilMs - fromMs) / 3600000);`,
        ],
        { env: { ...process.env, TZ: zone } },
      ),
    );
  assert.equal(hours('Europe/Berlin', '2026-03-29'), 23);
  assert.equal(hours('Europe/Berlin', '2026-10-25'), 25);
  assert.equal(hours('America/Havana', '2026-03-08'), 23);
});
