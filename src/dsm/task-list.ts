// Lists the scheduled and triggered tasks of a NAS, by calls of DSM's Web API.
import * as z from 'zod';
import { toUnclear, type CallDsm, type Refused, type Unanswered } from './call.ts';
import { maybe, Truth } from './dsm-values.ts';
import { isNotThere, isOfTheMoment } from './errors.ts';
import { uniteTasks, unknownRun, type ListedTask, type NotTold, type TaskList } from './listed-task.ts';
import type { WebApiOptions } from './options.ts';
import { loadScheduledRows } from './scheduled-list.ts';
import { isTriggeredRow, parseScheduledRow, type ScheduledRow } from './scheduled-row.ts';

const Owner = z.union([
  z.string(),
  z.record(z.string(), z.string()).transform((byId) => Object.values(byId).join(', ')),
]);
const Event = z
  .object({
    task_name: maybe(z.string().min(1)),
    name: maybe(z.string().min(1)),
    enable: maybe(Truth),
    owner: maybe(Owner),
  })
  .refine(({ task_name, name }) => task_name !== undefined || name !== undefined);
const Events = z.union([z.array(Event), z.object({ tasks: z.array(Event) }).transform(({ tasks }) => tasks)]);

/** Lists the tasks by calls of the Web API, without their last results. `versions` are the API versions that the config forces. */
export async function loadTaskList(
  call: CallDsm,
  versions: WebApiOptions['versions'],
  stop: AbortSignal,
): Promise<TaskList | NotTold> {
  const found = await loadScheduledRows(call, versions, stop);
  if (found.kind !== 'rows') return toNotTold(found);
  const tasks: ListedTask[] = [];
  for (const row of found.rows) {
    const data = parseScheduledRow(row);
    if (
      data === undefined ||
      (data.id ?? data.name) === undefined ||
      (isTriggeredRow(data) && data.name === undefined)
    )
      return toNotTold(toUnclear('a row of list', { data: row }));
    tasks.push(toListedTask(data));
  }
  const answer = await call(
    { api: 'SYNO.Core.EventScheduler', method: 'list', forms: [{ version: 1, params: {} }] },
    stop,
  );
  const listed = (triggered: TaskList['triggered'], events: readonly ListedTask[] = []): TaskList => ({
    kind: 'listed',
    tasks: uniteTasks([...tasks, ...events]),
    triggered,
  });
  if (answer.kind === 'refused' && isNotThere(answer.code)) {
    const areAmongThem = tasks.some(({ which }) => which.kind === 'triggered');
    return listed({ kind: areAmongThem ? 'listed' : 'unsupported' });
  }
  if (answer.kind !== 'answered') return listed(toNotTold(answer));
  const { data: events } = Events.safeParse(answer.data ?? []);
  return events === undefined
    ? listed(toNotTold(toUnclear('the list of triggered tasks', answer)))
    : listed({ kind: 'listed' }, events.map(toTriggered));
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

function toListedTask(row: ScheduledRow): ListedTask {
  const { id, name = '', owner, real_owner, enable, can_run, type } = row;
  const isTriggered = id === undefined || isTriggeredRow(row);
  return {
    which: isTriggered ? { kind: 'triggered', name } : { kind: 'scheduled', id },
    ...(isTriggered && id !== undefined ? { number: id } : {}),
    name,
    owner: owner ?? real_owner,
    isEnabled: enable,
    canRun: can_run,
    ...(isTriggered || type === undefined || type === 'script' ? {} : { isOther: true }),
    lastRun: unknownRun,
  };
}

function toTriggered({ task_name, name: otherName = '', enable, owner }: z.infer<typeof Event>): ListedTask {
  const name = task_name ?? otherName;
  return {
    which: { kind: 'triggered', name },
    name,
    owner,
    isEnabled: enable,
    canRun: undefined,
    lastRun: unknownRun,
  };
}
