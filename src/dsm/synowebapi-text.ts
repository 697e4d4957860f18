// Parses the output of DSM's tool synowebapi: one answer of the Web API, somewhere between lines of its log.
import type { DsmAnswer } from './call.ts';
import { toLocalRefusal } from './errors.ts';
import { parseAnswer } from './wire.ts';

/** How many lines that begin with a brace are tried: an answer has one, and a text with thousands is not an answer. */
const maxTries = 100;

/**
 * The answer, or undefined if there is not exactly one. It is on a line of its own, or spans from one line
 * that begins with a brace to the next; no line inside begins with a brace, because the answer is indented and its texts contain
 * no line ends. A line of the log begins with its number, whatever braces it contains.
 */
export function parseSynowebapi(text: string): DsmAnswer | undefined {
  const found: DsmAnswer[] = [];
  let close = 0;
  for (let tries = 0, from = findLine(text, '{', 0); from !== -1 && tries < maxTries; tries++) {
    if (close !== -1 && close <= from) close = findLine(text, '}', from);
    const lineEnd = text.indexOf('\n', from);
    const answer =
      parseAnswer(text.slice(from, lineEnd === -1 ? undefined : lineEnd), toLocalRefusal) ??
      (close === -1 ? undefined : parseAnswer(text.slice(from, close + 1), toLocalRefusal));
    if (answer !== undefined) found.push(answer);
    from = findLine(text, '{', from + 1);
  }
  return found.length === 1 ? found[0] : undefined;
}

/** The position of the next line that begins with a character. */
function findLine(text: string, character: string, from: number): number {
  if (from === 0 && text.startsWith(character)) return 0;
  const at = text.indexOf(`\n${character}`, Math.max(0, from - 1));
  return at === -1 ? -1 : at + 1;
}
