// A table for a terminal: columns as wide as they have to be, one that gives way, and letters of any alphabet.
import stringWidth from 'string-width';

export interface Column {
  readonly title: string;
  readonly isRight?: boolean;
  /** No wider than this, however long its texts are. */
  readonly maxWidth?: number;
  /** The column that is cut first where the table would be too wide, down to a width that still says something. */
  readonly givesWay?: boolean;
}

const gap = '  ';
const leastWidth = 16;

/** The lines of a table, the titles first; where one is cut, it ends with "…". The texts are single lines. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[], maxWidth: number): string[] {
  const all = [columns.map(({ title }) => title), ...rows];
  const natural = columns.map(({ maxWidth = Infinity }, i) =>
    Math.min(
      maxWidth,
      all.reduce((most, row) => Math.max(most, stringWidth(row[i] ?? '')), 0),
    ),
  );
  const excess = natural.reduce((sum, width) => sum + width + gap.length, -gap.length) - maxWidth;
  const widths = natural.map((width, i) =>
    excess > 0 && columns[i]?.givesWay === true ? Math.max(Math.min(width, leastWidth), width - excess) : width,
  );
  return all.map((row) =>
    columns
      .map(({ isRight }, i) => fit(row[i] ?? '', widths[i] ?? 0, isRight === true))
      .join(gap)
      .trimEnd(),
  );
}

/** A text of exactly this width. */
function fit(text: string, width: number, isRight: boolean): string {
  const cut = stringWidth(text) <= width ? text : cutAt(text, width);
  const padding = ' '.repeat(Math.max(0, width - stringWidth(cut)));
  return isRight ? padding + cut : cut + padding;
}

/** The beginning of a text and "…": whole letters only, whatever they are made of. */
function cutAt(text: string, width: number): string {
  let cut = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(`${cut}${segment}…`) > width) break;
    cut += segment;
  }
  return `${cut}…`;
}
