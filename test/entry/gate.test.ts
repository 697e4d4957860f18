// The overview at the gate: what a magic key alone opens, where the config wants that. (The rest is in trigger.test.ts.)
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createGate,
  type Admitted,
  type Gate,
  type GivenKey,
  type OverviewAdmission,
} from '../../src/entry/gate.ts';
import { toKeyDigest } from '../../src/keys.ts';
import type { Task } from '../../src/tasks.ts';
import { toLocked, type LockedTask } from '../support/locked.ts';
import { createTask } from '../support/runs.ts';

const given = (key: string, more: Partial<GivenKey> = {}): GivenKey => ({
  digest: toKeyDigest(key),
  label: undefined,
  expiresAtMs: undefined,
  asksFirst: false,
  ...more,
});

const magic = [
  given('magic'),
  given('of Ann', { label: 'Ann', asksFirst: true }),
  given('of old', { label: 'old', expiresAtMs: 2000 }),
];
const toEntry = (id: string, keys: readonly GivenKey[], parts: Partial<Task> = {}): LockedTask => ({
  task: createTask({ id, name: `Name of ${id}`, ...parts }),
  keys,
});

const tasks = [
  toEntry('plain', [given('a', { label: 'phone' })]),
  toEntry('off', [given('b')], { isEnabled: false }),
  toEntry('home', [given('c')], { allow: ['192.168.0.0/16'] }),
  toEntry('asks', [given('d')], { asksFirst: true }),
  toEntry('all keys ask', [given('e', { asksFirst: true }), given('f', { asksFirst: true })]),
  toEntry('one key asks', [given('g', { asksFirst: true }), given('h')]),
  toEntry('one key is old', [given('i', { expiresAtMs: 500 }), given('j', { asksFirst: true })]),
  toEntry('all keys are old', [given('k', { expiresAtMs: 500 })]),
];

function createTestGate({ hasOverview = true, nowMs = 1000 } = {}): Gate {
  return createGate(toLocked({ magic, tasks, hasOverview }), { nowMs: () => nowMs, wallMs: () => nowMs });
}

const admit = (gate: Gate, key: string, address = '192.168.1.2'): OverviewAdmission =>
  gate.admitToOverview({ magicKey: Buffer.from(key), address });
const list = (admission: OverviewAdmission): string[] =>
  admission.kind === 'mismatch'
    ? [admission.mismatch]
    : admission.tasks.map(({ task, asksFirst }) => `${task}${asksFirst ? '?' : ''}`);

test('the overview shows what its caller may start, and asks where each key of the task would ask', () => {
  const gate = createTestGate();
  assert.deepEqual(list(admit(gate, 'magic')), [
    'plain',
    'home',
    'asks?',
    'all keys ask?',
    'one key asks',
    'one key is old?',
  ]);
  assert.deepEqual(list(admit(gate, 'magic', '192.0.2.1')), [
    'plain',
    'asks?',
    'all keys ask?',
    'one key asks',
    'one key is old?',
  ]);
  assert.deepEqual(list(admit(gate, 'of Ann')), [
    'plain?',
    'home?',
    'asks?',
    'all keys ask?',
    'one key asks?',
    'one key is old?',
  ]);
});

test('who comes by the overview is named by the magic key, since he showed no other', () => {
  const gate = createTestGate();
  const first = (key: string): Admitted | undefined => {
    const admission = admit(gate, key);
    return admission.kind === 'admitted' ? admission.tasks[0] : undefined;
  };
  assert.deepEqual([first('magic')?.label, first('of Ann')?.label], [undefined, 'Ann']);
  assert.deepEqual(first('of Ann')?.keys, { magic: toKeyDigest('of Ann'), task: undefined });
});

test('the overview opens to no wrong or expired key, to no task key, and to nobody where it is off', () => {
  const gate = createTestGate();
  for (const key of ['', 'magi', 'a', 'of Bob', '__proto__'])
    assert.deepEqual(list(admit(gate, key)), ['magic-key'], key);
  assert.notDeepEqual(list(admit(gate, 'of old')), ['expired-key']);
  assert.deepEqual(list(admit(createTestGate({ nowMs: 2000 }), 'of old')), ['expired-key']);
  const off = createTestGate({ hasOverview: false });
  for (const key of ['magic', 'of Ann', 'of old', 'a', ''])
    assert.deepEqual(list(admit(off, key)), ['path'], key);
});

test('a key that is not valid yet opens nothing, and opens from its moment on', () => {
  const early = given('early', { notBeforeMs: 2000 });
  const at = (nowMs: number): string[] => {
    const locked = toLocked({
      hasOverview: true,
      magic: [given('magic'), early],
      tasks: [toEntry('plain', [given('a'), given('b', { notBeforeMs: 2000 })])],
    });
    const gate = createGate(locked, { nowMs: () => nowMs, wallMs: () => nowMs });
    const admissions = [
      ['early', 'a'],
      ['magic', 'b'],
      ['magic', 'a'],
    ].map(([magicKey = '', taskKey = '']) =>
      gate.admit({ magicKey: Buffer.from(magicKey), taskKey: Buffer.from(taskKey), address: '::1' }),
    );
    return [
      ...admissions.map((one) => (one.kind === 'mismatch' ? one.mismatch : one.task)),
      ...list(admit(gate, 'early')),
    ];
  };
  assert.deepEqual(at(1999), ['early-key', 'early-key', 'plain', 'early-key']);
  assert.deepEqual(at(2000), ['plain', 'plain', 'plain', 'plain']);
});

test('what was admitted by the overview is admitted again as long as the overview would show it', () => {
  const gate = createTestGate();
  const before = admit(gate, 'of old');
  assert.ok(before.kind === 'admitted');
  const [plain, home] = before.tasks;
  assert.ok(plain !== undefined && home !== undefined);
  assert.deepEqual(gate.admitAgain(plain, '192.168.1.2'), plain);
  assert.equal(gate.admitAgain(home, '192.0.2.1'), undefined);
  assert.equal(createTestGate({ hasOverview: false }).admitAgain(plain, '192.168.1.2'), undefined);
  assert.equal(createTestGate({ nowMs: 2000 }).admitAgain(plain, '192.168.1.2'), undefined);
  assert.equal(gate.admitAgain({ ...plain, task: 'off' }, '192.168.1.2'), undefined);
  assert.equal(gate.admitAgain({ ...plain, task: 'gone' }, '192.168.1.2'), undefined);
  assert.equal(
    gate.admitAgain({ ...plain, keys: { ...plain.keys, magic: toKeyDigest('gone') } }, '192.168.1.2'),
    undefined,
  );
});
