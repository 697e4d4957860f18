// Output as a terminal shows it: what programs really print, however it is cut, and whatever else a program could print.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Line } from '../../src/terminal-text/row.ts';
import { createTerminal, toLines } from '../../src/terminal-text/terminal.ts';

const toText = (lines: readonly Line[]): string =>
  lines
    .map(({ spans, isCut }) => spans.map(({ text }) => text).join('') + (isCut ? '' : '\n'))
    .join('')
    .slice(0, -1);
const show = (printed: string): string => toText(toLines(printed));
/** The styles of the first line: text, or text and style. */
const styles = (printed: string): (string | [string, string])[] =>
  (toLines(printed)[0]?.spans ?? []).map(({ text, style }) => (style === '' ? text : [text, style]));

/** What the programs print: shortened from runs of curl, wget, rsync, apt, npm, restic and rclone, and written by hand for the others. */
const printedBy: Readonly<Record<string, readonly [printed: string, shown: string]>> = {
  'curl -#': [
    '\r#=#=#                                                   \r#######                                 17.5%\r######################################## 100.0%\n',
    '######################################## 100.0%           \n',
  ],
  'wget --progress=bar:force': [
    'Saving to: ‘blob’\n\n\rblob    0%[            ]       0  --.-KB/s               \rblob   42%[====>       ] 123.00K   197KB/s               \rblob  100%[===========>] 292.97K   207KB/s    in 1.4s    \n\n(207 KB/s) - ‘blob’ saved\n',
    'Saving to: ‘blob’\n\nblob  100%[===========>] 292.97K   207KB/s    in 1.4s    \n\n(207 KB/s) - ‘blob’ saved\n',
  ],
  'rsync --progress': [
    'file1\n\r         32,768   1%    0.00kB/s    0:00:00  \r      3,000,000 100%   21.28MB/s    0:00:00 (xfr#1, to-chk=5/7)\nfile2\n',
    'file1\n      3,000,000 100%   21.28MB/s    0:00:00 (xfr#1, to-chk=5/7)\nfile2\n',
  ],
  'apt install, in a terminal': [
    '\u001b[33m\r16% [3 rclone 0 B/14.6 MB 0%]\u001b[0m\u001b[33m\r                             \r70% [Waiting for headers]\u001b[0m\r                         \rGet:4 http://debian.example restic [7487 kB]\r\n',
    'Get:4 http://debian.example restic [7487 kB]\n',
  ],
  'apt install, with its status line': [
    'Unpacking pv ...\r\n\u001b7\u001b[24;0f\u001b[42m\u001b[30mProgress: [ 33%]\u001b[49m\u001b[39m [###...] \u001b8Setting up pv ...\r\n',
    'Unpacking pv ...\nSetting up pv ...\n',
  ],
  'npm install': [
    '⠙\u001b[1G\u001b[0K⠹\u001b[1G\u001b[0K⠸\u001b[1G\u001b[0K\r\nadded 1 package in 2s\r\n⠦\u001b[1G\u001b[0K',
    '\nadded 1 package in 2s\n',
  ],
  'restic backup': [
    '\r\u001b[2Kno parent snapshot found\r\n\r\u001b[2K[0:00] 0 files 0 B, total 1 files\r\n/src/file1\r\n\u001b[2K\u001b[1A\r\u001b[2K\u001b[1A\r\u001b[2KFiles: 6 new\r\n',
    'no parent snapshot found\nFiles: 6 new\n\n',
  ],
  'rclone copy -P, in a terminal': [
    '\u001b[2K\u001b[1GTransferred: 1 / 6, 17%\r\nElapsed time: 1.0s\r\n * file2: 27%\u001b[2K\u001b[1A\u001b[2K\u001b[1A\u001b[2K\u001b[1GTransferred: 6 / 6, 100%\r\nElapsed time: 3.9s\r\n',
    'Transferred: 6 / 6, 100%\nElapsed time: 3.9s\n',
  ],
  'docker pull, in a terminal': [
    'a: Pulling fs layer \r\nb: Pulling fs layer \r\n\u001b[2A\u001b[2K\ra: Downloading [=>    ]  1MB\r\u001b[2B\u001b[1A\u001b[2K\rb: Download complete \r\u001b[1B\u001b[2A\u001b[2K\ra: Pull complete \r\u001b[2BStatus: done\r\n',
    'a: Pull complete \nb: Download complete \nStatus: done\n',
  ],
  'tqdm, one bar below another': [
    '\router:   0%|    | 0/2\n\rinner:   0%|    | 0/9\u001b[A\n\rinner: 100%|####| 9/9\u001b[A\router:  50%|##  | 1/2\n\u001b[A\router: 100%|####| 2/2\n\n',
    'outer: 100%|####| 2/2\ninner: 100%|####| 9/9\n',
  ],
  ffmpeg: [
    'frame=   25 fps=0.0 q=28.0 size=       0kB time=00:00:01.00    \rframe=  250 fps= 99 q=-1.0 Lsize=     120kB time=00:00:10.00    \n',
    'frame=  250 fps= 99 q=-1.0 Lsize=     120kB time=00:00:10.00    \n',
  ],
  'borg create --progress': [
    '1.23 GB O 1.02 GB C 0 B D 10 N home/a/very/long/name    \r2.50 GB O 2.02 GB C 0 B D 20 N home/b                  \r                                                        \rdone\n',
    'done                                                    \n',
  ],
  'tar -v': ['2026/11/\n2026/11/IMG_1.HEIC\n', '2026/11/\n2026/11/IMG_1.HEIC\n'],
  man: ['N\bNA\bAM\bME\bE _\bu_\bn\n', 'NAME un\n'],
};

