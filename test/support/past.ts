// A history as an earlier daemon has left it.
import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../src/clock.ts';
import { renderRecord, type RunBegin, type RunRecord } from '../../src/history/records.ts';
import { createRemembered, type Remembered } from '../../src/history/remembered.ts';
import type { Outcome } from '../../src/outcome.ts';
import type { ProcessIdentity } from '../../src/processes/process-identity.ts';

export interface PastRun {
  readonly run: string;
  readonly task?: string;
  readonly name?: string;
  /** Wall time of the start; an hour ago, if not given. */
  readonly at?: number;
  readonly isQueued?: true;
  /** Whether its begin was written down, and with which process. */
  readonly begun?: ProcessIdentity | true;
  /** What was written down of a run in DSM. */
  readonly dsm?: NonNullable<RunBegin['dsm']>;
  readonly outcome?: Outcome;
  /** A second, if not given. */
  readonly durationMs?: number;
}

/** What is remembered of a run. */
export function toRecord({
  run,
  task = 'task',
  name = 'Task',
  at = Date.now() - 3_600_000,
  isQueued,
  begun,
  dsm,
  outcome,
  durationMs = 1000,
}: PastRun): RunRecord {
  const time = new Date(at).toISOString();
  return {
    start: {
      event: 'start',
      run,
      task,
      name,
      at: time,
      address: '192.0.2.7',
      ...(isQueued === undefined ? {} : { isQueued }),
    },
    ...(begun === undefined
      ? {}
      : { begin: { event: 'begin', run, at: time, ...(begun === true ? {} : { process: begun }) } }),
    ...(dsm === undefined ? {} : { begin: { event: 'begin', run, at: time, dsm } }),
    ...(outcome === undefined ? {} : { end: { event: 'end', run, at: time, durationMs, outcome } }),
  };
}

/** What is remembered of some runs. */
export function createPast(
  records: readonly RunRecord[],
  clock: Clock = { nowMs: () => 0, wallMs: () => Date.UTC(2026, 0, 1) },
): Remembered {
  const remembered = createRemembered(clock);
  for (const { start, begin, end } of records)
    for (const line of [start, begin, end]) if (line !== undefined) remembered.add(line);
  return remembered;
}

/** Writes a history into the folder of a daemon that is yet to be started. */
export function writePast(folder: string, runs: readonly PastRun[]): void {
  const lines = runs.map((run) => renderRecord(toRecord(run))).join('');
  fs.writeFileSync(path.join(folder, 'history.jsonl'), lines, { mode: 0o600 });
}
