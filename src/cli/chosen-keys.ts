// The keys that a command is to change: by their label, or the one key of a task, or of the door, that has none.
import { toLabel } from '../config/edit-keys.ts';
import type { PlacedKey } from '../config/key-setting.ts';
import type { PlacedKeys } from '../config/load.ts';
import { AppError } from '../errors.ts';
import type { Task } from '../tasks.ts';
import { toOneLine } from '../untrusted-text.ts';
import { findTask } from './find-task.ts';
import { renderTitle } from './task-addresses.ts';

/** All keys of the door (`task` is undefined), or of a task. */
export interface Lock {
  readonly task: Task | undefined;
  readonly keys: readonly PlacedKey[];
}

/** A key of a lock. */
export interface ChosenKey {
  readonly lock: Lock;
  readonly key: PlacedKey;
}

/** All keys: first the magic keys, then those of each task. */
export function listLocks({ magic, tasks }: PlacedKeys): readonly Lock[] {
  return [{ task: undefined, keys: magic }, ...tasks];
}

/** The magic keys, or the keys of the task with this id. Throws AppError `usage`. */
export function findLock(keys: PlacedKeys, id: string | undefined): Lock {
  return id === undefined
    ? { task: undefined, keys: keys.magic }
    : findTask(keys.tasks, id, ({ task }) => task.id);
}

/**
 * All keys with a label, or only the one of a task; without a label, the key that has none: the task's, or the magic key.
 * Throws AppError `usage`.
 */
export function chooseKeys(
  placed: PlacedKeys,
  { label, task }: { readonly label: string | undefined; readonly task: string | undefined },
): readonly ChosenKey[] {
  const locks = label === undefined || task !== undefined ? [findLock(placed, task)] : listLocks(placed);
  const all = locks.flatMap((lock) => lock.keys.map((key) => ({ lock, key })));
  const chosen = all.filter(({ key }) => key.label === label);
  if (chosen.length > 0) return chosen;
  const labels = [...new Set(all.flatMap(({ key }) => key.label ?? []))];
  const listed = `The labels are ${labels.map(toOneLine).join(', ')}`;
  if (label === undefined) throw new AppError('usage', 'Name the label of the key', [listed]);
  throw new AppError('usage', `No key has the label "${toOneLine(label)}"`, [
    labels.length === 0 ? 'The keys have no labels: leave LABEL out for a key without one' : listed,
  ]);
}

/** What a key is for, as it stands in a sentence. */
export function renderLock({ task }: Lock): string {
  return task === undefined ? 'magic key' : `key of ${renderTitle(task)}`;
}

/** A key in a sentence: `the magic key "Anna's phone"`. */
export function renderKey({ lock, key }: ChosenKey): string {
  return `the ${renderLock(lock)} "${toOneLine(toLabel(key))}"`;
}
