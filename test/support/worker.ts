// A run with a worker of its own, whose runner is in the hand of the test.
import assert from 'node:assert/strict';
import { systemClock, type Clock } from '../../src/clock.ts';
import type { Logger } from '../../src/log/log.ts';
import type { DsmRunIo, Execution } from '../../src/runners/execution.ts';
import { toRunnerDigest } from '../../src/worker/digest.ts';
import { createRun, type Run } from '../../src/runs/run.ts';
import { createRunOutput } from '../../src/runs/run-output.ts';
import type { Task } from '../../src/tasks.ts';
import { createWorkerClient, type AttachableClient } from '../../src/worker/client.ts';
import { trusting } from '../../src/worker/guard.ts';
import { createInsideLink } from '../../src/worker/link.ts';
import { createWorker, type WorkerOptions } from '../../src/worker/worker.ts';

/** A worker in this process; it starts nothing but what the test gives it. */
export function createTestWorker({
  logger,
  ...options
}: Partial<WorkerOptions> & { readonly logger: Logger }): AttachableClient {
  const link = createInsideLink();
  const { clock = systemClock } = options;
  const worker = createWorker({
    findTask: () => undefined,
    execute: () => assert.fail('nothing is started'),
    adopt: () => assert.fail('nothing is adopted'),
    resume: () => assert.fail('nothing in DSM is followed'),
    answer: () => assert.fail('nothing is asked'),
    guard: trusting,
    keptBytes: 0,
    logger,
    ...options,
    clock,
  });
  worker.attach(link.worker);
  const client = createWorkerClient({ logger, clock, describe: () => undefined });
  client.attach(link.server);
  return client;
}

/** A run that a worker does by `execute`. */
export function createWorkedRun({
  id,
  task,
  execute,
  clock,
  logger,
}: {
  readonly id: string;
  readonly task: Task;
  readonly execute: (io: DsmRunIo) => Execution;
  readonly clock: Clock;
  readonly logger: Logger;
}): Run {
  const worker = createTestWorker({
    findTask: () => task,
    execute: (_runner, io) => execute(io),
    clock,
    logger,
  });
  const output = createRunOutput(task.output);
  const order = { run: id, task: task.id, digest: toRunnerDigest(task.runner) };
  return createRun({
    id,
    task,
    clock,
    output,
    startWork: () => worker.start(order, { onOutput: output.push, note: () => Promise.resolve(true) }),
  });
}
