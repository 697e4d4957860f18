// The lines that a terminal would show, and the place where it would write next. Lines far above that place cannot change any more.
import {
  createRow,
  eraseAfter,
  eraseBefore,
  eraseSome,
  join,
  put,
  sizeOf,
  toLine,
  type Line,
  type Row,
} from './row.ts';
import { toWidth } from './width.ts';

/** What has changed: `dropped` lines at the top are gone; of the lines that remain, those from `from` on are now `lines`. */
export interface Change {
  readonly dropped: number;
  readonly from: number;
  readonly lines: readonly Line[];
}

export interface Screen {
  /** Writes over what is there. A line that becomes too long continues on the next. */
  write(text: string, style: string): void;
  lineFeed(): void;
  /** Moves within the lines that can change; column 0 is the first. */
  move(by: { readonly rows?: number; readonly columns?: number }): void;
  toColumn(column: number): void;
  /** Moves to the next of the tab stops, which are 8 columns apart. */
  tab(): void;
  /** Erases a part of the line. */
  erase(part: 'after' | 'before' | 'line'): void;
  /** Erases so many columns from the place on. */
  eraseColumns(count: number): void;
  /** Removes the lines below. */
  eraseBelow(): void;
  /** Moves to an empty line at the end. */
  toEnd(): void;
  save(): void;
  restore(): void;
  lines(): Line[];
  /** What has changed since this was called last. */
  takeChange(): Change;
}

/** At least so many lines at the end can change, and at most twice as many: a tall terminal has fewer. */
const openRows = 100;
const maxColumns = 1024;
/** How much is kept of lines that cannot change; when there is more, so much is dropped at once. */
const maxSettled = 80_000;
const droppedAtOnce = 8192;
const tabColumns = 8;

export function createScreen(): Screen {
  let settled: Line[] = [];
  let settledSize = 0;
  const open: Row[] = [createRow()];
  let row = 0;
  let column = 0;
  let saved = { row: 0, column: 0 };
  let dropped = 0;
  let changedFrom = 0;
  /** How many lines the reader of the changes has: lines that came and went in between are not reported to it. */
  let taken = 0;
  /** The row to change. */
  const edit = (): Row => {
    changedFrom = Math.min(changedFrom, settled.length + row);
    return open[row] ?? createRow();
  };
  const toColumn = (to: number): void => {
    column = Math.min(Math.max(0, to), maxColumns - 1);
  };
  const drop = (): void => {
    const keep = maxSettled - droppedAtOnce;
    const count = settled.findIndex((line) => (settledSize -= sizeOf(line)) <= keep) + 1;
    settled = settled.slice(count);
    const gone = Math.min(count, taken);
    taken -= gone;
    dropped += gone;
    changedFrom = Math.max(0, changedFrom - count);
  };
  const settle = (): void => {
    for (const line of open.splice(0, openRows).map(toLine)) {
      settled.push(line);
      settledSize += sizeOf(line);
    }
    row -= openRows;
    saved = { ...saved, row: Math.max(0, saved.row - openRows) };
    if (settledSize > maxSettled) drop();
  };
  const lineFeed = (isCut: boolean): void => {
    column = 0;
    if (row === open.length - 1) {
      edit().isCut = isCut;
      open.push(createRow());
    }
    row++;
    if (open.length > 2 * openRows) settle();
  };
  return {
    write(text, style) {
      let line = edit();
      for (const character of text) {
        const width = toWidth(character);
        if (width === 0) join(line, column, character);
        else {
          if (column + width > maxColumns) {
            lineFeed(true);
            line = edit();
          }
          put(line, column, { character, width, style });
          column += width;
        }
      }
    },
    lineFeed: () => lineFeed(false),
    move({ rows = 0, columns = 0 }) {
      row = Math.min(Math.max(0, row + rows), open.length - 1);
      toColumn(column + columns);
    },
    toColumn,
    tab: () => toColumn(column - (column % tabColumns) + tabColumns),
    erase(part) {
      if (part === 'before') eraseBefore(edit(), column);
      else eraseAfter(edit(), part === 'line' ? 0 : column);
    },
    eraseColumns: (count) => eraseSome(edit(), column, count),
    eraseBelow() {
      edit();
      open.length = row + 1;
    },
    toEnd() {
      row = open.length - 1;
      if (edit().cells.length > 0) lineFeed(false);
      column = 0;
    },
    save() {
      saved = { row, column };
    },
    restore() {
      row = Math.min(saved.row, open.length - 1);
      ({ column } = saved);
    },
    lines: () => [...settled, ...open.map(toLine)],
    takeChange() {
      const openFrom = Math.max(0, changedFrom - settled.length);
      const lines = [...settled.slice(changedFrom), ...open.slice(openFrom).map(toLine)];
      const change = { dropped, from: changedFrom, lines };
      dropped = 0;
      taken = settled.length + open.length;
      changedFrom = taken;
      return change;
    },
  };
}
