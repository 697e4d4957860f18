// Tasks, a history in memory and executions that end when the test says so, for tests of runs.
import type { History } from '../../src/history.ts';
import type { RunEnd, RunRecord, RunStart } from '../../src/history-records.ts';
import type { Outcome } from '../../src/outcome.ts';
import { createRuns, type Runs } from '../../src/runs.ts';
import type { Task } from '../../src/tasks.ts';
import { createTestLogger } from './logger.ts';

/** A task that joins, without time-out and cooldown, unless told otherwise. */
export function createTask(parts: Partial<Task> = {}): Task {
  return {
    id: 'task',
    name: 'Task',
    way: { runner: 'command', command: { argv: ['/bin/true'], cwd: '/', env: {} } },
    timeoutMs: undefined,
    graceMs: 1000,
    cooldownMs: 0,
    whenBusy: 'join',
    output: 'none',
    ...parts,
  };
}

export interface House {
  readonly runs: Runs;
  readonly starts: RunStart[];
  readonly ends: RunEnd[];
  /** For each execution begun, in order, how to end it. */
  readonly executions: ((outcome?: Outcome) => void)[];
  readonly log: Record<string, unknown>[];
  /** Moves the clock on. */
  tick(ms: number): void;
  /** From now on starts wait until the function given back is called with whether they are on disk. */
  holdDisk(): (isOnDisk: boolean) => void;
}

/** Runs with everything around them in the hand of the test. */
export function createHouse({ keep = 100, past = [] }: { keep?: number; past?: readonly RunRecord[] } = {}): House {
  const starts: RunStart[] = [];
  const ends: RunEnd[] = [];
  const executions: House['executions'] = [];
  const { logger, lines } = createTestLogger();
  let now = 0;
  let disk = Promise.resolve(true);
  const history: History = {
    past,
    recordStart(start) {
      starts.push(start);
      return disk;
    },
    recordEnd: (end) => void ends.push(end),
    close: () => Promise.resolve(),
  };
  const runs = createRuns({
    history,
    execute() {
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      executions.push((outcome = { kind: 'succeeded', exitCode: 0 }) => resolve(outcome));
      return { pid: undefined, ended: promise };
    },
    keep,
    logger,
    nowMs: () => now,
    wallMs: () => Date.UTC(2026, 0, 1) + now,
  });
  return {
    runs,
    starts,
    ends,
    executions,
    log: lines,
    tick: (ms) => void (now += ms),
    holdDisk() {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      disk = promise;
      return resolve;
    },
  };
}
