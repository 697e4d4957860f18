// Edits the text of a config. Everything that is not edited stays as its owner wrote it: comments, order, spaces and line ends.
import { applyEdits, findNodeAtLocation, parseTree, type Edit, type JSONPath, type Node } from 'jsonc-parser';

/** Spaces, a line end, or a comment. */
const trivia = /[ \t]+|\r\n|\n|\r|\/\/[^\r\n]*|\/\*[^]*?\*\//y;

/** A value that can be written. */
export type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json };

/** The text with one more property, the last one of the object at a path. */
export function addProperty(text: string, path: JSONPath, name: string, value: Json): string {
  const object = findNode(text, path);
  const last = object.children?.at(-1);
  if (last === undefined) return applyEdits(text, [fillObject(text, object, name, value)]);
  const end = last.offset + last.length;
  const comma = findComma(text, end);
  const indent = findIndent(text, last.offset);
  const added =
    indent === undefined
      ? `${isSpaced(text, last) ? ' ' : ''}${renderInLine(name, value, isSpaced(text, last))}`
      : `${toLineEnd(text)}${indent}${renderSpread(text, name, value, indent)}`;
  if (comma !== undefined)
    return applyEdits(text, [
      insert(indent === undefined ? comma + 1 : skipLine(text, comma + 1), `${added},`),
    ]);
  return applyEdits(
    text,
    indent === undefined
      ? [insert(end, `,${added}`)]
      : [insert(end, ','), insert(skipLine(text, end), added)],
  );
}

/** The text without a property, and without the comments that belong to it: directly above it, and on its line. */
export function removeProperty(text: string, path: JSONPath): string {
  const property = findNode(text, path).parent;
  const siblings = property?.parent?.children;
  if (property === undefined || siblings === undefined) throw new Error('This is not a property');
  const at = siblings.indexOf(property);
  const before = siblings[at - 1];
  const after = siblings[at + 1];
  const end = property.offset + property.length;
  const comma = findComma(text, end);
  /** The comma before the last property would be one too many. */
  const commaBefore =
    comma === undefined && before !== undefined ? findComma(text, before.offset + before.length) : undefined;
  const edits = commaBefore === undefined ? [] : [remove(commaBefore, commaBefore + 1)];
  if (findIndent(text, property.offset) === undefined) {
    const to = after === undefined ? (comma === undefined ? end : comma + 1) : after.offset;
    const from = commaBefore === undefined ? property.offset : commaBefore + 1;
    return applyEdits(text, [...edits, remove(from, to)]);
  }
  const from = findCommentsAbove(text, property.offset);
  const to = skipLine(text, comma === undefined ? end : comma + 1);
  const lineEnd = /^[ \t]*(?:\r\n|\n|\r)?/.exec(text.slice(to))?.[0] ?? '';
  return applyEdits(text, [...edits, remove(from, to + lineEnd.length)]);
}

function findNode(text: string, path: JSONPath): Node {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const node = root === undefined ? undefined : findNodeAtLocation(root, path);
  if (node === undefined) throw new Error('The text has no value at this path');
  return node;
}

/** The property of an object that has none yet. Comments in it stay before the property. */
function fillObject(text: string, { offset, length }: Node, name: string, value: Json): Edit {
  const end = offset + length - 1;
  if (!/[\r\n]/.test(text)) return insert(end, renderInLine(name, value, /[:,] /.test(text)));
  const outer = /^[ \t]*/.exec(text.slice(toLineStart(text, offset)))?.[0] ?? '';
  const indent = outer + findUnit(text);
  const from = offset + 1 + text.slice(offset + 1, end).trimEnd().length;
  const eol = toLineEnd(text);
  return {
    offset: from,
    length: end - from,
    content: `${eol}${indent}${renderSpread(text, name, value, indent)}${eol}${outer}`,
  };
}

/** A property whose value has a line for each of its own properties. */
function renderSpread(text: string, name: string, value: Json, indent: string): string {
  if (typeof value !== 'object' || isList(value)) return renderInLine(name, value, true);
  const eol = toLineEnd(text);
  const inner = Object.entries(value).map(
    ([key, part]) => `${indent}${findUnit(text)}${renderInLine(key, part, true)}`,
  );
  return `${JSON.stringify(name)}: {${eol}${inner.join(`,${eol}`)}${eol}${indent}}`;
}

function renderInLine(name: string, value: Json, isSpacedOut: boolean): string {
  return isSpacedOut
    ? `${JSON.stringify(name)}: ${renderValue(value)}`
    : `${JSON.stringify(name)}:${JSON.stringify(value)}`;
}

function renderValue(value: Json): string {
  if (typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(renderValue).join(', ')}]`;
  const parts = Object.entries(value).map(([name, part]) => renderInLine(name, part, true));
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** The place of the comma that follows a value. */
function findComma(text: string, from: number): number | undefined {
  let at = from;
  for (let length = measureTrivia(text, at); length > 0; length = measureTrivia(text, at)) at += length;
  return text[at] === ',' ? at : undefined;
}

/** The end of the comments that follow a place on the same line. */
function skipLine(text: string, from: number): number {
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
function findCommentsAbove(text: string, at: number): number {
  const start = toLineStart(text, at);
  const above = text.slice(0, start);
  const comment = /(?:^|[\r\n])([ \t]*(?:\/\/[^\r\n]*|\/\*(?:(?!\*\/)[^])*\*\/)[ \t]*(?:\r\n|\n|\r))$/.exec(
    above,
  )?.[1];
  return comment === undefined ? start : findCommentsAbove(text, start - comment.length);
}

/** What stands before a place on its line if that is only spaces; undefined if it is more, or if there is only one line. */
function findIndent(text: string, at: number): string | undefined {
  const start = toLineStart(text, at);
  const before = text.slice(start, at);
  return start > 0 && /^[ \t]*$/.test(before) ? before : undefined;
}

function toLineStart(text: string, at: number): number {
  return Math.max(text.lastIndexOf('\n', at - 1), text.lastIndexOf('\r', at - 1)) + 1;
}

/** The indentation of one level, as the first property of the config has it. */
function findUnit(text: string): string {
  const [first] = parseTree(text, [], { allowTrailingComma: true })?.children ?? [];
  const indent = first === undefined ? undefined : findIndent(text, first.offset);
  return indent === undefined || indent === '' ? '  ' : indent;
}

function toLineEnd(text: string): string {
  return text.includes('\r\n') ? '\r\n' : text.includes('\n') ? '\n' : '\r';
}

function isSpaced(text: string, { offset, children: [, value] = [] }: Node): boolean {
  return value !== undefined && /:\s/.test(text.slice(offset, value.offset).slice(-2));
}

function insert(offset: number, content: string): Edit {
  return { offset, length: 0, content };
}

function remove(from: number, to: number): Edit {
  return { offset: from, length: to - from, content: '' };
}
