// What the tool synowebapi prints: the answer is found in whatever stands around it, and nothing else is taken for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseSynowebapi } from '../../src/dsm/synowebapi-text.ts';
import { renderPretty } from '../support/fake-synowebapi/render.ts';

const log =
  '[Line 295] Exec WebAPI:  api=SYNO.Core.TaskScheduler, version=2, method=run, param={"success":true}, runner=SYSTEM_ADMIN';
const started = { httpd_restart: false, success: true };
const ofData = (data: unknown): unknown => ({ kind: 'answered', data });

/** A line that the tool may print besides its answer. */
const noiseLine = fc.oneof(
  fc.constant(log),
  fc.constant('[Line 265] Not a json value: {"success":true}'),
  fc.constant(''),
  fc.string({ unit: 'binary' }).map((text) => `[Line 1] ${text.replaceAll('\n', ' ')}`),
  fc.string().map((text) => ` ${text.replaceAll('\n', ' ')}`),
);
const noise = fc.array(noiseLine, { maxLength: 4 }).map((lines) => lines.map((line) => `${line}\n`).join(''));

test('an answer is found alone, behind a line of the log, and before other noise, pretty or on one line', () => {
  const list = {
    data: { tasks: [{ id: 7, name: 'a "b" {c} [d]\n}\n{"success":false}\n😀' }], total: 1 },
    httpd_restart: false,
    success: true,
  };
  const refusal = {
    kind: 'refused',
    code: 4800,
    reason:
      'DSM refused the call: it cannot do this with the task; can it be run in Control Panel > Task Scheduler? (error 4800).',
    why: { code: 'dsm-refused', what: 'call', by: 'synowebapi', number: 4800, cause: 'scheduler' },
  };
  const cases: [text: string, answer: unknown][] = [
    [renderPretty(started), ofData(undefined)],
    [`${log}\n${renderPretty(started)}`, ofData(undefined)],
    [`${log}\n${renderPretty(list)}[Line 265] Not a json value: data\n${log}\n`, ofData(list.data)],
    [`${log}\n${JSON.stringify(list)}\n`, ofData(list.data)],
    [JSON.stringify(started), ofData(undefined)],
    [renderPretty({ data: [], success: true }), ofData([])],
    [renderPretty({ error: { code: 4800 }, success: false }), refusal],
    [
      `{\n   "a" : 1\n}\n${renderPretty({ error: { code: 4800, errors: [{ name: 'x' }] }, httpd_restart: false, success: false })}`,
      refusal,
    ],
    [
      '{\n   "success" : false\n}',
      {
        kind: 'refused',
        code: 100,
        reason: 'DSM refused the call: it gives no reason; try again later (error 100).',
        why: { code: 'dsm-refused', what: 'call', by: 'synowebapi', number: 100, cause: 'no-reason' },
      },
    ],
  ];
  for (const [text, answer] of cases) assert.deepEqual(parseSynowebapi(text), answer, text);
});

test('text without an answer, or with more than one, gives no answer', () => {
  const pretty = renderPretty(started);
  for (const text of [
    '',
    '\n',
    log,
    `${log}\n`,
    'Create CredRequest fail\n',
    '{',
    '}',
    '{}',
    '[]\n',
    'null',
    '{\n   "success" : "true"\n}\n',
    pretty.slice(0, -3),
    ` ${pretty}`,
    `x${pretty}`,
    `${pretty}${pretty}`,
    `${pretty}{"error":{"code":105},"success":false}\n`,
    '<html><body>{"success":true}</body></html>',
    '{\n'.repeat(4_000_000),
    `${'{"a":\n'.repeat(300_000)}1${'}'.repeat(300_000)}`,
  ])
    assert.equal(parseSynowebapi(text), undefined, JSON.stringify(text.slice(0, 100)));
});

test('any answer is found in any noise, whatever is in its texts', () => {
  const json = fc.jsonValue({ stringUnit: 'binary' });
  fc.assert(
    fc.property(noise, json, fc.boolean(), noise, (before, data, isPretty, after) => {
      const answer = { data, httpd_restart: false, success: true };
      const text = isPretty ? renderPretty(answer) : `${JSON.stringify(answer)}\n`;
      assert.deepEqual(parseSynowebapi(before + text + after), ofData(JSON.parse(JSON.stringify(data))));
    }),
  );
});

test('each error number, known or not, becomes a sentence', () => {
  fc.assert(
    fc.property(noise, fc.integer(), noise, (before, code, after) => {
      const parsed = parseSynowebapi(before + renderPretty({ error: { code }, success: false }) + after);
      assert.ok(parsed?.kind === 'refused');
      assert.equal(parsed.code, code);
      assert.match(parsed.reason, /^DSM refused the call: .+ \(error -?\d+\)\.$/);
      assert.doesNotMatch(parsed.reason, /dsm\.webapi\./, 'no setting of the Web API');
    }),
  );
});

test('no text at all makes it throw, and no line of the log is an answer', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseSynowebapi(text)));
  fc.assert(fc.property(noise, (text) => assert.equal(parseSynowebapi(text), undefined)));
});
