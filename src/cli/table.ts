// A table for a terminal: columns as wide as their texts, one of them shrinkable, and letters of any alphabet.

export interface Column {
  readonly title: string;
  readonly isRight?: boolean;
  /** The column is never wider than this. */
  readonly maxWidth?: number;
  /** The column that is cut if the table would be too wide, down to a width that is still useful. */
  readonly givesWay?: boolean;
}

const gap = '  ';
const leastWidth = 16;

/** The lines of a table, titles first; a cut text ends with "…". The texts must be single lines. */
export async function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  maxWidth: number,
): Promise<string[]> {
  // Loaded only now, because it would slow the daemon's start by 50 ms.
  const { default: toWidth } = await import('string-width');
  const all = [columns.map(({ title }) => title), ...rows];
  const natural = columns.map(({ maxWidth = Infinity }, i) =>
    Math.min(
      maxWidth,
      all.reduce((most, row) => Math.max(most, toWidth(row[i] ?? '')), 0),
    ),
  );
  const excess = natural.reduce((sum, width) => sum + width + gap.length, -gap.length) - maxWidth;
  const widths = natural.map((width, i) =>
    excess > 0 && columns[i]?.givesWay === true
      ? Math.max(Math.min(width, leastWidth), width - excess)
      : width,
  );
  return all.map((row) =>
    columns
      .map(({ isRight }, i) => fit(row[i] ?? '', { width: widths[i] ?? 0, isRight, toWidth }))
      .join(gap)
      .trimEnd(),
  );
}

interface Fitting {
  readonly width: number;
  readonly isRight: boolean | undefined;
  readonly toWidth: (text: string) => number;
}

/** Pads or cuts a text to exactly this width. */
function fit(text: string, { width, isRight, toWidth }: Fitting): string {
  const cut = toWidth(text) <= width ? text : cutAt(text, width, toWidth);
  const padding = ' '.repeat(Math.max(0, width - toWidth(cut)));
  return isRight === true ? padding + cut : cut + padding;
}

/** The beginning of a text and "…", cut between whole letters only. */
function cutAt(text: string, width: number, toWidth: Fitting['toWidth']): string {
  let cut = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (toWidth(`${cut}${segment}…`) > width) break;
    cut += segment;
  }
  return `${cut}…`;
}
