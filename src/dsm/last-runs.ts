// How the tasks of a NAS ended last, from their histories: a few at a time, and no longer than somebody waits for a list.
import type { CallDsm } from './call.ts';
import { createCallNotes } from './call-notes.ts';
import { loadIsOutputSaved, type DsmHistory, type DsmRun } from './dsm-task.ts';
import { toDsmOutcome } from './ends.ts';
import { unknownRun, type LastRun, type ListedTask } from './listed-task.ts';
import type { WebApiOptions } from './options.ts';
import { createScheduledTask } from './scheduled.ts';
import { createTriggeredTask } from './triggered.ts';

const atATime = 4;
/** So many tasks without a history, before any with one, mean that this DSM keeps none that can be asked for. */
const enoughWithout = 8;

export interface LastRuns {
  /** The tasks, with how they ended last as far as that could be asked in time. */
  readonly tasks: readonly ListedTask[];
  /** Whether "Save output results" is on, without which DSM keeps no history; undefined where DSM does not tell. */
  readonly isOutputSaved: boolean | undefined;
  /** Whether the time was over before all had been asked for. */
  readonly isCutShort: boolean;
}

export interface LastRunsOptions {
  /** Those that the config forces. */
  readonly versions: WebApiOptions['versions'];
  readonly withinMs: number;
  /** The tasks that matter most. */
  readonly isFirst: (task: ListedTask) => boolean;
  readonly stop: AbortSignal;
}

/** Asks for the histories, for `withinMs` at most: what is not told by then stays unknown. */
export async function loadLastRuns(
  call: CallDsm,
  tasks: readonly ListedTask[],
  { versions, withinMs, isFirst, stop }: LastRunsOptions,
): Promise<LastRuns> {
  const over = AbortSignal.any([stop, AbortSignal.timeout(withinMs)]);
  const isOutputSaved = await loadIsOutputSaved(call, over);
  const known = new Map<ListedTask, LastRun>();
  const left = tasks.toSorted((a, b) => Number(isFirst(b)) - Number(isFirst(a))).values();
  const notes = createCallNotes();
  let without = 0;
  let isKept = false;
  const work = async (): Promise<void> => {
    // All workers share the iterator: each takes the next task that nobody has.
    for (const task of left) {
      if (over.aborted || (!isKept && without >= enoughWithout)) return;
      const { which } = task;
      const dsmTask =
        which.kind === 'scheduled' ? createScheduledTask(call, which.id, versions, notes) : createTriggeredTask(call, which.name, notes);
      const history = await dsmTask.loadNewest(over);
      if (history.kind === 'rows') isKept = true;
      else without++;
      known.set(task, toLastRun(history, isOutputSaved === true && task.isOther !== true));
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  return { tasks: tasks.map((task) => ({ ...task, lastRun: known.get(task) ?? unknownRun })), isOutputSaved, isCutShort: over.aborted };
}

/** No rows mean that there was no run only where rows are written at all: with saving on, and of scripts. */
function toLastRun(history: DsmHistory, isKept: boolean): LastRun {
  if (history.kind !== 'rows') return unknownRun;
  const [first, ...others] = history.rows;
  if (first === undefined) return isKept ? { kind: 'none' } : unknownRun;
  const newest = others.reduce<DsmRun>((a, b) => (isLater(b, a) ? b : a), first);
  const { startedAt, end } = newest;
  if (end === undefined) return { kind: 'running', startedAt };
  const outcome = toDsmOutcome(end);
  if (outcome.kind === 'succeeded') return { kind: 'succeeded', startedAt };
  return outcome.kind === 'failed' ? { kind: 'failed', exitCode: outcome.exitCode, startedAt } : unknownRun;
}

/** Like is compared with like; where that cannot be, the one that DSM names first is the later one. */
function isLater(a: DsmRun, b: DsmRun): boolean {
  return Number.isFinite(a.order) && Number.isFinite(b.order) ? a.order > b.order : a.localMs > b.localMs;
}
