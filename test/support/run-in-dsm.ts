// A run of a task of DSM by some runner, to its end.
import { randomUUID } from 'node:crypto';
import type { DsmTaskName } from '../../src/dsm/dsm-task.ts';
import type { Outcome } from '../../src/outcome.ts';
import type { DsmRunner } from '../../src/runners/dsm.ts';

/** How a run ended, and what it printed, if anything. */
export type DsmTestRun = Outcome & { readonly printed?: string };

/** Runs a task, `7` or a name, to its end. */
export async function runInDsm(
  runner: Pick<DsmRunner, 'start'>,
  task: number | string,
  stop = new AbortController().signal,
): Promise<DsmTestRun> {
  const chunks: Uint8Array[] = [];
  const name: DsmTaskName = typeof task === 'number' ? { kind: 'scheduled', id: task } : { kind: 'triggered', name: task };
  const onOutput = (chunk: Uint8Array): void => void chunks.push(chunk);
  const outcome = await runner.start(name, { run: randomUUID(), onOutput, stop, stopSignal: 'SIGTERM', graceMs: 1 }).ended;
  const printed = Buffer.concat(chunks).toString();
  return printed === '' ? outcome : { ...outcome, printed };
}
