// The task scheduler of the simulated DSM: its tasks do nothing, for as long as the test wants, and leave a history.
import type { Verdict } from './accounts.ts';

/** What both kinds of tasks have. `ms` is how long a run takes; `held` ones end when the test says so. */
interface FakeTaskParts {
  readonly ms: number | 'held';
  /** The exit status of the script; beside an `exitType`, the number that DSM gives. */
  readonly exitCode: number;
  /** What DSM reports of the end, if it is not what a real one would; nothing, if empty. */
  readonly exitType: string | undefined;
  readonly output: string;
  readonly isEnabled: boolean;
}
export interface FakeScheduled extends FakeTaskParts {
  readonly id: number;
  readonly name: string;
  readonly realOwner: string;
  readonly canRun: boolean;
  readonly type: string;
}
export interface FakeTriggered extends FakeTaskParts {
  readonly name: string;
  /** The number in the list of scheduled tasks, which may be that of one of those. */
  readonly id: number;
}

export interface SchedulerSettings {
  /** Whether "Save output results" is on; without it there is no history. */
  readonly isOutputSaved: boolean;
  /** After a start, it takes so long until the history shows it. */
  readonly historyDelayMs: number;
  /** Whether a run stands in the history before its end. */
  readonly showsRunning: boolean;
  /** Takes starts, answers `success`, and does nothing. */
  readonly startsNothing: boolean;
  /** Calls with unknown or missing parameters are answered with `success`, as real ones may. */
  readonly isSloppy: boolean;
  /** Whether the list of tasks respects `offset` and `limit`. */
  readonly hasPages: boolean;
  /** How many tasks a page has at most, whatever the `limit`. */
  readonly pageMax: number;
  /** Whether the list gives the number of tasks. */
  readonly hasTotal: boolean;
  /** Whether the end of a run is kept where results are not saved; what a real DSM does is not known. */
  readonly keepsLastEnd: boolean;
  /** Methods that this DSM does not have. */
  readonly without: readonly string[];
  /** Whether triggered tasks stand in the list of scheduled ones as well. */
  readonly mixesTriggered: boolean;
  /** What the list of triggered tasks looks like; which of the first two a real DSM gives is not known. */
  readonly triggeredShape: 'array' | 'object' | 'junk';
}

/** The settings of a DSM without moods. */
export const usualScheduling: SchedulerSettings = {
  isOutputSaved: true,
  historyDelayMs: 30,
  showsRunning: true,
  startsNothing: false,
  isSloppy: false,
  hasPages: true,
  pageMax: Infinity,
  hasTotal: true,
  keepsLastEnd: false,
  without: [],
  mixesTriggered: true,
  triggeredShape: 'array',
};

/** Tasks as a test names them: with what it cares for. */
export interface GivenTasks {
  readonly scheduled?: readonly (Partial<FakeScheduled> & Pick<FakeScheduled, 'id'>)[];
  readonly triggered?: readonly (Partial<FakeTriggered> & Pick<FakeTriggered, 'name'>)[];
}

interface Tasks {
  readonly scheduled: readonly FakeScheduled[];
  readonly triggered: readonly FakeTriggered[];
}

/** Adds what a test does not care for. */
export function completeTasks({ scheduled = [], triggered = [] }: GivenTasks): Tasks {
  const parts = { ms: 100, exitCode: 0, exitType: undefined, output: '', isEnabled: true };
  return {
    scheduled: scheduled.map((task) => ({
      ...parts,
      name: `Task ${task.id}`,
      realOwner: 'root',
      canRun: true,
      type: 'script',
      ...task,
    })),
    // Every other one has the number of a scheduled task.
    triggered: triggered.map((task, i) => ({
      ...parts,
      id: (i % 2 === 0 ? scheduled[i]?.id : undefined) ?? 1000 + i,
      ...task,
    })),
  };
}

/** A run that was started; one without an end is held, or still running. */
export interface FakeRun {
  readonly id: number;
  readonly task: string;
  readonly startedMs: number;
  shownFromMs: number;
  endedMs: number | undefined;
  exitCode: number;
  readonly exitType: string | undefined;
  readonly output: string;
}

export interface Scheduler {
  call(
    api: string,
    method: string,
    version: number,
    params: Readonly<Record<string, unknown>>,
  ): Verdict<unknown>;
  /** Starts a task as its schedule or another user would: `7` or a name. */
  start(task: number | string): void;
  /** Ends the oldest held run of a task. */
  end(task: number | string, exitCode?: number): void;
  /** The tasks that were started, oldest first. */
  starts(): (number | string)[];
}

