// Words as a shell passes them to completion: with the quotes and backslashes that were typed.

/** The words without their quotes: bash passes all of them as they were typed, fish only the last one. */
export function unquoteWords(words: readonly string[], shell: string): readonly string[] {
  if (shell === 'zsh') return words;
  return words.map((word, i) => (shell === 'bash' || i === words.length - 1 ? unquote(word) : word));
}

/** A word of a shell without quotes and backslashes; its last quote may be open. */
function unquote(word: string): string {
  return word.replaceAll(
    /\\([^])|'((?:[^'\\]|\\[^])*)'?|"((?:[^"\\]|\\[^])*)"?/g,
    (_, escaped: string | undefined, single: string | undefined, double: string | undefined) =>
      escaped ?? (single ?? double ?? '').replaceAll(/\\(["'\\$`])/g, '$1'),
  );
}
