// What `remotetask probe` asks a NAS: nothing that changes anything, except a start that the owner requested.
import { randomUUID } from 'node:crypto';
import type { CallDsm, DsmAnswer, DsmRequest } from '../dsm/call.ts';
import type { DsmTaskName } from '../dsm/dsm-task.ts';
import type { ListedTask } from '../dsm/listed-task.ts';
import { createNameless } from '../dsm/nameless.ts';
import { loadTaskList } from '../dsm/task-list.ts';
import { createDsmRunner } from '../runners/dsm.ts';
import type { OpenNas } from '../nas/open-nas.ts';

const scheduler = 'SYNO.Core.TaskScheduler';
const events = 'SYNO.Core.EventScheduler';
/** How many tasks of each kind are asked for their runs, and how many rows of a list are shown. */
const maxTasks = 3;
const maxRows = 40;
const askMs = 60_000;
/** No task has this name. */
const unusedName = 'remotetask probe: no such task';

interface Question {
  readonly what: string;
  readonly api: string;
  readonly method: string;
  readonly version: number;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A NAS that accepts calls. */
export type CalledNas = OpenNas & { readonly call: CallDsm };

/** Asks the NAS, starts the task if one is named, and asks for its runs again. Names, accounts, commands and texts are replaced. */
export async function loadProbeReport(
  nas: CalledNas,
  version: string,
  started: DsmTaskName | undefined,
): Promise<object> {
  const { call, transport, versions, settings } = nas;
  const toNameless = createNameless();
  const toReason = (reason: string): string =>
    settings.name === '' ? reason : reason.replaceAll(settings.name, 'NAS');
  const ask = async ({ what, params, ...parts }: Question): Promise<object> => {
    const request = toRequest({ ...parts, params });
    return {
      what,
      call: `${parts.api} ${parts.method} ${parts.version}`,
      ...toResult(await call(request, AbortSignal.timeout(askMs)), toNameless, toReason),
    };
  };
  const askAll = async (questions: readonly Question[]): Promise<object[]> => {
    const results: object[] = [];
    for (const question of questions) results.push(await ask(question));
    return results;
  };
  const list = await loadTaskList(call, versions, AbortSignal.timeout(askMs));
  const chosen =
    list.kind === 'listed' ? chooseTasks(list.tasks, started) : started === undefined ? [] : [started];
  const before = await askAll([...listQuestions, ...chosen.flatMap(toQuestions)]);
  const run = started === undefined ? undefined : await runTask(nas, started, toReason);
  return {
    program: `remotetask ${version}`,
    way: transport.kind,
    versions,
    followMs: settings.followMs,
    answers: before,
    ...(started === undefined ? {} : { run, after: await askAll(toQuestions(started)) }),
  };
}

const listQuestions: readonly Question[] = [
  { what: 'all tasks', api: scheduler, method: 'list', version: 3, params: { offset: 0, limit: maxRows } },
  {
    what: 'all tasks, as DSM 6 lists them',
    api: scheduler,
    method: 'list',
    version: 1,
    params: { offset: 0, limit: maxRows },
  },
  { what: 'triggered tasks', api: events, method: 'list', version: 1, params: {} },
  {
    what: 'whether results are saved',
    api: events,
    method: 'config_get',
    version: 1,
    params: { type: 'esynoscheduler' },
  },
  {
    what: 'a name that no task has',
    api: events,
    method: 'get',
    version: 1,
    params: { task_name: unusedName },
  },
  { what: 'a number that no task has', api: scheduler, method: 'view', version: 1, params: { id: 999_999 } },
];

/** Some tasks of each kind, beginning with the one to be started. */
function chooseTasks(tasks: readonly ListedTask[], started: DsmTaskName | undefined): DsmTaskName[] {
  const own = started === undefined ? [] : [started];
  const of = (kind: DsmTaskName['kind']): DsmTaskName[] =>
    tasks.flatMap(({ which }) => (which.kind === kind ? [which] : [])).slice(0, maxTasks);
  return [...own, ...of('scheduled'), ...of('triggered')];
}

function toQuestions(which: DsmTaskName): Question[] {
  if (which.kind === 'scheduled') {
    const params = { id: which.id };
    return [
      {
        what: 'runs of a scheduled task',
        api: scheduler,
        method: 'get_history_status_list',
        version: 1,
        params,
      },
      { what: 'the same with what they printed', api: scheduler, method: 'view', version: 1, params },
    ];
  }
  const params = { task_name: which.name };
  return [
    { what: 'a triggered task', api: events, method: 'get', version: 1, params },
    { what: 'its runs', api: events, method: 'result_list', version: 1, params },
  ];
}

function toRequest({ api, method, version, params }: Omit<Question, 'what'>): DsmRequest {
  return { api, method, forms: [{ version, from: 0, params }] };
}

function toResult(
  answer: DsmAnswer,
  toNameless: (value: unknown) => unknown,
  toReason: (reason: string) => string,
): object {
  switch (answer.kind) {
    case 'answered':
      return { data: toNameless(shorten(answer.data)) ?? null };
    case 'refused':
      return { refused: answer.code };
    case 'unanswered':
      return { unanswered: toReason(answer.reason) };
    default:
      return answer satisfies never;
  }
}

function shorten(data: unknown): unknown {
  return Array.isArray(data) ? data.slice(0, maxRows) : data;
}

/** Starts a task as a call would, and follows it; its output is only counted. */
async function runTask(
  { call, settings, versions }: CalledNas,
  which: DsmTaskName,
  toReason: (reason: string) => string,
): Promise<object> {
  const unclear: string[] = [];
  const used: string[] = [];
  const runner = createDsmRunner(
    { call, close: () => Promise.resolve() },
    {
      followMs: settings.followMs,
      versions,
      tellUnclear: (reason) => void unclear.push(toReason(reason)),
      tellUsed: (name) => void used.push(name),
    },
  );
  let bytes = 0;
  const startMs = performance.now();
  const outcome = await runner.start(which, {
    run: randomUUID(),
    onOutput: (chunk) => void (bytes += chunk.length),
    stop: new AbortController().signal,
    stopSignal: 'SIGTERM',
    graceMs: 0,
    note: () => Promise.resolve(true),
  }).ended;
  const { reason, ...how } = outcome;
  const shown = { ...how, ...(reason === undefined ? {} : { reason: toReason(reason) }) };
  return {
    task: which.kind,
    outcome: shown,
    seconds: Math.round((performance.now() - startMs) / 100) / 10,
    printedBytes: bytes,
    used,
    unclear,
  };
}
