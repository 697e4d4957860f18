// The codes of refusals: each way not to start has one, in JSON, and docs/http.md lists them all.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { toAttemptReply, type Attempt } from '../../src/http/replies.ts';
import { en } from '../../src/languages/en.ts';
import { englishRefusals } from '../../src/reasons/refusal.ts';

const attempted = {
  task: { task: 'gate', name: 'Gate', icon: undefined, question: undefined },
  again: undefined,
  toAction: (nonce: string) => `?nonce=${nonce}`,
  following: undefined,
  path: undefined,
};

test('each refused start is JSON with its code, and with Retry-After where waiting helps', () => {
  const retryAfterSeconds = 90;
  const hours = [{ from: 420, until: 1320 }];
  const attempts: [attempt: Attempt, expected: string][] = [
    [{ kind: 'asked', nonce: 'n', isAgain: false }, '428 confirm undefined'],
    [{ kind: 'not-now', why: { code: 'hours', hours, retryAfterSeconds } }, '429 hours 90'],
    [{ kind: 'not-now', why: { code: 'max-per-day', retryAfterSeconds } }, '429 max-per-day 90'],
    [{ kind: 'limited', retryAfterSeconds }, '429 rate-limit 90'],
    [{ kind: 'unwritable' }, '503 could-not-record 60'],
    [{ kind: 'closing' }, '503 closing 30'],
    [{ kind: 'away' }, '503 worker-away 30'],
  ];
  for (const [attempt, expected] of attempts) {
    const asker = { format: 'application/json', language: en, hasWaited: false } as const;
    const { status, headers, body } = toAttemptReply(attempt, attempted, asker);
    const { code, task, name, error } = JSON.parse(body) as Record<string, unknown>;
    assert.equal(`${status} ${String(code)} ${headers['Retry-After']}`, expected);
    assert.deepEqual([task, name], ['gate', 'Gate']);
    assert.match(String(error), /^[A-Z].*\.$/);
  }
  const text = toAttemptReply(
    { kind: 'not-now', why: { code: 'hours', hours, retryAfterSeconds } },
    attempted,
    { format: 'text/plain', language: en, hasWaited: false },
  ).body;
  assert.equal(
    text,
    'Gate: not started. It may not be started at this hour, only at 07:00–22:00. Call again in 1 min 30 s.\n',
  );
});

test('docs/http.md lists each code of a refusal, and no other', () => {
  const document = fs.readFileSync(path.join(import.meta.dirname, '../../docs/http.md'), 'utf8');
  const table = /\| `code` \| Status \|.*\n((?:\|.*\n)+)/.exec(document)?.[1] ?? '';
  const listed = [...table.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, code = '']) => code);
  assert.deepEqual(new Set(listed), new Set(Object.keys(englishRefusals)));
});
