// What keys have to be.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleKeys } from '../../src/config/key-rules.ts';
import { toKeyDigest } from '../../src/keys.ts';
import { createJudge, server, withServer } from '../support/config.ts';
import { keyOf, magicKey } from '../support/daemon.ts';

const makesOne = '(`remotetask key` makes one)';
const weak = (length: number): string =>
  `Use a longer key: this one has ${length} characters, and one of 22 or more cannot be guessed`;
const short = (length: number): string =>
  `Make the key longer: at least 8 characters, better 22, and it has ${length} ${makesOne}`;
const control = `Use a key without line breaks and other control characters ${makesOne}`;
const invisible = 'Type or copy the key again: it contains an invisible character, which has to be sent, too';
const quoted = 'Remove the typographic quotes from the key, or they have to be sent, too';
const published = `Use a key of your own: this one is published in a document ${makesOne}`;

const keys: readonly [key: string, kind: 'fine' | 'warning' | 'error', message?: string][] = [
  ['', 'error', `Give a key: it is empty ${makesOne}`],
  [`sha256:${toKeyDigest('')}`, 'error', `Give a key: it is empty ${makesOne}`],
  ['1', 'error', short(1)],
  ['1234567', 'error', short(7)],
  ['ключики', 'error', short(7)],
  ['aaaaaaaaaaaa', 'error', `Use a real key: this is one character repeated ${makesOne}`],
  ['🔑'.repeat(30), 'error', `Use a real key: this is one character repeated ${makesOne}`],
  ['12345678', 'warning', weak(8)],
  ['ключключ', 'warning', weak(8)],
  ['123456789012345678901', 'warning', weak(21)],
  ['1234567890123456789012', 'fine'],
  ['with / and ? # % & + ä 🔑', 'fine'],
  ['x'.repeat(1023) + 'y', 'fine'],
  ['x'.repeat(1024) + 'y', 'error', 'Make the key shorter: at most 1024 bytes are accepted'],
  ['in two\nlines-34567890123', 'error', control],
  ['with a tab\t4567890123456', 'error', control],
  ['half a pair \ud83d 34567890', 'error', control],
  [
    ' begins with a space 789',
    'warning',
    'Remove the space at the beginning or end of the key, or it has to be sent, too',
  ],
  ['with a joiner\u200b45678901234', 'warning', invisible],
  ['with a no-break\u00a0space 789', 'warning', invisible],
  ['“in curly quotes 678901”', 'warning', quoted],
  ['an apostrophe’s place 789', 'warning', quoted],
];

for (const [key, kind, message] of keys) {
  test(`the key ${JSON.stringify(key.slice(0, 24))} of ${key.length} units is ${kind}`, (t) => {
    const { problems, warnings } = createJudge(t).judge(withServer({ magickey: key }));
    const expected = message === undefined ? [] : [`config.json:4:17 server.magickey: ${message}`];
    assert.deepEqual(
      { problems, warnings },
      { problems: kind === 'error' ? expected : [], warnings: kind === 'warning' ? expected : [] },
    );
  });
}

test('each sample key is refused where others can call, also as a digest', (t) => {
  const { judge } = createJudge(t);
  for (const sample of sampleKeys)
    for (const magickey of [sample, `sha256:${toKeyDigest(sample)}`])
      assert.deepEqual(
        judge(withServer({ listen: '0.0.0.0', magickey })).problems,
        [`config.json:4:17 server.magickey: ${published}`],
        sample,
      );
});

test('an expired key is warned of, one that has not expired is not', (t) => {
  const { judge } = createJudge(t);
  const warningsFor = (expires: string): readonly string[] =>
    judge(withServer({ magickey: [{ label: 'Anna', key: magicKey, expires }] }), { TZ: 'UTC' }).warnings;
  assert.deepEqual(warningsFor('2020-01-01'), [
    'config.json:7:16 server.magickey.0.key: Remove this key, or set a new "expires": it has expired and opens nothing',
  ]);
  assert.deepEqual(warningsFor('2999-01-01'), []);
});

const twins: readonly [
  name: string,
  keys: { magic: unknown; a: unknown; b: unknown },
  ...messages: string[],
][] = [
  [
    'the magic key and a task key are the same',
    { magic: magicKey, a: magicKey, b: keyOf('b') },
    'tasks.a.identifier: Give each its own key: this one is the same as that of server.magickey',
  ],
  [
    'two tasks have the same key, once as text and once as a digest',
    { magic: magicKey, a: keyOf('a'), b: `sha256:${toKeyDigest(keyOf('a'))}` },
    'tasks.b.identifier: Give each its own key: this one is the same as that of tasks.a.identifier',
  ],
  [
    'a labelled key is given twice',
    {
      magic: [
        { label: 'x', key: magicKey },
        { label: 'y', key: magicKey },
      ],
      a: keyOf('a'),
      b: keyOf('b'),
    },
    'server.magickey.1.key: Give each its own key: this one is the same as that of server.magickey.0.key',
  ],
  [
    'two keys begin with a third',
    { magic: magicKey, a: `${magicKey}-1`, b: `${magicKey}-2` },
    'tasks.a.identifier: Use keys that do not begin alike: this one begins with the whole key of server.magickey',
    'tasks.b.identifier: Use keys that do not begin alike: this one begins with the whole key of server.magickey',
  ],
  [
    'keys merely begin with the same letters',
    { magic: `${magicKey}-1`, a: `${magicKey}-2`, b: `${magicKey}-3` },
  ],
];

for (const [name, { magic, a, b }, ...messages] of twins) {
  test(`keys that are twins or prefixes are refused: ${name}`, (t) => {
    const config = {
      server: { ...server, magickey: magic },
      tasks: { a: { identifier: a, command: ['ls'] }, b: { identifier: b, command: ['ls'] } },
    };
    assert.deepEqual(
      createJudge(t)
        .judge(config)
        .problems.map((problem) => problem.replace(/^config\.json:\d+:\d+ /, '')),
      messages,
    );
  });
}

test('a key that is also an id, a name or a label is refused, and not shown', (t) => {
  const key = 'short-key-1';
  const tasks = {
    [key]: { identifier: `sha256:${toKeyDigest(key)}`, command: ['ls'] },
    b: { identifier: [{ label: magicKey, key: keyOf('b') }], name: magicKey, command: ['ls'] },
  };
  const { problems } = createJudge(t).judge({ server, tasks });
  assert.deepEqual(
    problems.map((problem) => problem.replace(/^config\.json:\d+:\d+ /, '')),
    ['tasks', 'tasks.b.identifier.0', 'tasks.b'].map(
      (at) => `${at}: Choose a name that is not a key: names are shown and logged`,
    ),
  );
});
