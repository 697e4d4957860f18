// A task as DSM tells of it, and a list of them. Its names are anybody's text.
import type { DsmTaskName } from './dsm-task.ts';

/** How the last run of a task ended. Times are those of DSM, by its clock and in its zone. `unknown`: DSM does not tell. */
export type LastRun =
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'succeeded' | 'running'; readonly startedAt: string | undefined }
  | { readonly kind: 'failed'; readonly exitCode: number | undefined; readonly startedAt: string | undefined };

/** DSM does not tell. */
export const unknownRun: LastRun = { kind: 'unknown' };

/** A task that DSM has; undefined is what it does not tell. */
export interface ListedTask {
  readonly which: DsmTaskName;
  /** The number that a triggered task has in DSM's list, where it has one; it cannot be started by it. */
  readonly number?: number;
  readonly name: string;
  readonly owner: string | undefined;
  readonly isEnabled: boolean | undefined;
  /** Whether who asks may start it. */
  readonly canRun: boolean | undefined;
  /** Whether it is no script: DSM keeps no history of such tasks. */
  readonly isOther?: boolean;
  readonly lastRun: LastRun;
}

/** Why something is not known: a sentence, and the first lines of what is not understood. */
export interface NotTold {
  readonly kind: 'not-told';
  readonly reason: string;
  readonly lines: readonly string[];
  /** Whether it may be told later without anybody's doing. */
  readonly isPassing: boolean;
}

export interface TaskList {
  readonly kind: 'listed';
  readonly tasks: readonly ListedTask[];
  /** Whether the triggered tasks are all there; `unsupported`: this DSM, or this way, has no list of them. */
  readonly triggered: { readonly kind: 'listed' | 'unsupported' } | NotTold;
}

/** A text that is the same for the same task, and differs from task to task. */
export function toTaskKey(which: DsmTaskName): string {
  return which.kind === 'scheduled' ? `scheduled ${which.id}` : `triggered ${which.name}`;
}

/** Each task once, with what any of its rows tells; the later one counts. */
export function uniteTasks(rows: readonly ListedTask[]): ListedTask[] {
  const tasks = new Map<string, ListedTask>();
  for (const row of rows) {
    const key = toTaskKey(row.which);
    const before = tasks.get(key);
    tasks.set(key, {
      ...before,
      ...row,
      owner: row.owner ?? before?.owner,
      isEnabled: row.isEnabled ?? before?.isEnabled,
      canRun: row.canRun ?? before?.canRun,
    });
  }
  return [...tasks.values()].toSorted(compare);
}

/** Scheduled tasks by number, then triggered ones by name. */
function compare({ which: a }: ListedTask, { which: b }: ListedTask): number {
  if (a.kind === 'scheduled') return b.kind === 'scheduled' ? a.id - b.id : -1;
  return b.kind === 'scheduled' ? 1 : a.name.localeCompare(b.name, 'en');
}
