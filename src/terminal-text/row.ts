// A line that can change: a character and its style for each column.

/** Text of one style; see `toStyle` for its names. */
export interface Span {
  readonly text: string;
  readonly style: string;
}

export interface Line {
  readonly spans: readonly Span[];
  /** Whether the next line continues this one, which was too long. */
  readonly isCut: boolean;
}

/** A cell has a character with the marks that join it; the right half of a wide character is empty. */
export interface Row {
  readonly cells: string[];
  readonly styles: string[];
  isCut: boolean;
}

/** A character and all marks that join it have no more UTF-16 units. */
const maxCellUnits = 16;

export function createRow(): Row {
  return { cells: [], styles: [], isCut: false };
}

/** Puts a character over what is there. A wide character of which half is overwritten leaves a blank. */
export function put(
  { cells, styles }: Row,
  column: number,
  { character, width, style }: { readonly character: string; readonly width: 1 | 2; readonly style: string },
): void {
  while (cells.length < column) styles[cells.push(' ') - 1] = '';
  if (cells[column] === '') cells[column - 1] = ' ';
  if (cells[column + width] === '') cells[column + width] = ' ';
  cells[column] = character;
  styles[column] = style;
  if (width === 1) return;
  cells[column + 1] = '';
  styles[column + 1] = style;
}

/** Joins a mark to the character before the column, if there is one. */
export function join({ cells }: Row, column: number, mark: string): void {
  const at = cells[column - 1] === '' ? column - 2 : column - 1;
  const cell = cells[at];
  if (cell !== undefined && cell.length + mark.length <= maxCellUnits) cells[at] = cell + mark;
}

/** Erases up to the column and with it. */
export function eraseBefore({ cells, styles }: Row, column: number): void {
  const end = Math.min(column + 1, cells.length);
  cells.fill(' ', 0, end);
  styles.fill('', 0, end);
  if (cells[end] === '') cells[end] = ' ';
}

/** Erases some columns from one on; what follows them stays in its place. */
export function eraseSome({ cells, styles }: Row, column: number, count: number): void {
  const end = Math.min(column + count, cells.length);
  if (column >= end) return;
  if (cells[column] === '') cells[column - 1] = ' ';
  cells.fill(' ', column, end);
  styles.fill('', column, end);
  if (cells[end] === '') cells[end] = ' ';
}

/** Erases from the column on. */
export function eraseAfter({ cells, styles }: Row, column: number): void {
  const length = Math.min(column, cells.length);
  if (cells[length] === '') cells[length - 1] = ' ';
  cells.length = length;
  styles.length = length;
}

/** The line without the blanks at its end, with which many programs erase what was there. */
export function toLine({ cells, styles, isCut }: Row): Line {
  const spans: { text: string; style: string }[] = [];
  let end = cells.length;
  if (!isCut) while (end > 0 && cells[end - 1] === ' ' && styles[end - 1] === '') end--;
  for (let at = 0; at < end; at++) {
    const [cell = '', style = ''] = [cells[at], styles[at]];
    const last = spans.at(-1);
    if (last?.style === style) last.text += cell;
    else spans.push({ text: cell, style });
  }
  return { spans, isCut };
}

/** How much memory a line takes, roughly: its characters and one more. */
export function sizeOf({ spans }: Line): number {
  return spans.reduce((size, { text }) => size + text.length, 1);
}
