// Runs and follow-ups over real files, with a clock in the hand of the test, and crashes at any moment.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import type { Clock } from '../../src/clock.ts';
import { createFollowUps, type FollowUps } from '../../src/follow-ups/follow-ups.ts';
import { createPlans } from '../../src/follow-ups/plans.ts';
import { createFollowUpsFile } from '../../src/follow-ups/state.ts';
import { openHistory } from '../../src/history/history.ts';
import type { Outcome } from '../../src/outcome.ts';
import { createRegister } from '../../src/runs/register.ts';
import { restoreRuns } from '../../src/runs/restore.ts';
import { createRuns, type Runs } from '../../src/runs/runs.ts';
import type { Task } from '../../src/tasks.ts';
import type { ThenOptions } from '../../src/values/then.ts';
import { createFolder } from './daemon.ts';
import { createTestLogger } from './logger.ts';
import { adoptWithoutPipe } from './pipes.ts';
import { createTestWorker } from './worker.ts';
import { createTask, idOf } from './runs.ts';

export const minute = 60_000;
export const hour = 60 * minute;

/** Two hours after it has succeeded, with all defaults. */
export function thenOf(task: string, parts: Partial<ThenOptions> = {}): ThenOptions {
  return {
    task,
    after: 2 * hour,
    when: 'succeeded',
    between: [10 * minute, 8 * hour],
    within: 24 * hour,
    ...parts,
  };
}

export const camera = [
  createTask({ id: 'off', name: 'Camera off', then: thenOf('on') }),
  createTask({ id: 'on', name: 'Camera on' }),
];

export interface FollowHouse {
  readonly folder: string;
  readonly runs: Runs;
  readonly followUps: FollowUps;
  readonly log: Record<string, unknown>[];
  /** The config in force, by id. */
  readonly tasks: Map<string, Task>;
  /** Ends the last run of a task, once its work has begun. */
  end(task: string, outcome?: Outcome): Promise<void>;
  /** Waits for as many starts on disk, and compares: each is `TASK`, or `TASK after TASK`. */
  hasStarts(expected: readonly string[]): Promise<void>;
  /** Waits for a line of the log; returns its text. */
  says(event: string): Promise<string>;
  /** Starts a task from outside, and ends its run. Returns the run id once the end can be seen. */
  tap(task: string, chosenMs?: number, outcome?: Outcome): Promise<string>;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  /** Moves the clock for people alone. */
  setWall(byMs: number): void;
  /** A daemon that begins with the files as they are now, as after a kill, so long later. */
  crash(offMs?: number): Promise<FollowHouse>;
}

/** Waits for real files, while timers stand still. */
export async function turnsUntil(isDone: () => boolean, what: string): Promise<void> {
  for (const endMs = performance.now() + 60_000; !isDone(); await nextTurn())
    if (performance.now() > endMs) throw new Error(`Waited in vain for ${what}`);
}

/** Lets what was begun come to its end. */
async function settle(): Promise<void> {
  for (const endMs = performance.now() + 40; performance.now() < endMs;) await nextTurn();
}

export async function createFollowHouse(
  t: TestContext,
  {
    tasks = camera,
    folder = createFolder(t),
    wallMs = Date.UTC(2026, 5, 1, 12),
  }: { tasks?: readonly Task[]; folder?: string; wallMs?: number } = {},
): Promise<FollowHouse> {
  const { logger, lines } = createTestLogger();
  let now = 1000;
  let wall = wallMs;
  const clock: Clock = { nowMs: () => now, wallMs: () => wall };
  const known = new Map(tasks.map((task) => [task.id, task]));
  const findTask = (id: string): Task | undefined => known.get(id);
  const filePath = path.join(folder, 'history.jsonl');
  const history = openHistory({ filePath, keep: 100, logger, clock });
  t.after(async () => await history.close());
  const register = createRegister({ history, findTask, clock });
  const file = createFollowUpsFile(path.join(folder, 'follow-ups'), logger);
  const plans = createPlans({ file, history, clock });
  const executions = new Map<string, (outcome?: Outcome) => void>();
  const onNews = (): void => {};
  const behind = createTestWorker({
    findTask,
    execute(_runner, io) {
      const task = history.runs.find(io.run)?.start.task ?? '';
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      executions.set(task, (outcome = { kind: 'succeeded', exitCode: 0 }) => resolve(outcome));
      io.stop.addEventListener('abort', () => resolve({ kind: 'succeeded', exitCode: 0 }));
      return { process: undefined, ended: promise };
    },
    adopt: adoptWithoutPipe,
    resume() {
      throw new Error('No run of DSM');
    },
    answer: () => assert.fail('nothing is asked'),
    logger,
    clock,
  });
  const worker = plans.hold(behind);
  const runs = createRuns({ register, history, worker, logger, clock, onNews });
  const followUps = createFollowUps({ plans, runs, findTask, isLogWritten: () => true, logger, clock });
  t.after(followUps.close);
  await plans.restore();
  await restoreRuns({ register, runs, history, worker, logger, clock, onNews });
  await plans.settle();
  followUps.begin();
  await settle();
  const load = (): Record<string, unknown>[] =>
    fs
      .readFileSync(filePath, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const starts = (): string[] => {
    const found = load().filter(({ event }) => event === 'start');
    const taskOf = new Map(found.map(({ run, task }) => [run, String(task)]));
    return found.map(({ task, follows }) =>
      follows === undefined ? String(task) : `${String(task)} after ${taskOf.get(follows)}`,
    );
  };
  const end = async (task: string, outcome?: Outcome): Promise<void> => {
    await turnsUntil(() => executions.has(task), `a run of ${task}`);
    executions.get(task)?.(outcome);
    executions.delete(task);
    await turnsUntil(() => runs.last(task)?.state === 'ended', `the end of ${task}`);
  };
  return {
    folder,
    runs,
    followUps,
    log: lines,
    tasks: known,
    end,
    async hasStarts(expected) {
      await turnsUntil(() => starts().length >= expected.length, expected.join(', '));
      assert.deepEqual(starts(), expected);
    },
    async says(event) {
      await turnsUntil(() => lines.some((line) => line['event'] === event), event);
      return String(lines.find((line) => line['event'] === event)?.['msg']);
    },
    async tap(id, chosenMs, outcome) {
      const task = known.get(id) ?? createTask();
      const result = await runs.start(task, {
        address: '192.168.1.5',
        label: 'Anna',
        idempotencyKey: undefined,
        chosenMs,
      });
      const run = idOf(result);
      await end(id, outcome);
      return run;
    },
    async pass(ms) {
      for (let left = ms; left > 0; left -= minute) {
        const step = Math.min(minute, left);
        now += step;
        wall += step;
        t.mock.timers.tick(step);
        if (left % (30 * minute) === 0) await settle();
      }
      await settle();
    },
    setWall: (byMs) => void (wall += byMs),
    async crash(offMs = 0) {
      const copy = createFolder(t);
      for (const name of ['history.jsonl', 'follow-ups'])
        if (fs.existsSync(path.join(folder, name)))
          fs.copyFileSync(path.join(folder, name), path.join(copy, name));
      followUps.close();
      return await createFollowHouse(t, { tasks: [...known.values()], folder: copy, wallMs: wall + offMs });
    },
  };
}
