// CSV and JSON of the history: nothing that others chose becomes a formula, and every value comes back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { renderCsv, renderJsonRows, type Cell } from '../../../src/admin/pages/table-text.ts';

async function join(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

/** Reads CSV as RFC 4180 describes it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const cells = text.replace(/^\ufeff/, '').matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g);
  for (const [, quoted, plain = '', end] of cells) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '\r\n') rows.push([]);
    if (end === '') break;
  }
  return rows.slice(0, -1);
}

test('a text that a spreadsheet would take for a formula gets an apostrophe, and numbers stay numbers', async () => {
  const formulas = [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '＝1',
    '=HYPERLINK("http://x","y")',
  ];
  for (const formula of formulas) {
    const [, [cell] = []] = parseCsv(await join(renderCsv(['a'], [[formula]])));
    assert.equal(cell, `'${formula}`);
  }
  assert.equal(
    await join(renderCsv(['a', 'b', 'c'], [[-1, undefined, 'x=1']])),
    '\ufeffa,b,c\r\n-1,,x=1\r\n',
  );
});

test('every value comes back from CSV and from JSON, and no cell begins as a formula', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('"', ',', ';', '\r\n', ' a ', '=a', 'ü"'),
  );
  const rows = fc.array(fc.tuple(text, fc.option(fc.nat(), { nil: undefined })), { maxLength: 250 });
  await fc.assert(
    fc.asyncProperty(rows, async (cells: readonly (readonly Cell[])[]) => {
      const columns = ['text', 'number'];
      const [, ...found] = parseCsv(await join(renderCsv(columns, cells)));
      const wanted = cells.map(([one, other]) => [String(one), other === undefined ? '' : String(other)]);
      assert.deepEqual(
        found.map(([one = '', other]) => [one.replace(/^'(?=[=+\-@\t\r\n＝＋－＠])/, ''), other]),
        wanted,
      );
      assert.ok(found.flat().every((cell) => !/^[=+\-@\t\r]/.test(cell)));
      assert.deepEqual(
        JSON.parse(await join(renderJsonRows(columns, cells))),
        cells.map(([one, other]) => ({ text: one, number: other ?? null })),
      );
    }),
    { numRuns: 100 },
  );
});

test('rows are asked for only as they are consumed', async () => {
  let asked = 0;
  function* list(): Generator<readonly Cell[]> {
    for (;;) yield [++asked];
  }
  const pieces = renderCsv(['n'], list());
  await pieces.next();
  await pieces.next();
  assert.equal(asked, 100);
  await pieces.return(undefined);
});
