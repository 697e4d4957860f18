// A run that the test controls: it prints and ends when the test wants.
import type { Outcome } from '../../src/outcome.ts';
import { createRun, type Run } from '../../src/runs/run.ts';
import { createRunOutput } from '../../src/runs/run-output.ts';
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
  const feedTask = createTask({ name: 'Feed', output: 'all', ...task });
  const output = createRunOutput(feedTask.output);
  const run = createRun({
    id: feedId,
    task: feedTask,
    isQueued,
    clock: { nowMs: () => 0, wallMs: () => 0 },
    output,
    startWork: () => ({
      begun: Promise.resolve(undefined),
      ended,
      tookMs: () => undefined,
      stop() {},
      acknowledge() {},
    }),
  });
  if (!isQueued) void run.begin();
  return {
    run,
    print: (text) => output.push(Buffer.from(text)),
    async end(outcome = { kind: 'succeeded', exitCode: 0 }) {
      resolve(outcome);
      return await run.ended;
    },
  };
}
