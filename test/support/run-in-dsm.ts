// A run of a task of DSM by some runner, to its end.
import { randomUUID } from 'node:crypto';
import type { DsmTaskName } from '../../src/dsm/dsm-task.ts';
import type { Outcome } from '../../src/outcome.ts';
import type { DsmRunner } from '../../src/runners/dsm.ts';
import type { DsmRunIo } from '../../src/runners/execution.ts';
import { withoutCode } from './outcome.ts';

/** How a run ended, and what it printed, if anything. */
export type DsmTestRun = Outcome & { readonly printed?: string };

/** What a run in DSM needs, if the test ignores what it prints and writes down. */
export function createDsmIo(stop: AbortSignal): DsmRunIo {
  return {
    run: randomUUID(),
    onOutput() {},
    stop,
    stopSignal: 'SIGTERM',
    graceMs: 1000,
    note: () => Promise.resolve(true),
  };
}

/** Runs a task, `7` or a name, to its end. */
export async function runInDsm(
  runner: Pick<DsmRunner, 'start'>,
  task: number | string,
  stop = new AbortController().signal,
): Promise<DsmTestRun> {
  const chunks: Uint8Array[] = [];
  const name: DsmTaskName =
    typeof task === 'number' ? { kind: 'scheduled', id: task } : { kind: 'triggered', name: task };
  const onOutput = (chunk: Uint8Array): void => void chunks.push(chunk);
  const outcome = withoutCode(await runner.start(name, { ...createDsmIo(stop), onOutput }).ended);
  const printed = Buffer.concat(chunks).toString();
  return printed === '' ? outcome : { ...outcome, printed };
}
