// Keys as text, digests, from the environment and files, and lists of them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { toKeyDigest } from '../../src/keys.ts';
import { createJudge, withServer } from '../support/config.ts';

const key = 'Kd8sLw02mXc93bVqPz7RtY1u';
const digest = toKeyDigest(key);
const shapes =
  'Give a key as text, as "sha256:…", as { "env": "NAME" } or { "file": "PATH" }, or as a list of { "label", "key", "expires" }';
const inListShapes = 'Give a key as text, as "sha256:…", as { "env": "NAME" } or as { "file": "PATH" }';
const otherDigest =
  'Give the digest of a key as "sha256:" and 64 hexadecimal digits (`remotetask key` shows one): other kinds are not known';
const hexDigits = 'Write 64 hexadecimal digits behind "sha256:", as `remotetask key` prints them';
const inFile = 'Put a key into this file (a relative path counts from the folder of the config).';
const env = { THE_KEY: key, DIGEST: `sha256:${digest}`, EMPTY: '' };

test('a key in each of its forms is kept as the same digest', (t) => {
  const { judge, folder } = createJudge(t);
  fs.writeFileSync(path.join(folder, 'key.txt'), `${key}\n`);
  fs.writeFileSync(path.join(folder, 'windows.txt'), `${key}\r\n`);
  fs.writeFileSync(path.join(folder, 'digest.txt'), `sha256:${digest}`);
  const files = ['key.txt', 'windows.txt', 'digest.txt', path.join(folder, 'key.txt')].map((file) => ({
    file,
  }));
  const forms = [
    key,
    `sha256:${digest}`,
    `sha256:${digest.toUpperCase()}`,
    { env: 'THE_KEY' },
    { env: 'DIGEST' },
    ...files,
  ];
  for (const form of [...forms, ...forms.map((inner) => [{ label: 'phone', key: inner }])]) {
    const { loaded, problems } = judge(withServer({ magickey: form }), env);
    assert.deepEqual([loaded?.keys.magic[0]?.digest, problems], [digest, []], JSON.stringify(form));
  }
});

test('labelled keys keep label and end; a day begins at midnight where the daemon is', (t) => {
  const { judge } = createJudge(t);
  const ends = [
    '2099-01-31',
    '2099-01-31T12:00:00Z',
    '2099-01-31T12:00:00+02:00',
    '2099-01-31T12:00',
    undefined,
  ];
  const magickey = ends.map((expires, i) => ({ label: `phone ${i}`, key: `${i}-${key}`, expires }));
  assert.deepEqual(
    judge(withServer({ magickey })).loaded?.keys.magic.map(({ label, expiresAtMs }) => [label, expiresAtMs]),
    [
      ['phone 0', new Date(2099, 0, 31).getTime()],
      ['phone 1', Date.UTC(2099, 0, 31, 12)],
      ['phone 2', Date.UTC(2099, 0, 31, 10)],
      ['phone 3', new Date(2099, 0, 31, 12).getTime()],
      ['phone 4', undefined],
    ],
  );
});

test('a key may begin later than now, but not when it has ended', (t) => {
  const { judge } = createJudge(t);
  const at = (notBefore: string): ReturnType<typeof judge> =>
    judge(
      withServer({
        magickey: [{ label: 'a', key, notBefore, expires: '2099-01-31', created: '2026-11-30' }],
      }),
    );
  assert.equal(at('2099-01-30').loaded?.keys.magic[0]?.notBeforeMs, new Date(2099, 0, 30).getTime());
  assert.match(at('2099-01-31').problems.join(), /Give a "notBefore" that is earlier than "expires"/);
});

