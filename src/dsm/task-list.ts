// What a NAS has: its scheduled and triggered tasks, by calls of DSM's Web API.
import * as z from 'zod';
import { toUnclear, type CallDsm, type Refused, type Unanswered } from './call.ts';
import type { DsmTaskName } from './dsm-task.ts';
import { isOfTheMoment } from './errors.ts';
import { uniteTasks, unknownRun, type ListedTask, type NotTold, type TaskList } from './listed-task.ts';
import type { WebApiOptions } from './options.ts';
import { loadScheduledRows } from './scheduled-list.ts';

const optional = <T>(schema: z.ZodType<T>): z.ZodType<T | undefined> => schema.optional().catch(undefined);

const Row = z
  .object({
    id: optional(z.int().positive()),
    name: optional(z.string().min(1)),
    owner: optional(z.string()),
    real_owner: optional(z.string()),
    enable: optional(z.boolean()),
    can_run: optional(z.boolean()),
  })
  .refine(({ id, name }) => id !== undefined || name !== undefined);
const Event = z
  .object({
    task_name: optional(z.string().min(1)),
    name: optional(z.string().min(1)),
    enable: optional(z.union([z.boolean(), z.literal([0, 1]).transform((bit) => bit === 1)])),
    owner: optional(z.union([z.string(), z.record(z.string(), z.string()).transform((byId) => Object.values(byId).join(', '))])),
  })
  .refine(({ task_name, name }) => task_name !== undefined || name !== undefined);
const Events = z.union([z.array(Event), z.object({ tasks: z.array(Event) }).transform(({ tasks }) => tasks)]);

/** Refusals of what a DSM does not have: no such API, method or version. */
const notThere: ReadonlySet<number> = new Set([102, 103, 104]);

/** Lists the tasks by calls of the Web API; how they ended last is not asked for. `versions` are those that the config forces. */
export async function loadTaskList(call: CallDsm, versions: WebApiOptions['versions'], stop: AbortSignal): Promise<TaskList | NotTold> {
  const found = await loadScheduledRows(call, versions, stop);
  if (found.kind !== 'rows') return toNotTold(found);
  const tasks: ListedTask[] = [];
  for (const row of found.rows) {
    const { data } = Row.safeParse(row);
    if (data === undefined) return toNotTold(toUnclear('a row of list', { data: row }));
    tasks.push(toListedTask(data));
  }
  const answer = await call({ api: 'SYNO.Core.EventScheduler', method: 'list', forms: [{ version: 1, params: {} }] }, stop);
  if (answer.kind === 'refused' && notThere.has(answer.code))
    return { kind: 'listed', tasks: uniteTasks(tasks), triggered: { kind: 'unsupported' } };
  if (answer.kind !== 'answered') return { kind: 'listed', tasks: uniteTasks(tasks), triggered: toNotTold(answer) };
  const { data: events } = Events.safeParse(answer.data ?? []);
  return events === undefined
    ? { kind: 'listed', tasks: uniteTasks(tasks), triggered: toNotTold(toUnclear('the list of triggered tasks', answer)) }
    : { kind: 'listed', tasks: uniteTasks([...tasks, ...events.map(toTriggered)]), triggered: { kind: 'listed' } };
}

function toNotTold(answer: Refused | Unanswered): NotTold {
  const isRefused = answer.kind === 'refused';
  return {
    kind: 'not-told',
    reason: answer.reason,
    lines: isRefused ? [] : (answer.lines ?? []),
    isPassing: isRefused ? isOfTheMoment(answer.code) : !answer.isLasting,
  };
}

/** A row without a positive number is a triggered task. */
function toListedTask({ id, name = '', owner, real_owner, enable, can_run }: z.infer<typeof Row>): ListedTask {
  const which: DsmTaskName = id === undefined ? { kind: 'triggered', name } : { kind: 'scheduled', id };
  return { which, name, owner: owner ?? real_owner, isEnabled: enable, canRun: can_run, lastRun: unknownRun };
}

function toTriggered({ task_name, name: otherName = '', enable, owner }: z.infer<typeof Event>): ListedTask {
  const name = task_name ?? otherName;
  return { which: { kind: 'triggered', name }, name, owner, isEnabled: enable, canRun: undefined, lastRun: unknownRun };
}