for (const [program, [printed, shown]] of Object.entries(printedBy))
  test(`what ${program} prints is shown as a terminal shows it`, () =>
    assert.equal(show(printed), shown.replaceAll(/ +$/gm, '')));

test('signs that move or erase are obeyed, and what only a terminal understands is left out', () => {
  const cases: readonly [printed: string, shown: string][] = [
    ['10%\r20%\rok', 'ok%'],
    ['abc\b\bX', 'aXc'],
    ['\b\b\bx', 'x'],
    ['abc\r\n', 'abc\n'],
    ['a\tb\n1234567\tx\n12345678\tx', 'a       b\n1234567 x\n12345678        x'],
    ['12345678\r\tx', '12345678x'],
    ['one\ntwo\u001b[A\rX', 'Xne\ntwo'],
    ['one\u001b[99AX\u001b[99BY', 'oneXY'],
    ['abcdef\r\u001b[3C\u001b[K', 'abc'],
    ['abcdef\r\u001b[2C\u001b[1K', '   def'],
    ['abcdef\u001b[2Kx', '      x'],
    ['abcdef\r\u001b[2X', '  cdef'],
    ['abc\u001b[2G\u001b[X\u001b[9X', 'a'],
    ['漢字x\u001b[2G\u001b[2X', '    x'],
    ['ab\u001b[9X\u001b[7G\u001b[3Xc', 'ab    c'],
    ['abc\u001b[1`x', 'xbc'],
    [
      'Reading\n\n\u001b7\u001b[0;23r\u001b8\u001b[1A\u001b7\u001b[24;0fProgress: [ 10%] \u001b8Setting up\n\n\u001b7\u001b[0;24r\u001b8\u001b[1A\u001b[Jdone',
      'Reading\nSetting up\ndone',
    ],
    ['\u001b]52;c;aGk=\u0007\u001b]133;A\u0007\u001b_Gf=24;AAAA\u001b\\\u001bPq#0~\u001b\\text', 'text'],
    ['h\0i\0\n\0', 'hi\n'],
    ['1\n2\n3\u001b[2F\u001b[J!', '!'],
    ['before\u001b[H\u001b[2Jafter', 'before\nafter'],
    ['\u001b[2J\u001b[Hfirst', 'first'],
    ['\u001b]0;a title\u0007text', 'text'],
    ['\u001b]8;;https://nas.example\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u001bP1$r0m\u001b\\\u001b_x\u001b\\\u001b^y\u001b\\\u001bXz\u001b\\text', 'text'],
    ['\u001b]never ended\nthe next line', '\nthe next line'],
    ['\u001b(0\u001b)B\u001b%G\u000e\u000ftext\u0007\0', 'text'],
    ['\u001b[?25l\u001b[>4;2m\u001b[!p\u001b[1 q\u001b=\u001bctext\u001b[?25h', 'text'],
    [`\u001b[${'1;'.repeat(500)}mtext`, 'text'],
    ['\u001b[3\u001b[1mtext', 'text'],
    ['\u001b[3\u0018text', 'text'],
    ['\u001b[3ätext', 'ätext'],
    ['\u001b', ''],
    ['\u001b7\u001b[1;1Hnever left\nthe next line', '\nthe next line'],
    ['\u0001\u007f\u0085\u009b31mx', '\u{fffd}\u{fffd}\u{fffd}31mx'],
    ['a\u202eb\u2066c\u2028d\u{d800}e', 'a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e'],
    ['\u001b[8msecret\u001b[0m.', '      .'],
  ];
  for (const [printed, shown] of cases) assert.equal(show(printed), shown, JSON.stringify(printed));
});

