// Edits the text of a config. Everything that is not edited stays as its owner wrote it: comments, order, spaces and line ends.
import {
  applyEdits,
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  type Edit,
  type JSONPath,
  type Node,
} from 'jsonc-parser';
import {
  findComma,
  findCommentsAbove,
  findIndent,
  findUnit,
  skipLine,
  toLineEnd,
  toLineStart,
} from './edit-places.ts';

/** A value that can be written. */
export type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json };

/** The text with one more property, the last one of the object at a path. */
export function addProperty(text: string, path: JSONPath, name: string, value: Json): string {
  const object = findNode(text, path);
  const last = object.children?.at(-1);
  if (last === undefined) return applyEdits(text, [fillObject(text, object, name, value)]);
  return addAfter(text, last, {
    inLine: renderInLine(name, value, isSpaced(text, last)),
    spread: (indent) => renderSpread(text, name, value, indent),
    gap: isSpaced(text, last) ? ' ' : '',
  });
}

/** The text with one more item, the last one of the list at a path, which must not be empty. */
export function addItem(text: string, path: JSONPath, value: Json): string {
  const last = findNode(text, path).children?.at(-1);
  if (last === undefined) throw new Error('This is not a list with items');
  const item = renderValue(value);
  return addAfter(text, last, { inLine: item, spread: () => item, gap: ' ' });
}

/** The value at a path, or undefined. */
export function readValue(text: string, path: JSONPath): unknown {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const node = root === undefined ? undefined : findNodeAtLocation(root, path);
  return node === undefined ? undefined : getNodeValue(node);
}

/** The text with another value of a property, which is added if the object has none. */
export function setProperty(text: string, path: JSONPath, name: string, value: Json): string {
  return readValue(text, [...path, name]) === undefined
    ? addProperty(text, path, name, value)
    : replaceValue(text, [...path, name], value);
}

/** The text with another value at a path; its comments go with the old one. */
export function replaceValue(text: string, path: JSONPath, value: Json): string {
  const { offset, length } = findNode(text, path);
  return applyEdits(text, [{ offset, length, content: renderValue(value) }]);
}

/** The text with the value at a path, as it is written, as the last property of an object, which is the only item of a list. */
export function wrapInList(text: string, path: JSONPath, before: Json, name: string): string {
  const { offset, length, parent } = findNode(text, path);
  const start = renderValue(before).replace(/ ?\}$/, `, ${JSON.stringify(name)}: `);
  const indent = findIndent(text, parent?.offset ?? offset);
  const [open, close] =
    indent === undefined
      ? ['[', ']']
      : [`[${toLineEnd(text)}${indent}${findUnit(text)}`, `${toLineEnd(text)}${indent}]`];
  return applyEdits(text, [insert(offset, open + start), insert(offset + length, ` }${close}`)]);
}

/** The new last child, as it is written on the line of the one before, or on a line of its own. */
interface Child {
  readonly inLine: string;
  readonly spread: (indent: string) => string;
  /** What stands before it on the same line. */
  readonly gap: string;
}

function addAfter(text: string, last: Node, { inLine, spread, gap }: Child): string {
  const end = last.offset + last.length;
  const comma = findComma(text, end);
  const indent = findIndent(text, last.offset);
  const added = indent === undefined ? gap + inLine : `${toLineEnd(text)}${indent}${spread(indent)}`;
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
  if (property?.type !== 'property') throw new Error('This is not a property');
  return removeChild(text, property);
}

/** The same for an item of a list. */
export function removeItem(text: string, path: JSONPath): string {
  return removeChild(text, findNode(text, path));
}

function removeChild(text: string, child: Node): string {
  const siblings = child.parent?.children ?? [];
  const at = siblings.indexOf(child);
  const before = siblings[at - 1];
  const after = siblings[at + 1];
  const end = child.offset + child.length;
  const comma = findComma(text, end);
  /** The comma before the last property would be one too many. */
  const commaBefore =
    comma === undefined && before !== undefined ? findComma(text, before.offset + before.length) : undefined;
  const edits = commaBefore === undefined ? [] : [remove(commaBefore, commaBefore + 1)];
  if (findIndent(text, child.offset) === undefined) {
    const to = after === undefined ? (comma === undefined ? end : comma + 1) : after.offset;
    const from = commaBefore === undefined ? child.offset : commaBefore + 1;
    return applyEdits(text, [...edits, remove(from, to)]);
  }
  const from = findCommentsAbove(text, child.offset);
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

function isSpaced(text: string, { offset, children: [, value] = [] }: Node): boolean {
  return value !== undefined && /:\s/.test(text.slice(offset, value.offset).slice(-2));
}

function insert(offset: number, content: string): Edit {
  return { offset, length: 0, content };
}

function remove(from: number, to: number): Edit {
  return { offset: from, length: to - from, content: '' };
}
