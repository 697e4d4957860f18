// Files that are no config at all, or not JSON: refused with a place, never quoted, never a crash.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createJudge, judgeFile } from '../support/config.ts';
import { magicKey } from '../support/daemon.ts';

const example = fs.readFileSync(path.join(import.meta.dirname, '../../config.example.json'));

test('a path that is no readable config file is refused at once', (t) => {
  const { folder } = createJudge(t);
  const at = (name: string): string => path.join(folder, name);
  execFileSync('mkfifo', [at('fifo')]);
  fs.writeFileSync(at('huge'), '{}');
  fs.truncateSync(at('huge'), 50_000_000);
  fs.symlinkSync('loop', at('loop'));
  fs.writeFileSync(at('file'), '{}');
  const regular = 'Give a regular file: this is something else, such as a folder';
  const cases: readonly [file: string, problem: string][] = [
    [folder, regular],
    [at('fifo'), regular],
    ['/dev/null', regular],
    ['/dev/zero', regular],
    [at('huge'), 'Give a smaller file: this one is larger than 10 MB'],
    [at('loop'), 'Cannot open the file (ELOOP)'],
    [at('file/config.json'), 'Cannot open the file (ENOTDIR)'],
  ];
  for (const [file, problem] of cases) {
    const { code, problems } = judgeFile(file);
    assert.deepEqual(
      { code, problems },
      { code: 'config-invalid', problems: [`${path.basename(file)} ${problem}`] },
      file,
    );
  }
  assert.deepEqual(judgeFile(at('nothing')), {
    loaded: undefined,
    code: 'config-missing',
    message: `There is no ${at('nothing')}`,
    problems: ['`remotetask serve` makes one, or start from config.example.json'],
    warnings: [],
  });
});

const empty = 'Write a config: the file is empty (config.example.json shows one)';
const utf8 = 'Save the file as UTF-8: it holds bytes that are something else';
const utf16 =
  'Save the file as UTF-8: it is UTF-16 or something else that holds NUL bytes (Notepad: Save as, Encoding: UTF-8)';
const neither = 'this is neither a text in double quotes nor a number, true, false or null';
const deep = 'Correct the JSON here: brackets are nested more than 100 deep';
const mistakes: readonly [text: string | Buffer, ...problems: string[]][] = [
  ['', `config.json:1:1 ${empty}`],
  [' \n\t\n', `config.json:1:1 ${empty}`],
  ['\uFEFF', `config.json:1:1 ${empty}`],
  ['// nothing\n', 'config.json:2:1 Correct the JSON here: a value is missing before this'],
  [Buffer.from('{"name":"Küche"}', 'latin1'), `config.json ${utf8}`],
  [Buffer.from('\uFEFF{"name":"Kueche"}', 'utf16le'), `config.json ${utf16}`],
  [Buffer.from('{"name":"Kueche"}', 'utf16le'), `config.json ${utf16}`],
  [Buffer.from('\uFEFF{"name":"Kueche"}', 'utf16le').swap16(), `config.json ${utf16}`],
  [
    "{'server': 1}",
    'config.json:1:2 Put double quotes (") in place of single ones here: JSON knows no others',
  ],
  ['{server: 1}', 'config.json:1:2 Put the name here in double quotes: JSON has no names without them'],
  ['{"a": yes}', 'config.json:1:7 Write true here, in small letters: JSON has no other word for it'],
  ['{"a": maybe}', `config.json:1:7 Correct the JSON here: ${neither}`],
  ['{"a": 1}\nthanks', 'config.json:2:1 Correct the JSON here: the config ends before this'],
  [
    '{"a": 1 "b": 2}',
    'config.json:1:9 Correct the JSON here: a comma (or a closing bracket) is missing before this',
  ],
  [
    '{"a": 1\n "b": 2\n "c" 3}',
    'config.json:2:2 Correct the JSON here: a comma (or a closing bracket) is missing before this',
    'config.json:3:2 Correct the JSON here: a comma (or a closing bracket) is missing before this',
  ],
  ['{"a" 1}', 'config.json:1:6 Correct the JSON here: a colon is missing before this'],
  ['[1,,2]', 'config.json:1:4 Correct the JSON here: a value is missing before this'],
  [
    '{"a": [1}',
    'config.json:1:9 Correct the JSON here: a comma (or a closing bracket) is missing before this',
  ],
  ['[1', 'config.json:1:3 Correct the JSON here: a closing bracket is missing'],
  ['{"a": 1', 'config.json:1:8 Correct the JSON here: a closing brace is missing'],
  ['{} }', 'config.json:1:4 Correct the JSON here: the config ends before this'],
  [
    '{"a": "b}\n',
    'config.json:1:7 Correct the JSON here: this text has no closing quote in its line',
    'config.json:2:1 Correct the JSON here: a closing brace is missing',
  ],
  ['{"a": "C:\\x"}', 'config.json:1:7 Correct the JSON here: a backslash in a text is written twice'],
  ['{"a": "\\u12"}', 'config.json:1:7 Correct the JSON here: four hexadecimal digits belong behind \\u'],
  [
    '{"a": "\u0001"}',
    'config.json:1:7 Correct the JSON here: a tab or other control character in a text is written with a backslash, as in \\t',
  ],
  ['{} /* no end', 'config.json:1:4 Correct the JSON here: this comment has no end'],
  ['['.repeat(200_000), `config.json:1:101 ${deep}`],
  ['{"a":'.repeat(200_000), `config.json:1:501 ${deep}`],
  [`//\r${'['.repeat(200_000)}`, `config.json:1:104 ${deep}`],
  [`"\r${'['.repeat(200_000)}`, `config.json:1:103 ${deep}`],
  [`/* " */${'['.repeat(200_000)}`, `config.json:1:108 ${deep}`],
];

