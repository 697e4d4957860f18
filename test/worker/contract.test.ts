// The contract between server and worker: each message as it should be, and everything that only looks like one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isToServer, isToWorker, type ToServer, type ToWorker } from '../../src/worker/contract.ts';
import type { Answer, Question } from '../../src/worker/questions.ts';

const process = { pid: 4711, startTicks: '123456', bootId: 'c0ffee00-0000-4000-8000-000000000000' };
const trace = {
  before: { order: 5, local: 1_700_000_000_000, keys: ['five'], state: { running: ['6'], lastEnd: '0 0' } },
  isAccepted: true as const,
  key: 'six',
} satisfies Extract<ToServer, { kind: 'note' }>['trace'];
const dsm = { nas: 'attic', task: { kind: 'scheduled', id: 7 }, agoMs: 12.5 } as const;

const browser = { address: '192.168.1.5', sessionId: 's', host: 'nas:5001' };
const questions: readonly Question[] = [
  { kind: 'tasks', nas: 'attic' },
  { kind: 'user', browser, synoToken: 't' },
  { kind: 'user', browser: { address: '::1' } },
  { kind: 'syno-token', browser },
  { kind: 'sign-in-here', browser, account: 'a', password: 'p' },
  { kind: 'member', user: 'admin' },
  { kind: 'sign-in', account: 'a', password: 'p' },
  { kind: 'sign-in', account: 'a', password: 'p', code: '123456' },
  { kind: 'proof', session: 1 },
  { kind: 'sign-out', session: 1 },
];
const toWorker: readonly ToWorker[] = [
  { kind: 'start', run: 'a-run', task: '7', digest: 'a'.repeat(64), expiresAt: 1_800_000_000_000.5 },
  { kind: 'stop', run: 'a-run' },
  { kind: 'resume', run: 'a-run', task: '7' },
  { kind: 'resume', run: 'a-run', task: '7', process },
  { kind: 'resume', run: 'a-run', task: '7', process: undefined, dsm: { ...dsm, trace } },
  {
    kind: 'resume',
    run: 'a-run',
    task: '7',
    dsm: { ...dsm, task: { kind: 'triggered', name: 'Camera' }, trace: { before: { keys: [] } } },
  },
  { kind: 'acknowledge', run: 'a-run' },
  { kind: 'restored' },
  { kind: 'noted', run: 'a-run', note: 1, isWritten: false },
  ...questions.map((question) => ({ kind: 'ask' as const, ask: 1, question })),
];
const notTold = { kind: 'not-told', reason: 'No.', lines: ['<html>'], isPassing: true } as const;
const listed = {
  kind: 'listed',
  tasks: [
    { which: { kind: 'scheduled', id: 7 }, name: 'Copy', lastRun: { kind: 'unknown' } },
    {
      which: { kind: 'triggered', name: 'Camera' },
      name: 'Camera',
      number: 12,
      owner: 'root',
      isEnabled: false,
      canRun: true,
      isOther: false,
      lastRun: { kind: 'failed', exitCode: 5, startedAt: '2026-01-01 00:00:00' },
    },
  ],
  triggered: { kind: 'listed' },
} as const;
const nas = {
  name: 'attic',
  client: 3,
  way: 'webapi',
  sentence: 'Tasks of attic are run by the Web API',
  health: { kind: 'failing', sentence: 'No.', retryInMs: 5.5 },
} as const;
const none = { kind: 'none', reason: 'No.', wasAsked: false } as const;
const refused = { kind: 'refused', code: 400, reason: 'No.', isSessionOver: false, isPassing: true } as const;
const answers: readonly Answer[] = [
  { kind: 'tasks', list: notTold },
  { kind: 'tasks', list: listed },
  { kind: 'tasks', list: { ...listed, triggered: notTold } },
  { kind: 'user', found: none },
  { kind: 'user', found: { kind: 'answered', value: 'admin' } },
  { kind: 'user', found: { kind: 'answered' } },
  { kind: 'syno-token' },
  { kind: 'syno-token', synoToken: 't' },
  { kind: 'sign-in-here', found: none },
  { kind: 'sign-in-here', found: { kind: 'answered', value: { isSignedIn: true, sessionId: 's' } } },
  { kind: 'member', found: none },
  { kind: 'member', found: { kind: 'answered', value: true } },
  { kind: 'sign-in', result: { kind: 'signed-in', session: 1 } },
  { kind: 'sign-in', result: { ...refused, isAttempt: true } },
  { kind: 'sign-in', result: { kind: 'unanswered', reason: 'No.', isAttempt: false } },
  { kind: 'proof', proof: { kind: 'administrator' } },
  { kind: 'proof', proof: { kind: 'ordinary', reason: 'No.' } },
  { kind: 'proof', proof: refused },
  { kind: 'sign-out' },
];
const toServer: readonly ToServer[] = [
  { kind: 'begun', run: 'a-run' },
  { kind: 'begun', run: 'a-run', process },
  { kind: 'resumed', run: 'a-run', ageMs: 1.5, process },
  { kind: 'unknown', run: 'a-run' },
  { kind: 'output', run: 'a-run', from: 5, bytes: Buffer.alloc(65_536) },
  { kind: 'note', run: 'a-run', note: 1, trace },
  { kind: 'ended', run: 'a-run', outcome: { kind: 'succeeded', exitCode: 0 }, tookMs: 12.5 },
  { kind: 'answer', ask: 1 },
  ...answers.map((answer) => ({ kind: 'answer' as const, ask: 1, answer })),
  { kind: 'finished', ask: 1 },
  { kind: 'nases', nases: [nas, { ...nas, name: '', health: { kind: 'unused', sentence: 'No.' } }] },
  {
    kind: 'ended',
    run: 'a-run',
    outcome: { kind: 'failed', signal: 'SIGKILL', reason: 'It was.', why: { code: 'bug', more: [1, null] } },
  },
];

