// Finds the last results of the tasks of a NAS in their histories: a few at a time, and within the time that a user waits for a list.
import type { CallDsm } from './call.ts';
import { createCallNotes } from './call-notes.ts';
import { loadIsOutputSaved, type DsmHistory, type DsmRun } from './dsm-task.ts';
import { toDsmOutcome } from './ends.ts';
import { unknownRun, type LastRun, type ListedTask } from './listed-task.ts';
import type { WebApiOptions } from './options.ts';
import { createScheduledTask } from './scheduled.ts';
import { createTriggeredTask } from './triggered.ts';

const atATime = 4;
/** This many tasks without a history, before any task with one, mean that this DSM has no readable histories. */
const enoughWithout = 8;

export interface LastRuns {
  /** The tasks, with their last results if these could be read in time. */
  readonly tasks: readonly ListedTask[];
  /** Whether "Save output results" is on, without which DSM keeps no history; undefined if DSM does not report it. */
  readonly isOutputSaved: boolean | undefined;
  /** Whether the time was over before all histories were read. */
  readonly isCutShort: boolean;
}

export interface LastRunsOptions {
  /** The API versions that the config forces. */
  readonly versions: WebApiOptions['versions'];
  readonly withinMs: number;
  /** The tasks that matter most. */
  readonly isFirst: (task: ListedTask) => boolean;
  readonly stop: AbortSignal;
}

/** Reads the histories, for `withinMs` at most; results that did not arrive by then stay unknown. */
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
    // All workers share the iterator: each takes the next free task.
    for (const task of left) {
      if (over.aborted || (!isKept && without >= enoughWithout)) return;
      const { which } = task;
      const dsmTask =
        which.kind === 'scheduled'
          ? createScheduledTask(call, which.id, versions, notes)
          : createTriggeredTask(call, which.name, notes);
      const history = await dsmTask.loadNewest(over);
      if (history.kind === 'rows') isKept = true;
      else without++;
      known.set(task, toLastRun(history, isOutputSaved === true && task.isOther !== true));
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  return {
    tasks: tasks.map((task) => ({ ...task, lastRun: known.get(task) ?? unknownRun })),
    isOutputSaved,
    isCutShort: over.aborted,
  };
}

/** An empty history means that there was no run only if DSM writes histories at all: with saving on, and for scripts. */
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

/** Only values of the same kind are compared; without any, the run that DSM lists first counts as the later one. */
function isLater(a: DsmRun, b: DsmRun): boolean {
  return Number.isFinite(a.order) && Number.isFinite(b.order) ? a.order > b.order : a.localMs > b.localMs;
}
