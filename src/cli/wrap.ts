// Text that fits the terminal.

/** The width if nothing is known about the terminal, as in a pipe. */
const usualWidth = 80;
/** Narrower text could not be read. */
const leastWidth = 40;

/** How many columns text may fill: $COLUMNS, else the terminal's own width. */
export function toWidth(env: NodeJS.ProcessEnv, terminal: number | undefined): number {
  const given = /^[1-9]\d{0,4}$/.test(env['COLUMNS'] ?? '') ? Number(env['COLUMNS']) : terminal;
  // A terminal that does not know its size reports 0.
  return given === undefined || given === 0 ? usualWidth : Math.max(leastWidth, given);
}

/** The lines of a paragraph. A word that is longer than a line stays whole. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** Terms with their meanings: side by side, or below one another if the terminal is too narrow for that. */
export function renderTerms(
  terms: readonly (readonly [term: string, meaning: string])[],
  width: number,
): string[] {
  const longest = Math.max(0, ...terms.map(([term]) => term.length));
  const column = Math.min(longest, Math.floor(width / 3)) + 4;
  return terms.flatMap(([term, meaning]) => {
    const [first = '', ...more] = wrap(meaning, width - column).map((line) => `${' '.repeat(column)}${line}`);
    return term.length + 4 > column
      ? [`  ${term}`, first, ...more]
      : [`  ${term.padEnd(column - 2)}${first.slice(column)}`, ...more];
  });
}