/** What belongs nowhere, or is too much everywhere. */
const odd: readonly unknown[] = [
  null,
  Number.NaN,
  Infinity,
  1n,
  Symbol('x'),
  () => {},
  new Date(),
  new Map(),
  'x'.repeat(300_000),
  Array.from({ length: 300_000 }, () => 'x'),
  Buffer.alloc(65_537),
  { toString: 'x' },
  Object.create({ kind: 'stop' }),
];

/** The message with the part at a path changed, at every path. */
function* changeEach(message: unknown, change: (part: unknown) => readonly unknown[]): Generator {
  if (typeof message !== 'object' || message === null || message instanceof Uint8Array) return;
  for (const [name, part] of Object.entries(message)) {
    const put = (value: unknown): unknown =>
      Array.isArray(message)
        ? message.map((other, i) => (String(i) === name ? value : (other as unknown)))
        : { ...message, [name]: value };
    for (const value of change(part)) yield put(value);
    for (const inner of changeEach(part, change)) yield put(inner);
  }
}
/** The message with one more part in it, at every place that has parts. */
function* addEverywhere(message: unknown): Generator {
  const isObject = (part: unknown): part is object =>
    typeof part === 'object' && part !== null && !Array.isArray(part) && !(part instanceof Uint8Array);
  const more = (part: object): readonly unknown[] => [
    { ...part, more: 1 },
    { ...part, more: undefined },
    JSON.parse(`{"__proto__":{},${JSON.stringify(part).slice(1)}`.replace(',}', '}')),
  ];
  if (isObject(message)) yield* more(message);
  yield* changeEach(message, (part) => (isObject(part) ? more(part) : []));
}
const without = (message: object, name: string): unknown =>
  Object.fromEntries(Object.entries(message).filter(([other]) => other !== name));

test('each message passes, also after a way through JSON, and none passes in the other direction', () => {
  for (const message of toWorker) {
    assert.equal(isToWorker(message), true, message.kind);
    assert.equal(isToWorker(JSON.parse(JSON.stringify(message))), true, message.kind);
    assert.equal(isToServer(message), false, message.kind);
  }
  for (const message of toServer) {
    assert.equal(isToServer(message), true, message.kind);
    assert.equal(isToWorker(message), false, message.kind);
    if (message.kind !== 'output')
      assert.equal(isToServer(JSON.parse(JSON.stringify(message))), true, message.kind);
  }
});

test('a message without one of its parts, with one too many, or with an odd one is refused', () => {
  let refused = 0;
  for (const [messages, check] of [
    [toWorker, isToWorker],
    [toServer, isToServer],
  ] as const) {
    for (const message of messages) {
      // Why a run ended is any data, so that another version may know more reasons: only its size is checked.
      const plain = 'outcome' in message ? { ...message, outcome: { ...message.outcome, why: 1 } } : message;
      const hostile = [
        ...['kind', 'run', 'ask', 'nases']
          .filter((name) => name in message)
          .map((name) => without(message, name)),
        ...changeEach(plain, () => odd),
        ...addEverywhere(plain),
      ].filter((other) => !hasPlainWhy(other));
      for (const other of hostile) {
        assert.equal(
          check(other),
          false,
          `${message.kind} ${typeof other === 'object' ? Object.keys(other ?? {}).join(' ') : ''}`,
        );
        refused++;
      }
    }
  }
  assert.ok(refused > 500, `${refused}`);
});

/** Whether an end has a reason of plain data that is small enough. */
function hasPlainWhy(message: unknown): boolean {
  const why = (message as { outcome?: { why?: unknown } } | undefined)?.outcome?.why;
  return why === null || (typeof why === 'object' && Object.getPrototypeOf(why) === Object.prototype);
}

test('the reason of an end is bounded in depth, number and length', () => {
  const withWhy = (why: unknown): boolean =>
    isToServer({ kind: 'ended', run: 'a-run', outcome: { kind: 'failed', why } });
  const nest = (depth: number): unknown => (depth === 0 ? 1 : [nest(depth - 1)]);
  assert.deepEqual([withWhy(nest(6)), withWhy(nest(7)), withWhy(nest(5000))], [true, false, false]);
  assert.deepEqual([withWhy(Array(999).fill(1)), withWhy(Array(1000).fill(1))], [true, false]);
  assert.deepEqual([withWhy('x'.repeat(10_000)), withWhy('x'.repeat(10_001))], [true, false]);
  assert.equal(withWhy({ ['x'.repeat(10_001)]: 1 }), false);
});

test('whatever is thrown at the checks, they answer, and pass nothing that is no message', () => {
  const kinds = [...toWorker, ...toServer].map(({ kind }) => kind);
  const like = fc.record(
    {
      kind: fc.oneof(fc.constantFrom(...kinds), fc.anything()),
      run: fc.oneof(fc.string(), fc.anything()),
      task: fc.anything(),
      process: fc.anything(),
      outcome: fc.anything(),
      trace: fc.anything(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.anything({ withNullPrototype: true, withBigInt: true }), like), (value) => {
      for (const check of [isToWorker, isToServer])
        if (check(value) && 'run' in value)
          assert.equal(typeof value.run === 'string' && value.run.length <= 100, true);
    }),
    { numRuns: 500 },
  );
});
