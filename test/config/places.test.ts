// The places of values in a config are those that a parser of the whole text reports.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import { createPlaces } from '../../src/config/places.ts';

/** The offsets of all values and names in a text, by their paths. */
function listOffsets(text: string): Map<string, readonly [value: number, name: number]> {
  const places = createPlaces(text, (offset, message) => ({ line: offset, column: undefined, message }));
  const offsets = new Map<string, readonly [number, number]>();
  const visit = (node: Node, path: readonly (string | number)[]): void => {
    const at = JSON.stringify(path);
    const expected = node.parent?.type === 'property' ? node.parent.offset : node.offset;
    assert.equal(places.problemAt(path, '').line, node.offset, `${at} in ${text}`);
    assert.equal(places.problemAtKey(path, '').line, expected, `${at} in ${text}`);
    offsets.set(at, [node.offset, expected]);
    for (const [i, child] of (node.children ?? []).entries()) {
      const [name, value] = child.type === 'property' ? (child.children ?? []) : [undefined, child];
      if (value !== undefined) visit(value, [...path, name === undefined ? i : String(name.value)]);
    }
  };
  const root = parseTree(text);
  assert.ok(root !== undefined && findNodeAtLocation(root, []) === root);
  visit(root, []);
  return offsets;
}

test('every value and name of any JSON text is found, with and without indents and comments', () => {
  fc.assert(
    fc.property(
      fc.json({ maxDepth: 4 }),
      fc.constantFrom(undefined, 2, '\t'),
      fc.constantFrom('', '// "a": { [\n', '/* "}], */', '\r\n'),
      (json, space, comment) => {
        const text = JSON.stringify(JSON.parse(json), null, space);
        listOffsets(comment + text + comment);
        // Between the tokens, outside of the texts.
        listOffsets(text.replaceAll(/("(?:[^"\\]|\\.)*")|[{}[\],:]/g, (token) => `${token}${comment}`));
      },
    ),
  );
});

test('numbers, words, odd names and trailing commas are no obstacles', () => {
  const offsets = listOffsets(
    '{ "a\\"b" : -1.5e+3/* c */,"":[true ,null,{"x":"\\\\"},] , "__proto__":{"c":[[]]}, }',
  );
  assert.ok(['["",2,"x"]', '["__proto__","c",0]'].every((path) => offsets.has(path)));
});

test('what is not there is at the nearest value above it', () => {
  const text = '{"tasks":{"7":{"command":["x"]}}}';
  const places = createPlaces(text, (offset, message) => ({ line: offset, column: undefined, message }));
  assert.equal(places.problemAt(['tasks', '7', 'timeout'], '').line, 14);
  assert.equal(places.problemAtKey(['tasks', '7', 'timeout'], '').line, 10);
  assert.equal(places.problemAtKey(['tasks', '7', 'command', 3], '').line, 15);
  assert.equal(places.problemAt(['server'], '').line, 0);
});
