// Tasks, a history in memory and executions that end when the test says so, for tests of runs.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { History } from '../../src/history/history.ts';
import type { Clock } from '../../src/clock.ts';
import type { Line, RunBegin, RunEnd, RunJoin, RunRecord, RunStart } from '../../src/history/records.ts';
import type { Remembered } from '../../src/history/remembered.ts';
import type { Outcome } from '../../src/outcome.ts';
import type { EarlierDsmRun } from '../../src/runners/execute.ts';
import type { DsmRunIo } from '../../src/runners/execution.ts';
import type { RunNews } from '../../src/runs/lifecycle.ts';
import { createRegister } from '../../src/runs/register.ts';
import { restoreRuns } from '../../src/runs/restore.ts';
import { createRuns, type Runs, type StartResult } from '../../src/runs/runs.ts';
import type { Task } from '../../src/tasks.ts';
import { createTestLogger } from './logger.ts';
import { createPast } from './past.ts';
import { adoptWithoutPipe } from './pipes.ts';
import { createTestWorker } from './worker.ts';

/** A task that joins, by default without time-out and cooldown. */
export function createTask(parts: Partial<Task> = {}): Task {
  return {
    id: 'task',
    name: 'Task',
    isNamed: true,
    icon: undefined,
    runner: { kind: 'command', command: { argv: ['/bin/true'], cwd: '/', env: {}, user: undefined } },
    isEnabled: true,
    asksFirst: false,
    question: undefined,
    allow: undefined,
    hours: undefined,
    maxPerDay: undefined,
    cooldownMs: 0,
    whenBusy: 'join',
    queueMax: 5,
    queueExpiresMs: 600_000,
    timeoutMs: undefined,
    stopSignal: 'SIGTERM',
    graceMs: 1000,
    isStoppable: false,
    atShutdown: 'leave',
    output: 'none',
    then: undefined,
    ...parts,
  };
}

export interface AdminDeps {
  readonly runs: Runs;
  readonly starts: RunStart[];
  readonly begins: RunBegin[];
  readonly joins: RunJoin[];
  /** The history. */
  readonly remembered: Remembered;
  /** Puts a task into the config, or takes it out; at first there is each task that was started. */
  setTask(id: string, task: Task | undefined): void;
  readonly ends: RunEnd[];
  readonly news: RunNews[];
  readonly clock: Clock;
  /** For each execution begun, in order, how to end it. */
  readonly executions: ((outcome?: Outcome) => void)[];
  /** What each execution was given. */
  readonly ios: DsmRunIo[];
  /** The runs in DSM that were taken up. */
  readonly resumed: {
    readonly run: EarlierDsmRun;
    readonly note: DsmRunIo['note'];
    readonly end: (outcome: Outcome) => void;
  }[];
  readonly log: Record<string, unknown>[];
  /** Moves the clock on. */
  tick(ms: number): void;
  /** Sets the time for people back or forth. */
  setWall(byMs: number): void;
  /** Resolves once the runs of earlier daemons are restored; without any, that has happened at once. */
  readonly restored: Promise<void>;
  /** From now on starts wait until the function given back is called with whether they are on disk. */
  holdDisk(): (isOnDisk: boolean) => void;
  /** The worker goes away. */
  loseWorker(): void;
}

/** Runs with everything around them in the hand of the test. */
export function createHouse({
  keep = 100,
  past = [],
  tasks = [],
  lines: written = [],
}: {
  keep?: number;
  past?: readonly RunRecord[];
  tasks?: readonly Task[];
  lines?: readonly Line[];
} = {}): AdminDeps {
  const starts: RunStart[] = [];
  const begins: RunBegin[] = [];
  const joins: RunJoin[] = [];
  const ends: RunEnd[] = [];
  const news: RunNews[] = [];
  const executions: AdminDeps['executions'] = [];
  const ios: AdminDeps['ios'] = [];
  const resumed: AdminDeps['resumed'] = [];
  const { logger, lines } = createTestLogger();
  let now = 0;
  let wall = Date.UTC(2026, 0, 1);
  let disk = Promise.resolve(true);
  const clock: Clock = { nowMs: () => now, wallMs: () => wall };
  const remembered = createPast(past, clock);
  for (const line of written) remembered.add(line);
  remembered.dropOldest(keep);
  const known = new Map(tasks.map((task) => [task.id, task]));
  const history: History = {
    runs: remembered,
    lastAtMs: undefined,
    problem: () => undefined,
    async record(line) {
      if (line.event === 'start') starts.push(line);
      else if (line.event === 'join') joins.push(line);
      else begins.push(line);
      const isOnDisk = await disk;
      if (isOnDisk) remembered.add(line);
      return isOnDisk;
    },
    noteProcess(line) {
      begins.push(line);
      remembered.add(line);
    },
    recordEnd(end) {
      ends.push(end);
      remembered.add(end);
      return { forgotten: remembered.dropOldest(keep), written: Promise.resolve() };
    },
    close: () => Promise.resolve(),
  };
  const onNews = (what: RunNews): void => void news.push(what);
  const findTask = (id: string): Task | undefined => known.get(id);
  const worker = createTestWorker({
    findTask,
    execute(_way, io) {
      const { stop } = io;
      ios.push(io);
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      executions.push((outcome = { kind: 'succeeded', exitCode: 0 }) => resolve(outcome));
      stop.addEventListener('abort', () => resolve({ kind: 'failed', signal: 'SIGTERM' }));
      return { process: undefined, ended: promise };
    },
    adopt: adoptWithoutPipe,
    resume(run, { stop, note }) {
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      resumed.push({ run, note, end: resolve });
      stop.addEventListener('abort', () => resolve({ kind: 'unconfirmed' }));
      return { process: undefined, ended: promise };
    },
    answer: () => Promise.resolve(undefined),
    logger,
    clock,
  });
  const register = createRegister({ history, findTask, clock });
  const created = createRuns({ register, history, worker, logger, clock, onNews });
  const restored = restoreRuns({ register, runs: created, history, worker, logger, clock, onNews });
  return {
    runs: {
      ...created,
      async start(task, ...rest) {
        if (!known.has(task.id)) known.set(task.id, task);
        return await created.start(task, ...rest);
      },
    },
    starts,
    joins,
    remembered,
    setTask: (id, task) => void (task === undefined ? known.delete(id) : known.set(id, task)),
    begins,
    ends,
    news,
    clock,
    executions,
    ios,
    resumed,
    log: lines,
    tick(ms) {
      now += ms;
      wall += ms;
    },
    setWall: (byMs) => void (wall += byMs),
    restored,
    loseWorker: worker.detach,
    holdDisk() {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      disk = promise;
      return resolve;
    },
  };
}

/** As `createHouse`, once the runs that its past left without an end are restored. */
export async function createRestoredHouse(...options: Parameters<typeof createHouse>): Promise<AdminDeps> {
  const house = createHouse(...options);
  await house.restored;
  return house;
}

/** The id of the run that a start came to. */
export const idOf = (result: StartResult): string => ('run' in result ? result.run.id : '');

/** How many results there are of each kind. */
export function kindsOf(results: readonly StartResult[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of results) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Resolves once everything that waits for nothing from outside has happened. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await nextTurn();
}
