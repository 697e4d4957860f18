// Pipes for the programs of tests, and what stands for them where a test has none.
import { randomUUID } from 'node:crypto';
import { after } from 'node:test';
import type { ProcessIdentity } from '../../src/processes/process-identity.ts';
import { adoptProcess } from '../../src/runners/adopted.ts';
import type { Execution, RunIo } from '../../src/runners/execution.ts';
import { createPipes, type Pipes } from '../../src/processes/pipes.ts';
import { createTestLogger } from './logger.ts';

/** Stands for a system that gives no pipes. */
export const withoutPipes: Pick<Pipes, 'open'> = { open: () => undefined };

/** Watches a process of which no pipe is found. */
export function adoptWithoutPipe(process: ProcessIdentity, io: RunIo): Execution {
  return adoptProcess(process, io, { listen: () => () => {} });
}

/** Pipes of a daemon of their own, which are removed after the test file. */
export function createTestPipes(): Pipes {
  const pipes = createPipes(`/${randomUUID()}`, createTestLogger().logger);
  after(() => void pipes.close());
  return pipes;
}
