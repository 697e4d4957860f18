// A triggered task as SYNO.Core.EventScheduler `get` shows it: whether it exists, whether it is running, and its last result.
import * as z from 'zod';
import { toUnclear, type CallDsm, type Unanswered } from './call.ts';
import type { CallNotes } from './call-notes.ts';
import type { DsmState } from './dsm-task.ts';
import { maybe, Numberish } from './dsm-values.ts';
import { toDsmEnd } from './ends.ts';
import { isNotThere, isSessionOver } from './errors.ts';

const api = 'SYNO.Core.EventScheduler';
/** The name of the call that not every DSM has. */
export const stateCall = `${api} get`;

/** The result of a search for a task. `not-told`: this DSM has no such call, or its answer does not show the state. */
type Found =
  | { readonly kind: 'found'; readonly state: DsmState }
  | { readonly kind: 'missing' | 'not-told' }
  | Unanswered;

const Task = z.object({
  task_name: maybe(z.string()),
  operation: maybe(z.string()),
  owner: z.unknown(),
  event: maybe(z.string()),
  last_exit_info: maybe(z.object({ exit_code: maybe(Numberish), exit_type: maybe(z.string()) })),
  /** `{}` before the first run. */
  status: maybe(z.object({ running: z.unknown().optional() })),
});

/** Refusals that are about the call or the account, and not about the task. */
const notAboutTask: ReadonlySet<number> = new Set([
  100, 101, 105, 109, 110, 111, 114, 116, 117, 118, 120, 160, 402,
]);

/** Finds the task with a name. DSM also sends the script, which is neither kept nor shown. */
export async function loadTriggeredState(
  call: CallDsm,
  name: string,
  notes: CallNotes,
  stop: AbortSignal,
): Promise<Found> {
  if (notes.isMissing(stateCall)) return { kind: 'not-told' };
  const answer = await call(
    { api, method: 'get', forms: [{ version: 1, params: { task_name: name } }] },
    stop,
  );
  if (answer.kind === 'unanswered') return answer;
  if (answer.kind === 'refused') {
    if (isNotThere(answer.code)) notes.noteMissing(stateCall);
    const isAboutTask =
      !isNotThere(answer.code) && !isSessionOver(answer.code) && !notAboutTask.has(answer.code);
    return { kind: isAboutTask ? 'missing' : 'not-told' };
  }
  const { data: task } = Task.safeParse(answer.data);
  const isTask =
    task !== undefined && (task.task_name ?? task.operation ?? task.event ?? task.owner) !== undefined;
  if (!isTask || (task.task_name !== undefined && task.task_name !== name)) {
    notes.noteUnclear(toUnclear('get', { data: toShape(answer.data) }));
    return { kind: 'not-told' };
  }
  notes.noteUsed(stateCall);
  const { exit_code, exit_type } = task.last_exit_info ?? {};
  const isEndShown = exit_code !== undefined || exit_type !== undefined;
  return {
    kind: 'found',
    state: {
      running: task.status === undefined ? undefined : toRunning(task.status.running),
      lastEnd: isEndShown ? toDsmEnd(exit_code, exit_type, task.last_exit_info) : undefined,
    },
  };
}

/** The active runs: no real content of the list has been seen yet, so any value counts as a run. */
function toRunning(running: unknown): string[] {
  if (Array.isArray(running)) return running.map((run) => JSON.stringify(run));
  if (typeof running === 'object' && running !== null)
    return Object.entries(running).map((entry) => JSON.stringify(entry));
  return running === undefined || running === null || running === false || running === 0 || running === ''
    ? []
    : [JSON.stringify(running)];
}

/** The names of an answer's fields; nothing else of it may be shown. */
function toShape(data: unknown): unknown {
  return typeof data === 'object' && data !== null ? Object.keys(data) : typeof data;
}