test('wide characters take two columns, and marks none', () => {
  const cases: readonly [printed: string, shown: string][] = [
    ['漢字\rx', 'x 字'],
    ['漢字\u001b[2Gx', ' x字'],
    ['a漢\rbb.', 'bb.'],
    ['漢字\u001b[2G語\u001b[5G.', ' 語 .'],
    ['e\u0301\rx', 'x'],
    ['abe\u0301\b.', 'ab.'],
    ['漢\u0301字', '漢\u0301字'],
    ['\u0301x', 'x'],
    ['📷 1%\r📷 2%', '📷 2%'],
    ['👩\u200d💻', '👩\u200d💻'],
    [`a${'\u0301'.repeat(5000)}b`, `a${'\u0301'.repeat(15)}b`],
  ];
  for (const [printed, shown] of cases) assert.equal(show(printed), shown, JSON.stringify(printed));
});

test('colours and weights become styles: 16 colours, and the closest of them for 256 and for RGB', () => {
  const cases: readonly [printed: string, styles: (string | [string, string])[]][] = [
    ['\u001b[31mred\u001b[0m plain', [['red', 'c1'], ' plain']],
    ['\u001b[1;4;92mx', [['x', 'c10 bold under']]],
    ['\u001b[1m\u001b[22mx\u001b[3my\u001b[23mz\u001b[9m!', ['x', ['y', 'italic'], 'z', ['!', 'struck']]],
    ['\u001b[37;44m x ', [[' x ', 'c4 fill']]],
    ['\u001b[7mx\u001b[27my', [['x', 'fill'], 'y']],
    ['\u001b[33;7mx', [['x', 'c3 fill']]],
    [
      '\u001b[2mx\u001b[31my',
      [
        ['x', 'c8'],
        ['y', 'c1'],
      ],
    ],
    ['\u001b[30mx\u001b[97;40my\u001b[90mz', ['xy', ['z', 'c8']]],
    [
      '\u001b[38;5;1mx\u001b[38;5;196my\u001b[38;5;244mz',
      [
        ['x', 'c1'],
        ['y', 'c9'],
        ['z', 'c8'],
      ],
    ],
    ['\u001b[38;5;34mx\u001b[38;5;208my\u001b[38;5;255mz', [['x', 'c2'], ['y', 'c11'], 'z']],
    [
      '\u001b[38;2;0;100;200mx\u001b[38:2::255:0:255my\u001b[38:2:0:180:180mz',
      [
        ['x', 'c4'],
        ['y', 'c13'],
        ['z', 'c6'],
      ],
    ],
    [
      '\u001b[48;5;22;1mx\u001b[49my',
      [
        ['x', 'c2 fill bold'],
        ['y', 'bold'],
      ],
    ],
    ['\u001b[38;2;1;1mx\u001b[38;5mx\u001b[38mx', ['xxx']],
    ['\u001b[4:3mx\u001b[4:0my\u001b[58;5;9mz', [['x', 'under'], 'yz']],
    ['\u001b[31mx\u001b[my', [['x', 'c1'], 'y']],
    ['\u001b[31mab\rc\u001b[39mx', [['c', 'c1'], 'x']],
  ];
  for (const [printed, expected] of cases)
    assert.deepEqual(styles(printed), expected, JSON.stringify(printed));
});

test('a colour continues on the next line, and an endless line is continued, but not in two lines of text', () => {
  assert.deepEqual(
    toLines('\u001b[31ma\nb').map(({ spans }) => spans),
    [[{ text: 'a', style: 'c1' }], [{ text: 'b', style: 'c1' }]],
  );
  const endless = 'x'.repeat(60_000);
  assert.equal(show(endless), endless);
  assert.ok(toLines(endless).length > 50);
});

