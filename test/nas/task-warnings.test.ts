// What is wrong with the tasks of a config in the eyes of DSM, as lines.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTaskWarnings, listNames } from '../../src/nas/task-warnings.ts';
import type { ConfiguredTask } from '../../src/nas/nas-tasks.ts';
import type { ListedTask, TaskList } from '../../src/dsm/listed-task.ts';

const scheduled = (id: number, parts: Partial<ListedTask> = {}): ListedTask => ({
  which: { kind: 'scheduled', id },
  name: `Task ${id}`,
  owner: 'root',
  isEnabled: true,
  canRun: true,
  lastRun: { kind: 'none' },
  ...parts,
});
const triggered = (name: string, parts: Partial<ListedTask> = {}): ListedTask => ({
  ...scheduled(1, parts),
  which: { kind: 'triggered', name },
  name,
});
const list = (
  tasks: readonly ListedTask[],
  whichAreTold: TaskList['triggered'] = { kind: 'listed' },
): TaskList => ({
  kind: 'listed',
  tasks,
  triggered: whichAreTold,
});
const by = (id: string): ConfiguredTask => ({
  id,
  which: /^\d+$/.test(id) ? { kind: 'scheduled', id: Number(id) } : { kind: 'triggered', name: id },
});
const warn = (
  configured: readonly string[],
  told: TaskList,
  names: [number, string][] = [],
  nas = '',
): string[] => findTaskWarnings(nas, configured.map(by), told, new Map(names)).map(({ text }) => text);

test('tasks that are as they should be give no warning, also where DSM does not tell all of them', () => {
  const told = list([scheduled(7), triggered('camera', { canRun: undefined, isEnabled: undefined })]);
  assert.deepEqual(
    warn(['7', 'camera'], told, [
      [7, 'Task 7'],
      [8, 'gone'],
    ]),
    [],
  );
});

test('tasks that are gone or not to be run are told with what to do, in the order of the config', () => {
  const told = list([
    scheduled(7, { isEnabled: false, canRun: false }),
    triggered('off', { isEnabled: false }),
  ]);
  assert.deepEqual(warn(['9', 'off', '7', 'none'], told), [
    'tasks.9: DSM has no scheduled task 9. Correct its number, or remove it',
    'tasks.7: scheduled task 7 ("Task 7") of DSM cannot be run by the account. Give it the right, or another task',
    'tasks.none: DSM has no triggered task "none". Correct its name, or remove it',
  ]);
});

test('a number that belongs to a triggered task is told with the name to give in its place', () => {
  assert.deepEqual(warn(['1000'], list([triggered('Boot "job"', { number: 1000 })])), [
    String.raw`tasks.1000: DSM has no scheduled task 1000. That is the number of a triggered task: give "triggered": "Boot \"job\"" in place of the number`,
  ]);
});

test('a task that is disabled is no reason for a warning: DSM starts it when it is asked to', () => {
  assert.deepEqual(
    warn(['7', 'off'], list([scheduled(7, { isEnabled: false }), triggered('off', { isEnabled: false })])),
    [],
  );
});

test('nothing is said of triggered tasks where DSM does not list them all', () => {
  for (const why of [
    { kind: 'unsupported' },
    { kind: 'not-told', reason: 'x', lines: [], isPassing: true },
  ] as const) {
    assert.deepEqual(warn(['camera'], list([], why)), []);
    assert.equal(warn(['camera'], list([triggered('camera', { canRun: false })], why)).length, 1);
  }
});

test('a scheduled task with another name than before is told with both, and names are fit to be shown', () => {
  const told = list([scheduled(7, { name: 'New\n\u202ename' })]);
  assert.deepEqual(warn(['7'], told, [[7, 'Old\u001b[2J']], 'attic'), [
    'tasks.7: scheduled task 7 of the NAS attic is now "New\\n\\u202ename", and was "Old\\u001b[2J". Look whether it is still the one that is meant',
  ]);
});

test('the names to remember are those of scheduled tasks of the config', () => {
  const told = list([scheduled(7), scheduled(8), triggered('camera')]);
  assert.deepEqual(listNames(['7', '9', 'camera'].map(by), told), new Map([[7, 'Task 7']]));
});