/** A scheduler whose history is `runs`, to which it adds. */
export function createScheduler(
  tasks: Tasks,
  settings: () => SchedulerSettings,
  runs: FakeRun[] = [],
): Scheduler {
  const begin = (key: string, { ms, exitCode, exitType, output }: FakeTaskParts): void => {
    if (settings().startsNothing) return;
    const now = Date.now();
    const endedMs = ms === 'held' ? undefined : now + ms;
    const shownFromMs = now + settings().historyDelayMs;
    runs.push({
      id: 100 + runs.length,
      task: key,
      startedMs: now,
      shownFromMs,
      endedMs,
      exitCode,
      exitType,
      output,
    });
  };
  const start = (task: number | string): boolean => {
    const found =
      typeof task === 'number'
        ? tasks.scheduled.find(({ id }) => id === task)
        : tasks.triggered.find(({ name }) => name === task);
    if (found !== undefined) begin(toKey(task), found);
    return found !== undefined;
  };
  /** When the call came that is being answered: an answer is of one moment, however many runs and fields it has. */
  let askedMs = 0;
  const isEnded = ({ endedMs }: FakeRun): boolean => endedMs !== undefined && endedMs <= askedMs;
  const list = (task: number | string): FakeRun[] => {
    const { type } = tasks.scheduled.find(({ id }) => toKey(id) === toKey(task)) ?? { type: 'script' };
    if (!settings().isOutputSaved || type !== 'script') return [];
    const shown = runs.filter(
      (run) =>
        run.task === toKey(task) && run.shownFromMs <= askedMs && (settings().showsRunning || isEnded(run)),
    );
    return shown.toReversed();
  };
  /** How DSM reports an end: a triggered task's as if the exit status were a wait status, which 255 is not. */
  const toEnd = ({ task, exitCode, exitType }: FakeRun): { exit_code?: number; exit_type?: string } => {
    if (exitType !== undefined)
      return { exit_code: exitCode, ...(exitType === '' ? {} : { exit_type: exitType }) };
    if (task.startsWith('id '))
      return { exit_code: exitCode, exit_type: exitCode === 0 ? 'normal' : 'by_signal' };
    if (exitCode % 128 === 0) return { exit_code: 0, exit_type: 'normal' };
    if (exitCode === 127) return { exit_code: 0, exit_type: 'stop' };
    if (exitCode === 255) return {};
    return { exit_code: exitCode % 128, exit_type: exitCode < 128 ? 'by_signal' : 'coredump' };
  };
  const toTimes = (run: FakeRun): object => ({
    start_time: toLocal(run.startedMs),
    stop_time: isEnded(run) ? toLocal(run.endedMs ?? 0) : '',
  });
  const runScheduled = (version: number, params: Readonly<Record<string, unknown>>): Verdict<unknown> => {
    if (version === 1) {
      const { task } = params;
      // A number that is in no list starts nothing, and is no error.
      if (!Array.isArray(task)) return { data: undefined };
      return start(Number(task[0])) || settings().isSloppy ? { data: undefined } : { error: 4800 };
    }
    if (!Array.isArray(params['tasks']))
      return settings().isSloppy ? { data: undefined } : { error: params['tasks'] === undefined ? 114 : 120 };
    const wanted = params['tasks'] as { id?: unknown; real_owner?: unknown }[];
    const isKnown = wanted.every(({ id, real_owner }) =>
      tasks.scheduled.some((task) => task.id === id && task.realOwner === real_owner && task.canRun),
    );
    if (!isKnown) return { error: 4800 };
    for (const { id } of wanted) start(Number(id));
    return { data: undefined };
  };
  const listScheduled = (
    version: number,
    { offset = 0, limit = 50 }: Readonly<Record<string, unknown>>,
  ): Verdict<unknown> => {
    const rows = tasks.scheduled.map(({ id, name, realOwner, canRun, isEnabled, type }) => ({
      action: `Run: ${name}`,
      can_delete: true,
      can_edit: true,
      can_run: canRun,
      enable: isEnabled,
      id,
      name,
      next_trigger_time: '2030-01-01 00:00',
      owner: realOwner,
      ...(version >= 3 ? { real_owner: realOwner } : {}),
      type,
    }));
    const { hasPages, pageMax, hasTotal, mixesTriggered } = settings();
    const events = !mixesTriggered
      ? []
      : tasks.triggered.map(({ id, name, isEnabled }) => ({
          action: `Run: ${name}`,
          can_delete: true,
          can_edit: true,
          can_run: true,
          enable: isEnabled,
          id,
          name,
          next_trigger_time: '',
          owner: 'root',
          type: 'event_script',
        }));
    const all = [...events, ...rows];
    const page = all.slice(Number(offset), Number(offset) + Math.min(Number(limit), pageMax));
    return { data: { tasks: hasPages ? page : all, ...(hasTotal ? { total: all.length } : {}) } };
  };
  const scheduledCalls: Record<
    string,
    (version: number, params: Readonly<Record<string, unknown>>) => Verdict<unknown>
  > = {
    list: listScheduled,
    run: runScheduled,
    get(_, { id }) {
      const task = tasks.scheduled.find((one) => one.id === Number(id));
      return task === undefined
        ? { error: 4800 }
        : { data: { id: task.id, name: task.name, real_owner: task.realOwner, type: 'script' } };
    },
    get_history_log: () => ({ error: 4800 }),
    get_history_status_list(_, { id }) {
      if (!tasks.scheduled.some((task) => task.id === Number(id))) return { error: 4800 };
      return {
        data: list(Number(id)).map((run) => ({
          ...(isEnded(run) ? toEnd(run) : {}),
          ...toTimes(run),
          timestamp: String(Math.floor(run.startedMs / 1000)),
        })),
      };
    },
    view(_, { id }) {
      if (!tasks.scheduled.some((task) => task.id === Number(id))) return { error: 4800 };
      return {
        data: list(Number(id)).map((run) => ({
          ...(isEnded(run) ? toEnd(run) : {}),
          script_in: '# the script',
          script_out: isEnded(run) ? run.output : '',
          ...toTimes(run),
        })),
      };
    },
  };
  const triggeredCalls: Record<string, (params: Readonly<Record<string, unknown>>) => Verdict<unknown>> = {
    run: ({ task_name }) =>
      start(String(task_name)) || settings().isSloppy ? { data: undefined } : { error: 4800 },
    list() {
      const rows = tasks.triggered.map(({ name, isEnabled }) => ({
        task_name: name,
        enable: isEnabled,
        event: 'bootup',
        owner: { 0: 'root' },
      }));
      return {
        data: { array: rows, object: { tasks: rows }, junk: { surprise: 'of another version' } }[
          settings().triggeredShape
        ],
      };
    },
    get({ task_name }) {
      const task = tasks.triggered.find(({ name }) => name === task_name);
      if (task === undefined) return { error: 4800 };
      const own = runs.filter((run) => run.task === toKey(task.name));
      const last = own.findLast((run) => isEnded(run));
      const keepsEnd = settings().isOutputSaved || settings().keepsLastEnd;
      return {
        data: {
          depend_on_task: '',
          description: '',
          enable: task.isEnabled,
          event: 'bootup',
          extra: {},
          last_exit_info: last === undefined || !keepsEnd ? {} : toEnd(last),
          operation: '# the script',
          operation_type: 'script',
          owner: { 0: 'root' },
          run_the_same_time: false,
          status: { running: own.filter((run) => !isEnded(run)).map(({ id }) => ({ pid: 16_000 + id })) },
          task_name,
        },
      };
    },
    result_list: ({ task_name }) => ({
      data: list(String(task_name)).map((run) => ({
        event_fire_time: toLocal(run.startedMs),
        exit_info: isEnded(run) ? toEnd(run) : {},
        extra: {},
        pid: 16_000 + run.id,
        result_id: run.id,
        run_time_env: {},
        ...toTimes(run),
        task_name,
        trigger_event: 'on_demand',
      })),
    }),
    result_get_file({ task_name, result_id }) {
      const run = list(String(task_name)).find(({ id }) => id === Number(result_id));
      return run === undefined
        ? { error: 4800 }
        : { data: { script_in: '# the script', script_out: run.output } };
    },
    config_get: () => ({
      data: { enable_output: settings().isOutputSaved, output_path: 'share/results', type: 'esynoscheduler' },
    }),
  };
  return {
    call(api, method, version, params) {
      askedMs = Date.now();
      return (
        (settings().without.includes(method)
          ? undefined
          : api === 'SYNO.Core.TaskScheduler'
            ? scheduledCalls[method]?.(version, params)
            : triggeredCalls[method]?.(params)) ?? { error: 103 }
      );
    },
    start: (task) => void start(task),
    end(task, exitCode) {
      const run = runs.find((one) => one.task === toKey(task) && one.endedMs === undefined);
      if (run === undefined) throw new Error(`No held run of ${task}`);
      run.endedMs = Date.now();
      run.exitCode = exitCode ?? run.exitCode;
    },
    starts: () => runs.map(({ task }) => (task.startsWith('id ') ? Number(task.slice(3)) : task.slice(5))),
  };

  function toKey(task: number | string): string {
    return typeof task === 'number' ? `id ${task}` : `name ${task}`;
  }
}

/** `2024-09-11 00:00:01`, by the clock and zone of the NAS. */
function toLocal(ms: number): string {
  const date = new Date(ms);
  return new Date(ms - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19).replace('T', ' ');
}
