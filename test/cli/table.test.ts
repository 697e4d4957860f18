// Tables for a terminal: columns that stand below each other, whatever letters are in them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { renderTable, type Column } from '../../src/cli/table.ts';

const columns: readonly Column[] = [
  { title: 'Id', isRight: true },
  { title: 'Name', givesWay: true },
  { title: 'Owner', maxWidth: 6 },
];

test('columns are as wide as they have to be, and the last one leaves no spaces behind', async () => {
  const rows = [
    ['7', 'Copy', 'root'],
    ['112', 'A', ''],
  ];
  assert.deepEqual(await renderTable(columns, rows, 80), [' Id  Name  Owner', '  7  Copy  root', '112  A']);
  assert.deepEqual(await renderTable(columns, [], 80), ['Id  Name  Owner']);
});

test('wide letters count twice, and what is made of several characters stays whole where a text is cut', async () => {
  const rows = [
    ['1', '日本語', 'a'],
    ['2', 'e\u0301', 'administrators'],
  ];
  assert.deepEqual(await renderTable(columns, rows, 80), [
    'Id  Name    Owner',
    ' 1  日本語  a',
    ' 2  e\u0301       admin…',
  ]);
  const families = [['1', '👩‍👩‍👧'.repeat(20), 'x']];
  assert.deepEqual(await renderTable(columns, families, 30), [
    'Id  Name                 Owner',
    ` 1  ${'👩‍👩‍👧'.repeat(9)}…  x`,
  ]);
});

test('the column that gives way is cut until the table fits, but never to nothing', async () => {
  const rows = [['1', 'x'.repeat(100), 'root']];
  const at = async (width: number): Promise<string> => (await renderTable(columns, rows, width))[1] ?? '';
  assert.equal(await at(200), ` 1  ${'x'.repeat(100)}  root`);
  assert.equal(
    stringWidth((await renderTable(columns, [['1', 'x'.repeat(100), 'admini']], 60))[1] ?? ''),
    60,
  );
  assert.equal(await at(10), ` 1  ${'x'.repeat(15)}…  root`);
});

test('each cell begins where its title does, and no line is wider than wanted while there is room to give way', async () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'ß', '日', '👩‍👩‍👧', 'e\u0301', '한', ' ', '…'),
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 40, max: 100 }),
      async (names, width) => {
        const [title = '', ...lines] = await renderTable(
          columns,
          names.map((name, i) => [String(i), name, 'END']),
          width,
        );
        const at = stringWidth(title.slice(0, title.indexOf('Owner')));
        for (const line of lines) {
          assert.ok(stringWidth(line) <= width, line);
          assert.equal(stringWidth(line.slice(0, line.lastIndexOf('END'))), at, line);
        }
      },
    ),
    { numRuns: 400 },
  );
});
