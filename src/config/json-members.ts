// Where the values in an object or a list of a JSON text begin. Comments count as blanks. The text has been parsed before, so it has no mistakes.

/** Where a value begins, and where its name does if it has one. */
export interface Member {
  readonly offset: number;
  readonly nameOffset: number | undefined;
}

/** The values directly in the object or list that begins at an offset, by their names or numbers; none in anything else. Of two with one name the last counts. */
export function listMembers(text: string, start: number): ReadonlyMap<string | number, Member> {
  const members = new Map<string | number, Member>();
  const opening = text[start];
  if (opening !== '{' && opening !== '[') return members;
  for (let at = skipBlanks(text, start + 1); at < text.length && !isClosing(text[at]);) {
    if (opening === '[') {
      members.set(members.size, { offset: at, nameOffset: undefined });
    } else {
      const end = findClosingQuote(text, at);
      const name: unknown = JSON.parse(text.slice(at, end + 1));
      const offset = skipBlanks(text, end + 1);
      members.set(String(name), { offset, nameOffset: at });
      at = offset;
    }
    at = skipBlanks(text, findEnd(text, at));
  }
  return members;
}

/** The first offset, from a place outside of values, where a value, a name or a closing bracket stands. */
export function skipBlanks(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (/[\s,:]/.test(text.charAt(at))) at++;
    if (text[at] !== '/') return at;
    at = findCommentEnd(text, at);
  }
}

/** The place of the quote that ends the text which begins with a quote at an offset. */
export function findClosingQuote(text: string, opening: number): number {
  const first = text.indexOf('"', opening + 1);
  if (text[first - 1] !== '\\') return first;
  let at = opening + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** The offset behind the value that begins at one. */
function findEnd(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const sign = text[at];
    if (sign === '"') at = findClosingQuote(text, at);
    else if (sign === '/') at = findCommentEnd(text, at) - 1;
    else if (sign === '{' || sign === '[') depth++;
    else if (isClosing(sign)) depth--;
    else if (depth === 0) {
      // A number, or a word.
      while (/[\w.+-]/.test(text.charAt(at))) at++;
      return at;
    }
    at++;
    if (depth === 0) return at;
  }
  return at;
}

function findCommentEnd(text: string, start: number): number {
  if (text[start + 1] === '*') return text.indexOf('*/', start + 2) + 2;
  let at = start;
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}

function isClosing(sign: string | undefined): boolean {
  return sign === '}' || sign === ']';
}
