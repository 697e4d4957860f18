// Rows as text for other programs: CSV for spreadsheets, JSON for scripts. A piece at a time, whatever the number of rows.

/** The value of a cell; undefined for none. */
export type Cell = string | number | undefined;

/** How many rows go into one piece. */
const rowsPerPiece = 100;

/**
 * Spreadsheets take such texts for formulas, which may run programs and send data away. Labels, names and addresses come from others, so
 * these texts get an apostrophe in front (OWASP, "CSV injection").
 */
const formulaStart = /^[=+\-@\t\r\n＝＋－＠]/;

/** CSV (RFC 4180) with a byte order mark, without which Excel shows foreign letters wrongly. */
export async function* renderCsv(
  columns: readonly string[],
  rows: AsyncIterable<readonly Cell[]> | Iterable<readonly Cell[]>,
): AsyncGenerator<string> {
  yield `\ufeff${renderRow(columns)}`;
  for await (const piece of gather(rows)) yield piece.map(renderRow).join('');
}

/** A JSON array with one object for each row; cells without a value are null. */
export async function* renderJsonRows(
  columns: readonly string[],
  rows: AsyncIterable<readonly Cell[]> | Iterable<readonly Cell[]>,
): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const piece of gather(rows)) {
    yield separator + piece.map((cells) => renderObject(columns, cells)).join(',\n');
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

function renderObject(columns: readonly string[], cells: readonly Cell[]): string {
  return JSON.stringify(Object.fromEntries(columns.map((name, i) => [name, cells[i] ?? null])));
}

function renderRow(cells: readonly Cell[]): string {
  return `${cells.map(renderCell).join(',')}\r\n`;
}

function renderCell(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const text = formulaStart.test(cell) ? `'${cell}` : cell;
  return /[",;\r\n\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Several rows at once, so that a stream of them has few and larger pieces. */
async function* gather(
  rows: AsyncIterable<readonly Cell[]> | Iterable<readonly Cell[]>,
): AsyncGenerator<readonly (readonly Cell[])[]> {
  let piece: (readonly Cell[])[] = [];
  for await (const row of rows) {
    if (piece.push(row) < rowsPerPiece) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}
