// A run that the test controls: it prints and ends when the test wants.
import type { Outcome } from '../../src/outcome.ts';
import { createRun, type Run } from '../../src/runs/run.ts';
import { createTestLogger } from './logger.ts';
import { createTask } from './runs.ts';

/** A run id as real ones look. */
export const feedId = 'Abcdefghij-klmnopqr_12';

export interface TestFeed {
  readonly run: Run;
  print(text: string | Uint8Array): void;
  /** Ends it; resolves when the run knows. */
  end(outcome?: Outcome): Promise<Outcome>;
}

/** A run of a task that shows all of its output by default; it has begun, unless it is queued. */
export function createFeed(task: Parameters<typeof createTask>[0] = {}, { isQueued = false } = {}): TestFeed {
  const { promise: ended, resolve } = Promise.withResolvers<Outcome>();
  let onOutput: (chunk: Uint8Array) => void = () => {};
  const run = createRun({
    id: feedId,
    task: createTask({ name: 'Feed', output: 'all', ...task }),
    isQueued,
    logger: createTestLogger().logger,
    clock: { nowMs: () => 0, wallMs: () => 0 },
    execute(io) {
      if (io.onOutput !== undefined) ({ onOutput } = io);
      return { process: undefined, ended };
    },
  });
  if (!isQueued) run.begin();
  return {
    run,
    print: (text) => onOutput(Buffer.from(text)),
    async end(outcome = { kind: 'succeeded', exitCode: 0 }) {
      resolve(outcome);
      return await run.ended;
    },
  };
}
