// The tasks of the first page: found by their words, and in the order that was asked for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listTasks, parseTaskQuery, taskOrders, toTaskQuery } from '../../../src/admin/pages/task-list.ts';
import { en } from '../../../src/languages/en.ts';
import type { Outcome } from '../../../src/outcome.ts';
import { toEndedFeed } from '../../../src/runs/ended-run.ts';
import { toRecord } from '../../support/past.ts';
import { createTask } from '../../support/runs.ts';

const last: Readonly<Record<string, readonly [hoursAgo: number, kind: Outcome['kind']]>> = {
  a: [1, 'succeeded'],
  b: [5, 'failed'],
  c: [3, 'timed-out'],
  e: [2, 'stopped'],
};
const command = (...argv: string[]) =>
  ({ kind: 'command', command: { argv, cwd: '/', env: {}, user: undefined } }) as const;
const tasks = [
  createTask({ id: 'a', name: 'Öffne das Tor', runner: command('/opt/gate.sh', '--slow') }),
  createTask({ id: 'b', name: 'Task 10' }),
  createTask({
    id: 'c',
    name: 'Task 9',
    runner: { kind: 'dsm', nas: 'attic', task: { kind: 'triggered', name: 'Camera' } },
  }),
  createTask({ id: 'd', name: 'Zebra' }),
  createTask({ id: 'e', name: 'écluse' }),
];

function find(query: Record<string, string>): string {
  const look = (id: string): ReturnType<ReturnType<typeof toEndedFeed>['view']> | undefined => {
    const [hours, kind] = last[id] ?? [];
    if (hours === undefined || kind === undefined) return undefined;
    const record = toRecord({
      run: id,
      task: id,
      at: Date.UTC(2026, 0, 1) - hours * 3_600_000,
      outcome: { kind },
    });
    return toEndedFeed(
      record,
      { kind },
      { findTask: () => undefined, usual: { toMs: () => undefined } },
    ).view();
  };
  return listTasks(tasks, look, parseTaskQuery(new URLSearchParams(query)), en)
    .map(({ task }) => task.id)
    .join('');
}

test('those that failed last time come first, the last failure before the others', () => {
  assert.equal(find({}), 'cbade');
  assert.equal(find({ order: 'nonsense' }), 'cbade');
  assert.equal(find({ order: 'recent' }), 'aecbd');
  assert.equal(find({ order: 'name' }), 'eacbd');
  assert.equal(find({ order: 'config' }), 'abcde');
});

test('a search finds each of its words in name, id, program, arguments or NAS', () => {
  for (const [text, found] of [
    ['OFFNE', 'a'],
    ['task', 'cb'],
    ['task 9', 'c'],
    ['gate slow', 'a'],
    ['attic camera', 'c'],
    ['ECLUSE', 'e'],
    ['nothing', ''],
    ['   ', 'cbade'],
  ] as const)
    assert.equal(find({ text }), found, text);
});

test('a query is read as it was written', () => {
  for (const order of taskOrders)
    for (const text of ['', 'a b&c=d', '"ä"']) {
      const written = { text, order };
      assert.deepEqual(parseTaskQuery(new URLSearchParams(toTaskQuery(written))), written);
    }
  assert.equal(toTaskQuery(parseTaskQuery(new URLSearchParams())), '');
  assert.equal(parseTaskQuery(new URLSearchParams({ text: 'x'.repeat(500) })).text.length, 100);
});
