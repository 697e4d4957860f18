// Converts DSM's report of how a run ended into an outcome that claims no more than the report.
import { toFirstLines } from '../untrusted-text.ts';
import { failedToStart, unconfirmed, type Outcome } from '../outcome.ts';
import type { DsmEnd } from './dsm-task.ts';

/** Ends that are not a success, whatever number comes with them. */
const failures: Readonly<
  Record<string, 'dsm-signal' | 'dsm-crash' | 'dsm-command-not-found' | 'dsm-interrupted'>
> = {
  by_signal: 'dsm-signal',
  coredump: 'dsm-crash',
  stop: 'dsm-command-not-found',
  continue: 'dsm-interrupted',
};

/**
 * The outcome of an end. Only `normal` with 0 is a success: DSM most likely reads the exit status of a
 * triggered task as if it were a wait status, so that 127 becomes `stop` with 0 (docs/notes/web-api.md).
 */
export function toDsmOutcome({ exitCode, exitType }: DsmEnd): Outcome {
  if (exitCode === 0 && exitType === 'normal') return { kind: 'succeeded', exitCode };
  if (exitCode !== undefined && exitCode !== 0) return { kind: 'failed', exitCode };
  const code = exitType === undefined || !Object.hasOwn(failures, exitType) ? undefined : failures[exitType];
  return code === undefined ? unconfirmed({ code: 'dsm-end-unclear' }) : failedToStart({ code });
}

/** An end as DSM writes it; `row` is everything that DSM wrote, without the task's script and output. */
export function toDsmEnd(exitCode: number | undefined, exitType: string | undefined, row: unknown): DsmEnd {
  const end = {
    exitCode: exitCode === undefined || !Number.isInteger(exitCode) ? undefined : exitCode,
    exitType: exitType?.trim(),
  };
  return toDsmOutcome(end).kind === 'unconfirmed'
    ? { ...end, lines: toFirstLines(JSON.stringify(row, null, 2) ?? '') }
    : end;
}
