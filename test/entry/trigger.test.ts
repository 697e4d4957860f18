// The gate: which keys open which task, until when, and what it says of the rest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Admitted, GivenKey, LockedTasks } from '../../src/entry/gate.ts';
import { toKeyDigest } from '../../src/keys.ts';
import type { Runs, Wish } from '../../src/runs/runs.ts';
import type { Task } from '../../src/tasks.ts';
import { toLocked } from '../support/locked.ts';
import { createTask } from '../support/runs.ts';
import { createTrigger, type Trigger } from '../../src/entry/trigger.ts';

const given = (key: string, label?: string, expiresAtMs?: number): GivenKey => ({
  digest: toKeyDigest(key),
  label,
  expiresAtMs,
  asksFirst: false,
});

const nothing = { idempotencyKey: undefined, nonce: undefined, again: undefined };

const toTask = (id: string): Task => createTask({ id, name: `Name of ${id}` });

interface Setting {
  readonly trigger: Trigger;
  readonly started: { task: string; caller: Wish }[];
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
    live: () => [],
    last: () => undefined,
    follow: () => {},
    stop: () => undefined,
    close: async () => [],
  };
  const setting = { started, nowMs: 1000, isLogWritten: true };
  const trigger = createTrigger({
    locked: toLocked({
      hasOverview: false,
      magic: [
        given('magic'),
        given('magic of Ann', 'Ann'),
        given('magic of old', 'old', 2000),
        given('magic and task'),
      ],
      tasks: [
        { task: toTask('a'), keys: [given('task a'), given('task a of Bob', 'Bob', 3000)] },
        { task: toTask('__proto__'), keys: [given('__proto__')] },
        { task: toTask('constructor'), keys: [given('constructor'), given('magic and task')] },
      ],
    }),
    runs,
    isLogWritten: () => setting.isLogWritten,
    clock: { nowMs: () => setting.nowMs, wallMs: () => setting.nowMs },
  });
  return Object.assign(setting, { trigger });
}

function admit(trigger: Trigger, magic: string, task: string): string {
  const admission = trigger.admit({
    magicKey: Buffer.from(magic),
    taskKey: Buffer.from(task),
    address: '::1',
  });
  return admission.kind === 'mismatch'
    ? admission.mismatch
    : `${admission.task}, ${admission.name}, ${admission.label ?? 'unlabelled'}`;
}

/** What the right keys of a task open. */
function admitted(trigger: Trigger, task: string, { magic = 'magic', address = '::1' } = {}): Admitted {
  const admission = trigger.admit({ magicKey: Buffer.from(magic), taskKey: Buffer.from(task), address });
  assert.ok(admission.kind === 'admitted');
  return admission;
}

