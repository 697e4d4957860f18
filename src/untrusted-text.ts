// Text from elsewhere, such as the names of DSM's tasks, made fit to be shown: nothing in it moves the cursor or turns the line round.

/** How much is shown of what is not understood. */
const shownLines = 5;
const shownLetters = 160;

/**
 * What a terminal obeys instead of showing it, or what is not seen: controls, format characters such as those that
 * turn the writing direction, line separators, half characters. Joiners stay: emoji and scripts are made with them.
 */
const unsafe = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** One line that shows what would not be seen: `a\nb`, `\u202e`. */
export function toOneLine(text: string): string {
  return text.replaceAll(unsafe, (sign) => (sign === '\n' ? '\\n' : sign === '\t' ? '\\t' : escape(sign)));
}

/** JSON for people and programs: the same value, also where somebody lets a terminal show it. */
export function renderJson(value: unknown): string {
  return escapeJson(JSON.stringify(value, null, 2));
}

/** The same JSON, line ends included, in which nothing steers a terminal or is taken for another line end. */
export function escapeJson(json: string): string {
  // Most lines are plain, and to see that takes a tenth of the time.
  return /^[\n -~]*$/.test(json) ? json : json.replaceAll(unsafe, (sign) => (sign === '\n' ? sign : escape(sign)));
}

/** The first lines of a text that is not understood, for the operator to see. */
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
