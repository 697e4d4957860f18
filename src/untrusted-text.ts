// Makes text from outside, such as the names of DSM's tasks, safe to show: nothing in it moves the cursor or reverses the line.

/** How much is shown of a text that is not understood. */
const shownLines = 5;
const shownLetters = 160;

/**
 * Characters that a terminal obeys instead of showing, or that are invisible: controls, format characters such as those that
 * reverse the writing direction, line separators, half characters. Joiners stay, because emoji and scripts need them.
 */
const unsafe = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** One line with invisible characters made visible: `a\nb`, `\u202e`. */
export function toOneLine(text: string): string {
  return text.replaceAll(unsafe, (sign) => (sign === '\n' ? '\\n' : sign === '\t' ? '\\t' : escape(sign)));
}

/** JSON for people and programs: the same value, and safe to show in a terminal. */
export function renderJson(value: unknown): string {
  return escapeJson(JSON.stringify(value, null, 2));
}

/** The same JSON, with its line ends, but without characters that control a terminal or could be taken for another line end. */
export function escapeJson(json: string): string {
  // Most lines are plain, and checking that takes a tenth of the time.
  return /^[\n -~]*$/.test(json)
    ? json
    : json.replaceAll(unsafe, (sign) => (sign === '\n' ? sign : escape(sign)));
}

/** The first lines of a text that is not understood, for the operator. */
export function toFirstLines(text: string): string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(0, shownLines).map((line) => {
    const shown = toOneLine(line.trimEnd().slice(0, shownLetters));
    return line.length > shownLetters ? `${shown}…` : shown;
  });
}

function escape(sign: string): string {
  return sign
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