for (const [text, ...expected] of mistakes) {
  test(`a file that begins with ${JSON.stringify(text.toString('utf8').slice(0, 24))} is told what to mend`, (t) => {
    assert.deepEqual(createJudge(t).judge(text).problems, expected);
  });
}

test('brackets within texts and comments do not count as nesting', (t) => {
  const brackets = '['.repeat(500);
  const { judge } = createJudge(t);
  const text = `{ // ${brackets}\n /* ${brackets} */ "server": { "listen": "127.0.0.1", "magickey": "\\"${brackets}1" }, "tasks": {} }`;
  assert.equal(judge(text).code, undefined);
});

test('names given twice are refused, each with the place of the first', (t) => {
  const text = `{ "tasks": {},
  "server": { "magickey": "a", "magickey": "b" },
  "tasks": {
    "7": { "identifier": "a", "\\u0069dentifier": "b" },
    "7": {}, "\\u0037": {}
  } }`;
  const already = (line: number, column: number): string =>
    `Remove one of the two: this name stands in line ${line}, column ${column} already`;
  assert.deepEqual(createJudge(t).judge(text).problems, [
    `config.json:2:32 ${already(2, 15)}`,
    'config.json:2:44 server.magickey: Make the key longer: at least 8 characters, better 22, and it has 1 (`remotetask key` makes one)',
    `config.json:3:3 ${already(1, 3)}`,
    `config.json:4:31 ${already(4, 12)}`,
    `config.json:5:5 ${already(4, 5)}`,
    `config.json:5:14 ${already(4, 5)}`,
    'config.json:5:24 tasks.7.identifier: Add a key: it is missing (`remotetask key` makes one)',
  ]);
});

test('a config cut off at any byte is refused with a place, and nothing of its text is shown', (t) => {
  const { judge } = createJudge(t);
  const text = Buffer.from(
    `{ // Küche\n "server": { "listen": "127.0.0.1", "magickey": "${magicKey}" },\n "tasks": { "7": { "identifier": "Zk3-Zk3-Zk3-Zk3-Zk3-Zk3", "name": "Küche" } } }`,
  );
  assert.equal(judge(text).code, undefined);
  for (let length = 0; length < text.length; length++) {
    const { code, problems } = judge(text.subarray(0, length));
    assert.equal(code, 'config-invalid', `cut off at ${length}`);
    for (const problem of problems) {
      assert.match(problem, /^config\.json(:\d+:\d+)? (Correct|Write|Save) /, `cut off at ${length}`);
      assert.doesNotMatch(problem, /Zq3|Zk3|127\.0|K\u00fcche/, `cut off at ${length}`);
    }
  }
});

test('the example cut off at every hundredth byte is refused, too', (t) => {
  const { judge } = createJudge(t);
  const end = example.lastIndexOf('}');
  for (let length = 0; length < end; length += 100)
    assert.equal(judge(example.subarray(0, length)).code, 'config-invalid');
});
