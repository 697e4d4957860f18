// The gate: which keys open which task, until when, and what it says of the rest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toKeyDigest } from '../src/keys.ts';
import type { Caller, Runs } from '../src/runs.ts';
import type { Task } from '../src/tasks.ts';
import { createTask } from './support/runs.ts';
import { createTrigger, type GivenKey, type Trigger } from '../src/trigger.ts';

const given = (key: string, label?: string, expiresAtMs?: number): GivenKey => ({ digest: toKeyDigest(key), label, expiresAtMs });

const toTask = (id: string): Task => createTask({ id, name: `Name of ${id}` });

interface Setting {
  readonly trigger: Trigger;
  readonly started: { task: string; caller: Caller }[];
  nowMs: number;
  isLogWritten: boolean;
}

function createSetting(): Setting {
  const started: Setting['started'] = [];
  const runs: Runs = {
    start: async (task, caller) => {
      started.push({ task: task.id, caller });
      return { kind: 'closing' };
    },
    find: () => undefined,
    wait: async () => undefined,
    close: async () => [],
  };
  const setting = { started, nowMs: 1000, isLogWritten: true };
  const trigger = createTrigger({
    keys: {
      magic: [given('magic'), given('magic of Ann', 'Ann'), given('magic of old', 'old', 2000), given('magic and task')],
      tasks: [
        { task: toTask('a'), keys: [given('task a'), given('task a of Bob', 'Bob', 3000)] },
        { task: toTask('__proto__'), keys: [given('__proto__')] },
        { task: toTask('constructor'), keys: [given('constructor'), given('magic and task')] },
      ],
    },
    runs,
    isLogWritten: () => setting.isLogWritten,
    wallMs: () => setting.nowMs,
  });
  return Object.assign(setting, { trigger });
}

function admit(trigger: Trigger, magic: string, task: string): string {
  const admission = trigger.admit({ magicKey: Buffer.from(magic), taskKey: Buffer.from(task) });
  return admission.kind === 'mismatch' ? admission.mismatch : `${admission.task}, ${admission.name}, ${admission.label ?? 'nobody'}`;
}

test('a pair of keys opens its task, and nothing else does', () => {
  const { trigger } = createSetting();
  const table: readonly (readonly [magic: string, task: string, expected: string])[] = [
    ['magic', 'task a', 'a, Name of a, nobody'],
    ['magic of Ann', 'task a', 'a, Name of a, Ann'],
    ['magic', 'task a of Bob', 'a, Name of a, Bob'],
    ['magic of Ann', 'task a of Bob', 'a, Name of a, Ann + Bob'],
    ['magic', '__proto__', '__proto__, Name of __proto__, nobody'],
    ['magic', 'constructor', 'constructor, Name of constructor, nobody'],
    ['magic and task', 'magic and task', 'constructor, Name of constructor, nobody'],
    ['magic', 'toString', 'task-key'],
    ['magic', 'a', 'task-key'],
    ['magic', '', 'task-key'],
    ['magic', 'task a ', 'task-key'],
    ['magic', 'Task a', 'task-key'],
    ['', 'task a', 'magic-key'],
    ['magi', 'task a', 'magic-key'],
    ['__proto__', 'task a', 'magic-key'],
    ['task a', 'magic', 'both-keys'],
    ['', '', 'both-keys'],
    ['magic', toKeyDigest('task a'), 'task-key'],
  ];
  assert.deepEqual(
    table.map(([magic, task]) => admit(trigger, magic, task)),
    table.map(([, , expected]) => expected),
  );
});

test('a key opens until the moment it expires, whichever of the two that is, and a clock set back opens it again', () => {
  const setting = createSetting();
  const at = (nowMs: number): string[] => {
    setting.nowMs = nowMs;
    return [
      ['magic of old', 'task a'],
      ['magic', 'task a of Bob'],
      ['magic of old', 'task a of Bob'],
      ['magic', 'task a'],
    ].map(([magic = '', task = '']) => admit(setting.trigger, magic, task).replace('a, Name of a, ', ''));
  };
  assert.deepEqual(at(1999), ['old', 'Bob', 'old + Bob', 'nobody']);
  assert.deepEqual(at(2000), ['expired-key', 'Bob', 'expired-key', 'nobody']);
  assert.deepEqual(at(3000), ['expired-key', 'expired-key', 'expired-key', 'nobody']);
  assert.deepEqual(at(1000), ['old', 'Bob', 'old + Bob', 'nobody']);
});

test('an admission starts its task for its caller, but not while the log cannot be written', async () => {
  const setting = createSetting();
  const admission = { kind: 'admitted', task: '__proto__', name: 'x', label: 'Ann' } as const;
  assert.deepEqual(await setting.trigger.start(admission, '192.0.2.1'), { kind: 'closing' });
  assert.deepEqual(setting.started, [{ task: '__proto__', caller: { address: '192.0.2.1', label: 'Ann' } }]);
  setting.isLogWritten = false;
  assert.deepEqual(await setting.trigger.start(admission, '192.0.2.1'), { kind: 'unwritable' });
  assert.equal(setting.started.length, 1);
  await assert.rejects(setting.trigger.start({ ...admission, task: 'unknown' }, '192.0.2.1'), /configured/);
});
