// What DSM's programs for web authentication print: read strictly, whatever it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isUserName, parseGroupIds, parseLoginAnswer, parseUserName } from '../../src/dsm/cgi-text.ts';
import { isOpaqueValue } from '../../src/opaque-value.ts';

const head =
  'Content-type: text/html; charset="UTF-8"\nP3P: CP="IDC DSP COR ADM DEVi TAIi PSA PSD IVAi IVDi CONi HIS OUR IND CNT"';
const body = '{\n   "result" : "success",\n   "success" : true\n}\n';
const cookie = 'Set-Cookie: id=8b9EKhZnb3w1YC4KNN00020;path=/';

test('a user name is what authenticate.cgi prints, with or without a line end', () => {
  const names = [
    'admin',
    'DOM\\joe',
    'joe@dom',
    'a b',
    'x;reboot',
    "o'hara",
    '$(reboot)',
    '../../etc',
    'Jürgen',
    '王小明',
    'j.doe-2_x',
    '7of9',
  ];
  for (const name of names)
    for (const end of ['', '\n', '\r\n'])
      assert.equal(parseUserName(Buffer.from(name + end)), name, JSON.stringify(name + end));
});

test('nothing, an option, a number, or what no terminal should show is no user name', () => {
  const texts = [
    '',
    '\n',
    ' ',
    ' admin',
    'admin ',
    '-G',
    '--',
    '-',
    '+0',
    '0',
    '1026',
    'admin\nroot',
    'admin\n\n',
    '\nadmin',
    'a\tb',
    'a\0b',
    'a\x1b[2Jb',
    'a\x7fb',
    'a\u0085b',
    'a\u2028b',
    'a\u202eb',
    '\ufeffadmin',
    'a'.repeat(129),
    `${head}\n\nadmin`,
    'Content-type: text/html\r\n\r\nadmin',
  ];
  for (const text of texts) assert.equal(parseUserName(Buffer.from(text)), undefined, JSON.stringify(text));
  assert.equal(parseUserName(Buffer.from([0x61, 0xff])), undefined);
});

test('whatever is printed, a user name is one line without control characters, and no option', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (printed) => {
      const name = parseUserName(printed);
      assert.ok(
        name === undefined ||
          (isUserName(name) && Buffer.from(printed).includes(name) && !/^[-+]|[\0-\x1f\x7f-\x9f]/.test(name)),
      );
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
      assert.equal(isUserName(`${text}\n`) || isUserName(`-${text}`) || isUserName(`+${text}`), false);
    }),
  );
});

test('groups are numbers, or nothing', () => {
  assert.deepEqual(parseGroupIds(Buffer.from('100 25 101\n')), [100, 25, 101]);
  assert.deepEqual(parseGroupIds(Buffer.from('101')), [101]);
  for (const text of [
    '',
    '\n',
    'administrators',
    '100, 101',
    '100\n101',
    '1e2',
    '-101',
    '101 x',
    "id: 'x': no such user",
  ])
    assert.equal(parseGroupIds(Buffer.from(text)), undefined, JSON.stringify(text));
});

test('an answer of login.cgi is read with either line end: token, success, session', () => {
  const cases: [printed: string, expected: ReturnType<typeof parseLoginAnswer>][] = [
    [
      `${head}\n\n{\n   "SynoToken" : "9xKq.-_z",\n   "result" : "success",\n   "success" : true\n}\n`,
      { isSignedIn: true, synoToken: '9xKq.-_z', sessionId: undefined },
    ],
    [
      `${head}\n\n{"SynoToken":"","result":"success","success":true}`,
      { isSignedIn: true, synoToken: undefined, sessionId: undefined },
    ],
    [
      `${head}\n\n{"SynoToken":"a b\\n","success":true}`,
      { isSignedIn: true, synoToken: undefined, sessionId: undefined },
    ],
    [
      `${head}\n\n{"result":"error","success":false}`,
      { isSignedIn: false, synoToken: undefined, sessionId: undefined },
    ],
    [
      `${head}\n\n{"result":"error","success":true}`,
      { isSignedIn: false, synoToken: undefined, sessionId: undefined },
    ],
    [
      `${head}\n${cookie}\n\n${body}`,
      { isSignedIn: true, synoToken: undefined, sessionId: '8b9EKhZnb3w1YC4KNN00020' },
    ],
  ];
  for (const [printed, expected] of cases) {
    assert.deepEqual(parseLoginAnswer(Buffer.from(printed)), expected, printed);
    assert.deepEqual(parseLoginAnswer(Buffer.from(printed.replaceAll('\n', '\r\n'))), expected, printed);
  }
});

test('a cookie of login.cgi counts only as a session for the whole of this host', () => {
  const idOf = (...lines: string[]): string | undefined =>
    parseLoginAnswer(Buffer.from(`${[head, ...lines].join('\n')}\n\n${body}`))?.sessionId;
  for (const more of ['', ';HttpOnly', '; HttpOnly; Secure', '; SameSite=Lax', ';'])
    assert.equal(idOf(`Set-Cookie: id=abc; path=/${more}`), 'abc');
  assert.equal(
    idOf('Set-Cookie: did=x;path=/', 'set-cookie:id=abc;PATH=/', 'Set-Cookie: stay_login=0'),
    'abc',
  );
  const wrong = [
    'id=abc',
    'id=abc;path=/webman',
    'id=abc;path=',
    'id=;path=/',
    'id;path=/',
    'id=a b;path=/',
    'id="abc";path=/',
    'id=a,b;path=/',
    'id=abc;path=/;domain=example.org',
    'ID=abc;path=/',
    'xid=abc;path=/',
    ' ',
    `id=${'a'.repeat(257)};path=/`,
    'id=ab\u00e9;path=/',
  ];
  for (const text of wrong) assert.equal(idOf(`Set-Cookie: ${text}`), undefined, text);
  assert.equal(idOf(cookie, cookie), undefined);
  assert.equal(idOf('X: Set-Cookie: id=abc;path=/'), undefined);
});

test('text that is no answer of login.cgi is not taken for one', () => {
  const texts = [
    '',
    body,
    `\n\n${body}`,
    head,
    `${head}\n\n`,
    `${head}\n\n<html>`,
    `${head}\n\n[]`,
    `${head}\n\n{}`,
    `${head}\n\n{"success":"yes"}`,
  ];
  for (const text of texts) assert.equal(parseLoginAnswer(Buffer.from(text)), undefined, text);
  assert.equal(
    parseLoginAnswer(Buffer.concat([Buffer.from(head), Buffer.from([0xff]), Buffer.from(`\n\n${body}`)])),
    undefined,
  );
});

test('whatever is printed, what is taken from it can stand in a header', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string().map((text) => `Set-Cookie: id=${text};path=/`),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), fc.string({ unit: 'binary' }), (lines, token) => {
      const printed = `${[head, ...lines].join('\n')}\n\n${JSON.stringify({ success: true, SynoToken: token })}`;
      const answer = parseLoginAnswer(Buffer.from(printed));
      for (const value of [answer?.synoToken, answer?.sessionId])
        assert.ok(value === undefined || (isOpaqueValue(value) && !/[\s;,"]/.test(value)));
    }),
  );
});