test('a pair of keys opens its task, and nothing else does', () => {
  const { trigger } = createSetting();
  const table: readonly (readonly [magic: string, task: string, expected: string])[] = [
    ['magic', 'task a', 'a, Name of a, unlabelled'],
    ['magic of Ann', 'task a', 'a, Name of a, Ann'],
    ['magic', 'task a of Bob', 'a, Name of a, Bob'],
    ['magic of Ann', 'task a of Bob', 'a, Name of a, Ann + Bob'],
    ['magic', '__proto__', '__proto__, Name of __proto__, unlabelled'],
    ['magic', 'constructor', 'constructor, Name of constructor, unlabelled'],
    ['magic and task', 'magic and task', 'constructor, Name of constructor, unlabelled'],
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
  assert.deepEqual(at(1999), ['old', 'Bob', 'old + Bob', 'unlabelled']);
  assert.deepEqual(at(2000), ['expired-key', 'Bob', 'expired-key', 'unlabelled']);
  assert.deepEqual(at(3000), ['expired-key', 'expired-key', 'expired-key', 'unlabelled']);
  assert.deepEqual(at(1000), ['old', 'Bob', 'old + Bob', 'unlabelled']);
});

test('an admission starts its task for its caller, but not while the log cannot be written', async () => {
  const setting = createSetting();
  const { trigger } = setting;
  const admission = admitted(trigger, '__proto__', { magic: 'magic of Ann', address: '192.0.2.1' });
  assert.deepEqual(await trigger.start(admission, nothing), { kind: 'closing' });
  assert.deepEqual(setting.started, [
    {
      task: '__proto__',
      caller: {
        address: '192.0.2.1',
        label: 'Ann',
        idempotencyKey: undefined,
        again: undefined,
        chosenMs: undefined,
      },
    },
  ]);
  setting.isLogWritten = false;
  assert.deepEqual(await trigger.start(admission, nothing), { kind: 'unwritable' });
  assert.equal(setting.started.length, 1);
});

test('who was admitted may start the task once more from the page of that run, within an hour', () => {
  const setting = createSetting();
  const { trigger } = setting;
  const admission = admitted(trigger, 'task a of Bob', { magic: 'magic of Ann', address: '192.0.2.1' });
  const offer = {
    nonce: trigger.offerAgain({ ...admission, keys: admitted(trigger, 'task a').keys }, 'run'),
    run: 'run',
    address: '192.0.2.1',
  };
  for (const wrong of [
    { ...offer, run: 'other' },
    { ...offer, nonce: 'made-up' },
    { ...offer, nonce: '' },
  ])
    assert.deepEqual([trigger.isAgainOffered(wrong), trigger.admitAgain(wrong)], [false, undefined]);
  const keys = admitted(trigger, 'task a').keys;
  assert.deepEqual(trigger.admitAgain(offer), { ...admission, label: undefined, keys });
  setting.nowMs += 3_599_999;
  assert.equal(trigger.isAgainOffered(offer), true);
  setting.nowMs += 1;
  assert.deepEqual([trigger.isAgainOffered(offer), trigger.admitAgain(offer)], [false, undefined]);
});

test('a task is started once more only while its keys are open to the address that asks, and as they then ask', () => {
  const opened = (
    change: {
      expiresAtMs?: number;
      isEnabled?: boolean;
      allow?: string[];
      asksFirst?: boolean;
      key?: string;
    },
    nowMs = 1000,
  ): Admitted | undefined => {
    const setting = createSetting();
    const { trigger } = setting;
    const nonce = trigger.offerAgain(admitted(trigger, 'task a'), 'run');
    const { key = 'task a', expiresAtMs, asksFirst = false, ...parts } = change;
    const keys = [{ ...given(key, undefined, expiresAtMs), asksFirst }];
    trigger.useKeys(
      toLocked({
        hasOverview: false,
        magic: [given('magic')],
        tasks: [{ task: createTask({ id: 'a', allow: undefined, ...parts }), keys }],
      }),
    );
    setting.nowMs = nowMs;
    const offer = { nonce, run: 'run', address: '192.168.1.2' };
    const isOffered = trigger.isAgainOffered(offer);
    const admission = trigger.admitAgain(offer);
    assert.equal(admission !== undefined, isOffered);
    return admission;
  };
  assert.equal(opened({})?.asksFirst, false);
  assert.equal(opened({ asksFirst: true })?.asksFirst, true);
  assert.equal(opened({ allow: ['192.168.0.0/16'] })?.address, '192.168.1.2');
  assert.equal(opened({ allow: ['192.0.2.0/24'] }), undefined, 'not from here');
  assert.equal(opened({ key: 'new task a' }), undefined, 'the key was changed');
  assert.equal(opened({ expiresAtMs: 2000 }, 2000), undefined, 'the key has expired');
  assert.equal(opened({ isEnabled: false }), undefined, 'the task is disabled');
});

test('a disabled task, and one called from elsewhere than allowed, open to nobody', () => {
  const { trigger } = createSetting();
  const tasks = [
    { task: createTask({ id: 'off', isEnabled: false }), keys: [given('off')] },
    { task: createTask({ id: 'home', allow: ['192.168.0.0/16', 'fd00::/8'] }), keys: [given('home')] },
  ];
  trigger.useKeys(toLocked({ hasOverview: false, magic: [given('new magic')], tasks }));
  const from = (address: string, task: string): string => {
    const admission = trigger.admit({
      magicKey: Buffer.from('new magic'),
      taskKey: Buffer.from(task),
      address,
    });
    return admission.kind === 'mismatch' ? admission.mismatch : admission.kind;
  };
  assert.equal(from('192.168.1.2', 'off'), 'disabled-task');
  assert.equal(from('192.168.1.2', 'home'), 'admitted');
  assert.equal(from('fd12::1', 'home'), 'admitted');
  for (const address of ['192.0.2.1', '192.169.0.1', '2001:db8::1', '', 'home'])
    assert.equal(from(address, 'home'), 'address', address);
});

test('a task that a reload takes away or disables between admission and start is not started, and nothing is said of it', async () => {
  const setting = createSetting();
  const { trigger } = setting;
  const admission = trigger.admit({
    magicKey: Buffer.from('magic'),
    taskKey: Buffer.from('task a'),
    address: '::1',
  });
  assert.ok(admission.kind === 'admitted');
  trigger.useKeys(toLocked({ hasOverview: false, magic: [given('magic')], tasks: [] }));
  assert.equal(await trigger.start(admission, nothing), undefined);
  trigger.useKeys(
    toLocked({
      hasOverview: false,
      magic: [given('magic')],
      tasks: [{ task: createTask({ id: 'a', isEnabled: false }), keys: [given('task a')] }],
    }),
  );
  assert.equal(await trigger.start(admission, nothing), undefined);
  assert.deepEqual(setting.started, []);
});

test('keys that are taken away open nothing from then on, and new ones do', () => {
  const { trigger } = createSetting();
  assert.match(admit(trigger, 'magic', 'task a'), /^a,/);
  trigger.useKeys(
    toLocked({
      hasOverview: false,
      magic: [given('new magic')],
      tasks: [{ task: toTask('a'), keys: [given('new task a')] }],
    }),
  );
  assert.equal(admit(trigger, 'magic', 'task a'), 'both-keys');
  assert.match(admit(trigger, 'new magic', 'new task a'), /^a,/);
});

test('a button starts its own task or nothing, whatever a reload makes of keys and tasks', async () => {
  const [lights, gate] = [
    createTask({ id: 'lights', name: 'Lights' }),
    createTask({ id: 'gate', name: 'Gate' }),
  ];
  const keysOf = (...tasks: [Task, string][]): LockedTasks =>
    toLocked({
      hasOverview: true,
      magic: [given('magic')],
      tasks: tasks.map(([task, key]) => ({ task, keys: [given(key)] })),
    });
  const before = keysOf([lights, 'one'], [gate, 'two']);
  const cases: Record<string, LockedTasks> = {
    'keys swapped': keysOf([lights, 'two'], [gate, 'one']),
    'tasks swapped under their ids': keysOf(
      [{ ...gate, id: 'lights' }, 'two'],
      [{ ...lights, id: 'gate' }, 'one'],
    ),
    removed: keysOf([gate, 'two']),
    'removed, and its key given on': keysOf([gate, 'one']),
    'renamed id': keysOf([{ ...lights, id: 'lamps' }, 'one'], [gate, 'two']),
  };
  for (const [what, after] of Object.entries(cases)) {
    const setting = createSetting();
    const { trigger, started } = setting;
    trigger.useKeys(before);
    const byKey = admitted(trigger, 'one');
    const overview = trigger.admitToOverview({ magicKey: Buffer.from('magic'), address: '::1' });
    assert.ok(overview.kind === 'admitted');
    const byOverview = overview.tasks.find(({ task }) => task === 'lights');
    assert.ok(byOverview !== undefined);
    for (const admission of [byKey, byOverview]) {
      const offer = { nonce: trigger.offerAgain(admission, 'run'), run: 'run', address: '::1' };
      const asked = trigger.ask(admission);
      trigger.useKeys(after);
      // Whoever came by the overview has no task key that could have been given to another task.
      const isOwn: boolean = what === 'keys swapped' && admission === byOverview;
      assert.equal(trigger.admitAgain(offer)?.task, isOwn ? 'lights' : undefined, what);
      assert.equal(trigger.isAgainOffered(offer), isOwn, what);
      // The button of the overview names its task; that of a question comes with keys, whatever these open now.
      const now = trigger.admitToOverview({ magicKey: Buffer.from('magic'), address: '::1' });
      assert.ok(now.kind === 'admitted');
      for (const one of now.tasks) {
        if (what === 'keys swapped' && one.task === 'lights') continue;
        const answer = await trigger.start({ ...one, asksFirst: true }, { ...nothing, nonce: asked });
        assert.equal(answer?.kind, 'asked', `${what}, ${one.task}`);
      }
      assert.deepEqual(started, [], what);
      trigger.useKeys(before);
    }
  }
});

test('whoever waits in the queue may still start only as long as keys, address and question say so', async () => {
  const setting = createSetting();
  let mayStart: (() => boolean) | undefined;
  const runs: Runs = {
    start: async (_task, _wish, may) => {
      mayStart = may;
      return { kind: 'closing' };
    },
    find: () => undefined,
    live: () => [],
    last: () => undefined,
    follow: () => {},
    stop: () => undefined,
    close: async () => [],
  };
  const keys = (parts: Partial<Task> = {}, key = given('one')): LockedTasks =>
    toLocked({
      hasOverview: false,
      magic: [given('magic')],
      tasks: [{ task: createTask({ id: 'a', ...parts }), keys: [key] }],
    });
  const trigger = createTrigger({
    locked: keys(),
    runs,
    isLogWritten: () => true,
    clock: { nowMs: () => 0, wallMs: () => setting.nowMs },
  });
  await trigger.start(admitted(trigger, 'one'), nothing);
  const may = (changed: LockedTasks): boolean | undefined => {
    trigger.useKeys(changed);
    return mayStart?.();
  };
  assert.deepEqual(
    [
      may(keys()),
      may(keys({}, given('other'))),
      may(keys({}, given('one', undefined, 1000))),
      may(keys({ isEnabled: false })),
      may(keys({ allow: ['192.0.2.0/24'] })),
      may(keys({ allow: ['::1'] })),
      may(keys({ asksFirst: true })),
      may(keys({ id: 'b' })),
    ],
    [true, false, false, false, false, true, false, false],
  );
});