const labelled = (more: object): object[] => [{ label: 'a', key, ...more }];
const refusals: readonly [magickey: unknown, at: string, message: string][] = [
  ...[5, null, true, {}, { key }, { env: 'A', file: 'B' }, { sha256: digest }].map(
    (odd): [unknown, string, string] => [odd, '', shapes],
  ),
  [[], '', 'Give at least one here: this is empty'],
  [[key], '.0', 'Give an object in braces here'],
  [[{ key }], '.0.label', 'Add this: it is missing'],
  [[{ label: 'a' }], '.0.key', 'Add a key: it is missing (`remotetask key` makes one)'],
  [labelled({ label: 'two\nlines' }), '.0.label', 'Remove the control character'],
  [labelled({ label: '' }), '.0.label', 'Give some text here: this is empty'],
  [labelled({ key: { fil: 'x' } }), '.0.key', inListShapes],
  [
    labelled({ sha256: digest }),
    '.0.sha256',
    'Remove this unknown name, or correct it (the closest known one is "label"); known here are label, key, notBefore, expires, created, confirm',
  ],
  [labelled({ expire: '2099-01-01' }), '.0.expire', 'Unknown name; did you mean "expires"?'],
  ...[
    'tomorrow',
    '2099-02-30',
    '31.1.2099',
    '2099-01-31T24:00:00Z',
    '2099-01-31T12:00:00+25:00',
    4_073_500_800,
  ].map((expires): [unknown, string, string] => [
    labelled({ expires }),
    '.0.expires',
    'Give a date, "2027-01-31", or a time, "2027-01-31T12:00:00Z"',
  ]),
  ...['abc', digest.slice(1), `${digest}0`, `${digest.slice(1)}g`, ''].map(
    (hex): [unknown, string, string] => [`sha256:${hex}`, '', hexDigits],
  ),
  ...[
    `SHA256:${digest}`,
    `sha512:${digest}`,
    `sha-256:${digest}`,
    `sha256=${digest}`,
    'md5:d41d8cd98f00b204e9800998ecf8427e',
    '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy',
    '$argon2id$v=19$m=65536',
    'argon2id:abcdefgh',
  ].map((odd): [unknown, string, string] => [odd, '', otherDigest]),
  [{ env: 'NOT_SET' }, '', 'Set the environment variable NOT_SET: it is not set'],
  [{ env: 'EMPTY' }, '', 'Set the environment variable EMPTY: it is empty'],
  [{ env: key }, '', 'Set the environment variable: it is not set'],
  [{ env: '' }, '.env', 'Give some text here: this is empty'],
  [{ file: key }, '', `${inFile} The file does not exist`],
  [{ file: '.' }, '', `${inFile} Give a regular file: this is something else, such as a folder`],
  [{ file: 'fifo' }, '', `${inFile} Give a regular file: this is something else, such as a folder`],
  [{ file: '/dev/zero' }, '', `${inFile} Give a regular file: this is something else, such as a folder`],
  [{ file: 'empty.txt' }, '', 'Put a key into this file: it is empty'],
  [{ file: 'latin1.txt' }, '', `${inFile} Save the file as UTF-8: it holds bytes that are something else`],
  [
    { file: 'two-lines.txt' },
    '',
    'Use a key without line breaks and other control characters (`remotetask key` makes one)',
  ],
];

test('a key in any other form is refused with what to do, and never quoted', (t) => {
  const { judge, folder } = createJudge(t);
  execFileSync('mkfifo', [path.join(folder, 'fifo')]);
  fs.writeFileSync(path.join(folder, 'empty.txt'), '\n');
  fs.writeFileSync(path.join(folder, 'latin1.txt'), Buffer.from('Schl\xfcssel-zur-K\xfcche', 'latin1'));
  fs.writeFileSync(path.join(folder, 'two-lines.txt'), `${key}\n\n`);
  for (const [magickey, at, message] of refusals) {
    const { problems } = judge(withServer({ magickey }), env);
    assert.deepEqual(
      problems.map((problem) => problem.replace(/^config\.json:\d+:\d+ /, '')),
      [`server.magickey${at}: ${message}`],
      JSON.stringify(magickey),
    );
  }
});
