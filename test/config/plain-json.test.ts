// Plain JSON is read fast, and everything else is left to the parser that reports places.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parsePlainJson } from '../../src/config/plain-json.ts';

test('any JSON value without names given twice is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.constantFrom(undefined, 2), (json, space) => {
      const value: unknown = JSON.parse(json);
      assert.deepEqual(parsePlainJson(JSON.stringify(value, null, space), 100), { value });
    }),
  );
});

test('colons, quotes and backslashes in texts are no names', () => {
  const value = { 'a:b': ':', '"c":': '\\', d: ['\\":', '{"e":1}'], '\\': { '': ':::' } };
  assert.deepEqual(parsePlainJson(JSON.stringify(value), 100), { value });
});

test('a name that is given twice, comments, and what is no JSON are left to the other parser', () => {
  for (const text of [
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":2}',
    '{"b":{"a":[{"c":1,"c":2}]}}',
    '{"__proto__":1,"__proto__":2}',
    '{"a":1,}',
    '{"a":1 // one\n}',
    '{"a":1} :',
    '{"a":"',
    '"\\',
    '',
  ])
    assert.equal(parsePlainJson(text, 100), undefined, text);
});

test('what is nested deeper than allowed is left to the other parser, however deep', () => {
  const nest = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  assert.notEqual(parsePlainJson(nest(100), 100), undefined);
  assert.equal(parsePlainJson(nest(101), 100), undefined);
  assert.equal(parsePlainJson(nest(1_000_000), 100), undefined);
});
