// Edits of a config: what is not edited stays to the letter.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { addItem, addProperty, removeItem, removeProperty, wrapInList } from '../../src/config/edit.ts';
import { parseSource } from '../../src/config/source.ts';

const task = { identifier: 'key', name: 'Lights', command: ['/a', 'off'] };
const spread = (unit: string, eol = '\n'): string =>
  [
    `${unit.repeat(2)}"new": {`,
    `${unit.repeat(3)}"identifier": "key",`,
    `${unit.repeat(3)}"name": "Lights",`,
    `${unit.repeat(3)}"command": ["/a", "off"]`,
    `${unit.repeat(2)}}`,
  ].join(eol);

const added: readonly (readonly [string, string, string])[] = [
  [
    'comments on the line of the last task, and behind it',
    '{\n  // a\n  "tasks": {\n    // b\n    "7": { "identifier": "x" } // seven\n    // end\n  }\n}\n',
    `{\n  // a\n  "tasks": {\n    // b\n    "7": { "identifier": "x" }, // seven\n${spread('  ')}\n    // end\n  }\n}\n`,
  ],
  [
    'a comma behind the last task, tabs and CRLF',
    '{\r\n\t"tasks": {\r\n\t\t"a": 1,\r\n\t}\r\n}',
    `{\r\n\t"tasks": {\r\n\t\t"a": 1,\r\n${spread('\t', '\r\n')},\r\n\t}\r\n}`,
  ],
  ['no task', '{\n  "tasks": {}\n}\n', `{\n  "tasks": {\n${spread('  ')}\n  }\n}\n`],
  [
    'no task but a comment',
    '{\n  "tasks": {\n    // none\n  }\n}\n',
    `{\n  "tasks": {\n    // none\n${spread('  ')}\n  }\n}\n`,
  ],
  ['one line', '{"tasks":{"a":{"x":1}}}', `{"tasks":{"a":{"x":1},"new":${JSON.stringify(task)}}}`],
];

for (const [what, before, after] of added)
  test(`a task is added to a config with ${what}, and removed again`, () => {
    assert.equal(addProperty(before, ['tasks'], 'new', task), after);
    const value = (text: string): unknown => {
      const source = parseSource(text);
      return 'value' in source ? source.value : source.problems;
    };
    assert.deepEqual(value(removeProperty(after, ['tasks', 'new'])), value(before));
  });

test('a removed task takes the comments with it that belong to it, and no others', () => {
  const text =
    '{\n  "tasks": { // all\n    // A\n    "a": 1, // one\n\n    // about many\n\n    /* B\n       b */\n    // c\n    "b": 2 // two\n    // end\n  }\n}\n';
  assert.equal(
    removeProperty(text, ['tasks', 'b']),
    '{\n  "tasks": { // all\n    // A\n    "a": 1 // one\n\n    // about many\n\n    // end\n  }\n}\n',
  );
  assert.equal(
    removeProperty(text, ['tasks', 'a']),
    '{\n  "tasks": { // all\n\n    // about many\n\n    /* B\n       b */\n    // c\n    "b": 2 // two\n    // end\n  }\n}\n',
  );
});

/** The `k` of each item of the list in a text. */
function itemsOf(text: string): readonly string[] {
  const source = parseSource(text);
  assert.ok('value' in source, text);
  return (source.value as { list: { k: string }[] }).list.map(({ k }) => k);
}

test('one key becomes a list as its config is written, and keeps its comments', () => {
  const text =
    '{\n  // mine\n  "magickey": { "env": /* here */ "A" }, // door\n  "one": { "line": "key" }\n}\n';
  const wrapped = wrapInList(text, ['magickey'], { label: 'first' }, 'key');
  assert.equal(
    addItem(wrapInList(wrapped, ['one', 'line'], { label: 'first' }, 'key'), ['magickey'], { label: 'b' }),
    '{\n  // mine\n  "magickey": [\n    { "label": "first", "key": { "env": /* here */ "A" } },\n    { "label": "b" }\n  ], // door\n  "one": { "line": [{ "label": "first", "key": "key" }] }\n}\n',
  );
});

test('whatever a config looks like, an edit changes the value that it names and nothing else', () => {
  const gap = fc.constantFrom('', ' ', '\n', '\r\n\t', ' // x "y": {\n', '/* , } */', '\n\n  // z\n  ');
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', '7', '__proto__', 'x"y', 'ö'), { maxLength: 5 });
  fc.assert(
    fc.property(names, fc.infiniteStream(gap), fc.boolean(), (ids, gaps, hasComma) => {
      const next = (): string => gaps.next().value ?? '';
      const entries = ids.map((id) => `${next()}${JSON.stringify(id)}${next()}:${next()}{"k":1}${next()}`);
      const inner = entries.join(',') + (hasComma && ids.length > 0 ? `,${next()}` : next());
      const text = `{${next()}"tasks":${next()}{${inner}}${next()}}`;
      const idsOf = (edited: string): readonly string[] => {
        const source = parseSource(edited);
        assert.ok('value' in source, edited);
        const { tasks } = source.value as { tasks: object };
        return Object.keys(tasks).toSorted();
      };
      const more = addProperty(text, ['tasks'], 'new', task);
      assert.deepEqual(idsOf(more), [...ids, 'new'].toSorted());
      for (const id of ids)
        assert.deepEqual(
          idsOf(removeProperty(more, ['tasks', id])),
          [...ids.filter((one) => one !== id), 'new'].toSorted(),
        );
      assert.deepEqual(idsOf(removeProperty(more, ['tasks', 'new'])), ids.toSorted());
      const items = ids.map((id) => `${next()}{${next()}"k":${next()}${JSON.stringify(id)}}${next()}`);
      const list = `{${next()}"list":${next()}[${items.join(',')}${hasComma ? `,${next()}` : ''}]${next()}}`;
      if (ids.length > 0) assert.deepEqual(itemsOf(addItem(list, ['list'], { k: 'new' })), [...ids, 'new']);
      for (const [i, id] of ids.entries()) {
        assert.deepEqual(itemsOf(removeItem(list, ['list', i])), ids.toSpliced(i, 1));
        const one = `{${next()}"list":${next()}${JSON.stringify(id)}${next()}}`;
        assert.deepEqual(itemsOf(addItem(wrapInList(one, ['list'], { l: 1 }, 'k'), ['list'], { k: 'b' })), [
          id,
          'b',
        ]);
      }
    }),
    { numRuns: 300 },
  );
});