test('plain text of the size that is kept is shown whole, in whatever lines', () => {
  for (const text of ['\n'.repeat(65_536), '漢字\n'.repeat(9000), 'ab\n'.repeat(21_845), 'x'.repeat(65_536)])
    assert.equal(show(text), text);
});

/** Output of all kinds: sequences, broken ones, text in many scripts, bytes. */
const piece = fc.oneof(
  fc
    .constantFrom(
      '\r',
      '\n',
      '\r\n',
      '\b',
      '\t',
      '\u001b',
      '\u001b[',
      '\u001b]0;',
      '\u001bP',
      '\u0007',
      '\u001b\\',
      '\u001b7',
      '\u001b8',

      '\u001b[H',
      '\u001b[2J',
      '\u001b[J',
      '\u001b[K',
      '\u001b[1K',
      '\u001b[2K',
      '\u001b[3A',
      '\u001b[2B',
      '\u001b[999C',
      '\u001b[9D',

      '\u001b[31;1m',
      '\u001b[48;2;1;200;3m',
      '\u001b[38;5;99m',
      '\u001b[7m',
      '\u001b[m',
      '漢字',
      'e\u0301',
      '📷',
      '<b>&"\'',
      'text',
    )
    .map((text) => Buffer.from(text)),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom('x', '\n', '\u001b[999C.\n').map((text) => Buffer.from(text.repeat(120))),
);
const printed = fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.concat(pieces));

/** The lines that a reader of the changes has in the end. */
function follow(pieces: readonly Uint8Array[]): Line[] {
  const terminal = createTerminal();
  const lines: Line[] = [];
  for (const bytes of pieces) {
    terminal.write(bytes);
    const change = terminal.takeChange();
    assert.ok(change.dropped <= lines.length);
    lines.splice(0, change.dropped);
    assert.ok(change.from <= lines.length);
    lines.splice(change.from, lines.length, ...change.lines);
  }
  return lines;
}

test('however the output is cut, and however often it is looked at, its lines are the same', () => {
  fc.assert(
    fc.property(printed, fc.array(fc.nat(), { maxLength: 12 }), (bytes, cuts) => {
      const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
      const pieces = at.map((from, i) => bytes.subarray(from, at[i + 1]));
      assert.deepEqual(follow(pieces), follow([bytes]));
    }),
    { numRuns: 150 },
  );
  fc.assert(
    fc.property(printed, (bytes) => {
      assert.deepEqual(
        follow([new Uint8Array(), ...[...bytes].map((byte) => Uint8Array.of(byte))]),
        follow([bytes]),
      );
    }),
    { numRuns: 30 },
  );
});

test('whatever is printed, lines contain no control character, and are bounded', () => {
  fc.assert(
    fc.property(printed, (bytes) => {
      for (const { spans } of follow([bytes]))
        for (const { text, style } of spans) {
          assert.doesNotMatch(text, /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
          assert.match(style, /^(?:[a-z]+\d{0,2} ?)*$/);
          assert.ok(text.length <= 1024 * 16);
        }
    }),
  );
  const terminal = createTerminal();
  const lines: number[] = [];
  for (let round = 0; round < 40; round++) {
    terminal.write(Buffer.from('\u001b[999C.\n'.repeat(100) + 'x'.repeat(20_000)));
    const change = terminal.takeChange();
    lines.splice(0, change.dropped);
    lines.splice(
      change.from,
      lines.length,
      ...change.lines.map(({ spans }) => toText([{ spans, isCut: true }]).length),
    );
  }
  const kept = lines.reduce((sum, length) => sum + length, 0);
  assert.ok(kept > 65_536 && kept < 80_000 + 201 * 1024, String(kept));
});

test('a sentence of ours stands on a line of its own, and ends what was cut', () => {
  const cases = [
    ['', []],
    ['text\n', ['text']],
    ['text', ['text']],
    ['text \u001b[31', ['text']],
    ['\u001b]title', []],
    ['x\xc3', ['x\ufffd']],
  ] as const;
  for (const [cut, shown] of cases) {
    const terminal = createTerminal();
    terminal.write(Buffer.from(cut, 'latin1'));
    terminal.note('[Ours]');
    terminal.write(Buffer.from('mmore'));
    const lines = toText(terminal.takeChange().lines).split('\n');
    assert.deepEqual(lines, [...shown, '[Ours]', 'mmore'], JSON.stringify(cut));
  }
});
