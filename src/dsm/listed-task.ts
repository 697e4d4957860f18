// A task as DSM lists it, and a list of them. Its names are untrusted text.
import type { DsmTaskName } from './dsm-task.ts';

/** How the last run of a task ended. Times are by DSM's clock and in its zone. `unknown`: DSM does not report it. */
export type LastRun =
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'succeeded' | 'running'; readonly startedAt?: string | undefined }
  | {
      readonly kind: 'failed';
      readonly exitCode?: number | undefined;
      readonly startedAt?: string | undefined;
    };

/** DSM does not report the last run. */
export const unknownRun: LastRun = { kind: 'unknown' };

/** A task of DSM; values that DSM does not report are undefined. */
export interface ListedTask {
  readonly which: DsmTaskName;
  /** The number of a triggered task in DSM's list, if it has one; it cannot be started by this number. */
  readonly number?: number | undefined;
  readonly name: string;
  readonly owner?: string | undefined;
  readonly isEnabled?: boolean | undefined;
  /** Whether the account that asks may start it. */
  readonly canRun?: boolean | undefined;
  /** Whether it is not a script: DSM keeps no history of such tasks. */
  readonly isOther?: boolean | undefined;
  readonly lastRun: LastRun;
}

/** Why something is unknown: a sentence, and the first lines of an answer that is not understood. */
export interface NotTold {
  readonly kind: 'not-told';
  readonly reason: string;
  readonly lines: readonly string[];
  /** Whether a later try may succeed without any change by the owner. */
  readonly isPassing: boolean;
}

export interface TaskList {
  readonly kind: 'listed';
  readonly tasks: readonly ListedTask[];
  /** Whether the list contains all triggered tasks; `unsupported`: this DSM, or this way, cannot list them. */
  readonly triggered: { readonly kind: 'listed' | 'unsupported' } | NotTold;
}

/** A text that identifies a task. */
export function toTaskKey(which: DsmTaskName): string {
  return which.kind === 'scheduled' ? `scheduled ${which.id}` : `triggered ${which.name}`;
}

/** Each task once, with the values of all its rows; later rows take precedence. */
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
