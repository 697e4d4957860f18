// Finds places in the text of a config: commas, comments, indentation.
import { parseTree } from 'jsonc-parser';

/** Spaces, a line end, or a comment. */
const trivia = /[ \t]+|\r\n|\n|\r|\/\/[^\r\n]*|\/\*[^]*?\*\//y;

/** The place of the comma that follows a value. */
export function findComma(text: string, from: number): number | undefined {
  let at = from;
  for (let length = measureTrivia(text, at); length > 0; length = measureTrivia(text, at)) at += length;
  return text[at] === ',' ? at : undefined;
}

/** The end of the comments that follow a place on the same line. */
export function skipLine(text: string, from: number): number {
  let end = from;
  for (let at = from; ;) {
    const length = measureTrivia(text, at);
    const piece = text.slice(at, at + length);
    if (length === 0 || /^[\r\n]/.test(piece)) return end;
    at += length;
    if (piece.startsWith('/')) end = at;
  }
}

function measureTrivia(text: string, at: number): number {
  trivia.lastIndex = at;
  return trivia.exec(text)?.[0].length ?? 0;
}

/** The beginning of the first of the comments that stand, each on lines of its own, directly above the line of a place. */
export function findCommentsAbove(text: string, at: number): number {
  const start = toLineStart(text, at);
  const above = text.slice(0, start);
  const comment = /(?:^|[\r\n])([ \t]*(?:\/\/[^\r\n]*|\/\*(?:(?!\*\/)[^])*\*\/)[ \t]*(?:\r\n|\n|\r))$/.exec(
    above,
  )?.[1];
  return comment === undefined ? start : findCommentsAbove(text, start - comment.length);
}

/** What stands before a place on its line if that is only spaces; undefined if it is more, or if there is only one line. */
export function findIndent(text: string, at: number): string | undefined {
  const start = toLineStart(text, at);
  const before = text.slice(start, at);
  return start > 0 && /^[ \t]*$/.test(before) ? before : undefined;
}

/** The beginning of the line of a place. */
export function toLineStart(text: string, at: number): number {
  return Math.max(text.lastIndexOf('\n', at - 1), text.lastIndexOf('\r', at - 1)) + 1;
}

/** The indentation of one level, as the first property of the config has it. */
export function findUnit(text: string): string {
  const [first] = parseTree(text, [], { allowTrailingComma: true })?.children ?? [];
  const indent = first === undefined ? undefined : findIndent(text, first.offset);
  return indent === undefined || indent === '' ? '  ' : indent;
}

/** The line end that the text uses. */
export function toLineEnd(text: string): string {
  return text.includes('\r\n') ? '\r\n' : text.includes('\n') ? '\n' : '\r';
}
