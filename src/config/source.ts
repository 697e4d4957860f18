// The text of a config: parsed, with comments allowed, and with the place of every value.
import { explainSign, explainText } from './mistaken-file.ts';
import { createLocator, createPlaces, type Locator, type Places, type Problem } from './places.ts';
import { parsePlainJson } from './plain-json.ts';
import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';

/** A config is never nested deeper than this, and a recursive reader could not handle much more. */
const maxDepth = 100;
/** How many syntax errors are listed; later ones usually follow from the first. */
const maxSyntaxProblems = 5;

/** A config file that could be read as JSON. */
export interface Source extends Places {
  readonly value: unknown;
  /** Names that are given twice in one object. */
  readonly twins: readonly Problem[];
}

/** Parses JSON with comments. Returns the source, or its syntax errors. No message quotes the file. */
export function parseSource(text: string): Source | { readonly problems: readonly Problem[] } {
  const toProblem = createLocator(text);
  const plain = parsePlainJson(text, maxDepth);
  if (plain !== undefined) return { value: plain.value, twins: [], ...createPlaces(text, toProblem) };
  if (text.trim() === '')
    return { problems: [toProblem(0, 'Write a config: the file is empty (config.example.json shows one)')] };
  const tooDeepAt = findTooDeep(text);
  if (tooDeepAt !== undefined)
    return {
      problems: [
        toProblem(tooDeepAt, `Correct the JSON here: brackets are nested more than ${maxDepth} deep`),
      ],
    };
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  if (errors.length > 0 || root === undefined) {
    const kind = explainText(text);
    if (kind !== undefined) return { problems: [toProblem(kind.offset, kind.message)] };
    return { problems: toSyntaxProblems(text, { root, errors, toProblem }) };
  }
  const twins = findTwins(root).map(({ first, second }) => {
    const { line, column } = toProblem(first.offset, '');
    return toProblem(
      second.offset,
      `Remove one of the two: this name stands in line ${line}, column ${column} already`,
    );
  });
  return { value: toValue(root), twins, ...createPlaces(text, toProblem) };
}

/** The first syntax errors of a text, one per line. A wrong character is reported once, because it is wrong everywhere. */
function toSyntaxProblems(
  text: string,
  {
    root,
    errors,
    toProblem,
  }: {
    readonly root: Node | undefined;
    readonly errors: readonly ParseError[];
    readonly toProblem: Locator;
  },
): Problem[] {
  const rootEnd = root === undefined ? 0 : root.offset + root.length;
  const endOffset = /[\]}]/.test(text.charAt(rootEnd - 1)) ? rootEnd : Infinity;
  const said = new Set<string>();
  const problems: Problem[] = [];
  for (const { error, offset } of errors) {
    const code = printParseErrorCode(error);
    const name = code === 'InvalidSymbol' && offset >= endOffset ? 'EndOfFileExpected' : code;
    const isFence = /^(?:`{3}|~{3})/.test(text.slice(offset, offset + 3));
    const sign = name === 'InvalidSymbol' || isFence ? explainSign(text, offset) : undefined;
    // An error caused by a character that was already reported is skipped.
    if (said.has(sign ?? '') || (sign === undefined && said.size > 0)) continue;
    if (sign !== undefined) said.add(sign);
    const problem = toProblem(offset, sign ?? `Correct the JSON here: ${explainSyntax(name)}`);
    if (problem.line !== problems.at(-1)?.line) problems.push(problem);
    if (problems.length === maxSyntaxProblems) break;
  }
  return problems;
}

/** The place where brackets outside of strings are nested too deep, if any. */
function findTooDeep(text: string): number | undefined {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(
    /"(?:[^"\\\n\r]|\\.)*"?|\/\/[^\n\r]*|\/\*[^]*?(?:\*\/|$)|[[{\]}]/g,
  )) {
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth--;
    if (depth > maxDepth) return index;
  }
  return undefined;
}

/** Duplicate names in an object. */
function findTwins(node: Node, found: { first: Node; second: Node }[] = []): typeof found {
  if (node.type !== 'object') {
    for (const child of node.children ?? []) findTwins(child, found);
    return found;
  }
  const seen = new Map<unknown, Node>();
  for (const { children: [name, value] = [] } of node.children ?? []) {
    const first = seen.get(name?.value);
    if (name !== undefined && first === undefined) seen.set(name.value, name);
    if (name !== undefined && first !== undefined) found.push({ first, second: name });
    if (value !== undefined) findTwins(value, found);
  }
  return found;
}

/** The tree as plain values; `__proto__` becomes a property like any other. */
function toValue(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(toValue);
  if (node.type !== 'object') return node.value;
  return Object.fromEntries(
    (node.children ?? []).map(({ children: [key, value] = [] }) => [
      String(key?.value),
      value === undefined ? undefined : toValue(value),
    ]),
  );
}

/** The parser's codes in words; it never returns the remaining codes for a text. */
function explainSyntax(name: ReturnType<typeof printParseErrorCode>): string {
  const words: Readonly<Partial<Record<typeof name, string>>> = {
    InvalidSymbol: 'this is neither a text in double quotes nor a number, true, false or null',
    InvalidNumberFormat: 'this is not a number',
    PropertyNameExpected: 'a name in double quotes is missing before this',
    ValueExpected: 'a value is missing before this',
    ColonExpected: 'a colon is missing before this',
    CommaExpected: 'a comma (or a closing bracket) is missing before this',
    CloseBraceExpected: 'a closing brace is missing',
    CloseBracketExpected: 'a closing bracket is missing',
    EndOfFileExpected: 'the config ends before this',
    UnexpectedEndOfComment: 'this comment has no end',
    UnexpectedEndOfString: 'this text has no closing quote in its line',
    UnexpectedEndOfNumber: 'this number is cut off',
    InvalidUnicode: 'four hexadecimal digits belong behind \\u',
    InvalidEscapeCharacter: 'a backslash in a text is written twice',
    InvalidCharacter: 'a tab or other control character in a text is written with a backslash, as in \\t',
  };
  return words[name] ?? 'this cannot be read';
}
