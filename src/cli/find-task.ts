// Finds the task named on the command line.
import { AppError } from '../errors.ts';
import { toOneLine } from '../untrusted-text.ts';

/** What has the task with this id. Throws AppError `usage`. */
export function findTask<T>(all: readonly T[], id: string, toId: (one: T) => string): T {
  const found = all.find((one) => toId(one) === id);
  if (found === undefined)
    throw new AppError('usage', `There is no task "${toOneLine(id)}" in the config`, [
      `Its tasks are ${all.map((one) => toOneLine(toId(one))).join(', ')}`,
    ]);
  return found;
}
