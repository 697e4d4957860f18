// Numbers: how they are summed up, and the table that they are shown in.

/** A number, what was wanted of it, and whether it is so. */
export interface Row {
  readonly what: string;
  readonly is: string;
  readonly target: string;
  /** Undefined where there is no target. */
  readonly holds: boolean | undefined;
}

/** A row whose number is to be at least, or at most, its target. */
export function toRow(
  what: string,
  is: number,
  target: { readonly atLeast: number } | { readonly below: number },
  unit = '',
): Row {
  const isAtLeast = 'atLeast' in target;
  const bound = isAtLeast ? target.atLeast : target.below;
  return {
    what,
    is: `${toText(is)}${unit}`,
    target: `${isAtLeast ? 'at least' : 'below'} ${toText(bound)}${unit}`,
    holds: isAtLeast ? is >= bound : is < bound,
  };
}

/** A number that is only told. */
export function toNote(what: string, is: string): Row {
  return { what, is, target: '', holds: undefined };
}

export function renderTable(rows: readonly Row[]): string {
  const lines = rows.map(({ what, is, target, holds }) => [
    what,
    is,
    target,
    holds === undefined ? '' : holds ? 'holds' : 'does not hold',
  ]);
  const widths = [0, 1, 2].map((i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The value below which a part of all values lie; 0.5 is the median. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function toText(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
