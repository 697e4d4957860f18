// The list of tasks as `synoschedtask --get` prints it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { LastRun } from '../../src/dsm/listed-task.ts';
import { parseTaskList } from '../../src/dsm/task-list-text.ts';
import { renderRecord, type FakeTask, type Flavour } from '../support/fake-synoschedtask.ts';

const flavours: readonly Flavour[] = ['dsm5', 'dsm6', 'dsm7', 'dsm72'];
const task: FakeTask = {
  id: 7,
  name: 'Nightly [x]: copy',
  command: 'cd /\n./go',
  state: 'enabled',
  status: 'Success',
  lastRun: '',
  isRunning: false,
  isBuiltIn: false,
};

test('each task of each version is listed, in the order of their numbers; triggered ones are unknown', () => {
  for (const flavour of flavours) {
    const text = [task, { ...task, id: 3, name: 'b', state: 'disabled' as const }].map((one) =>
      renderRecord(one, { flavour, hasStatus: true }),
    );
    const list = parseTaskList(text.join(''));
    assert.ok(list.kind === 'listed', flavour);
    assert.deepEqual(
      list.tasks.map(({ which, name, owner, isEnabled, canRun }) => [which, name, owner, isEnabled, canRun]),
      [
        [{ kind: 'scheduled', id: 3 }, 'b', 'root', false, undefined],
        [{ kind: 'scheduled', id: 7 }, 'Nightly [x]: copy', 'root', true, undefined],
      ],
    );
    assert.deepEqual(list.triggered, { kind: 'unsupported' });
  }
});

test('the last run is shown if that version of the tool prints it', () => {
  const cases: [Partial<FakeTask>, Flavour, LastRun][] = [
    [{ status: 'Success' }, 'dsm7', { kind: 'succeeded', startedAt: undefined }],
    [
      { status: 'Success', lastRun: '2026/1/2 3:04' },
      'dsm72',
      { kind: 'succeeded', startedAt: '2026/1/2 3:04' },
    ],
    [
      { status: 'Error(3)', lastRun: '2026/1/2 3:04' },
      'dsm6',
      { kind: 'failed', exitCode: 3, startedAt: '2026/1/2 3:04' },
    ],
    [{ status: 'Running' }, 'dsm7', { kind: 'running', startedAt: undefined }],
    [{ status: 'No last run record' }, 'dsm5', { kind: 'none' }],
    [{ status: 'Not Available' }, 'dsm7', { kind: 'unknown' }],
  ];
  for (const [parts, flavour, lastRun] of cases) {
    const list = parseTaskList(renderRecord({ ...task, ...parts }, { flavour, hasStatus: true }));
    assert.deepEqual(list.kind === 'listed' && list.tasks[0]?.lastRun, lastRun, JSON.stringify(parts));
  }
  const untold = parseTaskList(renderRecord(task, { flavour: 'dsm7', hasStatus: false }));
  assert.deepEqual(untold.kind === 'listed' && untold.tasks[0]?.lastRun, { kind: 'unknown' });
});

test('text that is not understood is reported with its first lines, and only blank text means no tasks', () => {
  for (const blank of ['', '\n \n'])
    assert.deepEqual(parseTaskList(blank), { kind: 'listed', tasks: [], triggered: { kind: 'unsupported' } });
  assert.deepEqual(parseTaskList('Usage: synoschedtask\n\n  --get\u001b[2J\n'), {
    kind: 'not-told',
    reason: "DSM's synoschedtask answered in a form that is not understood.",
    lines: ['Usage: synoschedtask', '  --get\\u001b[2J'],
    isPassing: false,
  });
  for (const id of ['x', '', '-1', '0', '7 8', '0x7', '1e3', '99999999999999999']) {
    const list = parseTaskList(`  User: [root]\n    ID: [${id}]\n  Name: [x]\n`);
    assert.equal(list.kind, 'not-told', id);
  }
});

test('any text is either tasks with numbers, or reported as not understood', () => {
  const bits = fc.constantFrom(
    'User: [root]',
    'ID: [4',
    'ID: [7]',
    'Name: [x]',
    ']',
    '\n',
    '\n\n',
    ' ',
    'State: [disabled]',
    '\0',
    '日本',
  );
  const any = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(bits, { maxLength: 40 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(any, (text) => {
      const list = parseTaskList(text);
      if (list.kind === 'not-told') assert.ok(list.lines.length > 0);
      else assert.equal(list.tasks.length === 0, text.trim() === '');
    }),
    { numRuns: 600 },
  );
});
