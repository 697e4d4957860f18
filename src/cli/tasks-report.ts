// What `remotetask tasks` found on one NAS, and the same as JSON.
import { systemClock } from '../clock.ts';
import { loadLastRuns } from '../dsm/last-runs.ts';
import type { LastRun, ListedTask, NotTold, TaskList } from '../dsm/listed-task.ts';
import type { NasSettings } from '../dsm/options.ts';
import { createNoLog } from '../log/no-log.ts';
import { findMissing, loadNasTasks, toConfiguredIds, type ConfiguredTask } from '../nas/nas-tasks.ts';
import { openNas, type OpenNas } from '../nas/open-nas.ts';

/** How long to wait for the list, and for the last results of the tasks. */
const listMs = 60_000;
const lastRunsMs = 15_000;
/** DSM's code for a session that it ended because the account has another one. */
const anotherSession = 107;

export interface TasksReport {
  /** '' if the config gives the NAS no name. */
  readonly nas: string;
  readonly transport: OpenNas['transport'];
  readonly list: TaskList | NotTold;
  /** Whether "Save output results" is on; undefined if DSM does not report it. */
  readonly isOutputSaved: boolean | undefined;
  /** Whether the time was too short to ask for the last results of all tasks. */
  readonly isCutShort: boolean;
  readonly configured: readonly ConfiguredTask[];
  /** Whether DSM ended our session because the account has another one, or ended that one because of ours. */
  readonly endsSessions: boolean;
}

/** Asks a NAS, in a session of its own. */
export async function loadTasksReport(
  settings: NasSettings,
  configured: readonly ConfiguredTask[],
): Promise<TasksReport> {
  let endsSessions = false;
  const nas = openNas(settings, {
    logger: createNoLog(),
    clock: systemClock,
    onSessionOver: (code) => void (endsSessions ||= code === anotherSession),
  });
  const load = async (): Promise<Pick<TasksReport, 'list' | 'isOutputSaved' | 'isCutShort'>> => {
    const list = await loadNasTasks(nas, AbortSignal.timeout(listMs));
    if (nas.call === undefined || list.kind === 'not-told')
      return { list, isOutputSaved: undefined, isCutShort: false };
    const { tasks, ...lastRuns } = await loadLastRuns(nas.call, list.tasks, {
      versions: nas.versions,
      withinMs: lastRunsMs,
      isFirst: (task) => toConfiguredIds(task, configured).length > 0,
      stop: new AbortController().signal,
    });
    return { list: { ...list, tasks }, ...lastRuns };
  };
  try {
    const loaded = await load();
    return {
      nas: settings.name,
      transport: nas.transport,
      ...loaded,
      configured,
      endsSessions,
    };
  } finally {
    await nas.close();
  }
}

/** Everything that could not be found out. */
export function listTroubles({ list }: TasksReport): NotTold[] {
  if (list.kind === 'not-told') return [list];
  return list.triggered.kind === 'not-told' ? [list.triggered] : [];
}

/** A report for programs; docs/dsm.md promises its names. Null means that DSM does not report the value. */
export function toJson(report: TasksReport): object {
  const { nas, transport, list, isOutputSaved, configured } = report;
  const isListed = list.kind === 'listed';
  return {
    name: nas === '' ? null : nas,
    way: transport.kind,
    why: transport.sentence,
    savesOutput: isOutputSaved ?? null,
    listsTriggered: isListed && list.triggered.kind === 'listed',
    tasks: isListed ? list.tasks.map((task) => toTaskJson(task, toConfiguredIds(task, configured))) : [],
    missing: isListed
      ? findMissing(list, configured).map(({ id, which }) => ({ config: id, ...toWhichJson(which) }))
      : [],
    errors: listTroubles(report).map(({ reason, lines }) => ({ reason, lines })),
  };
}

function toTaskJson(
  { which, name, owner, isEnabled, canRun, lastRun }: ListedTask,
  config: readonly string[],
): object {
  return {
    ...toWhichJson(which),
    name,
    owner: owner ?? null,
    enabled: isEnabled ?? null,
    canRun: canRun ?? null,
    lastRun: toLastRunJson(lastRun),
    config,
  };
}

function toWhichJson(which: ListedTask['which']): object {
  return which.kind === 'scheduled'
    ? { kind: which.kind, id: which.id, name: null }
    : { kind: which.kind, id: null, name: which.name };
}

function toLastRunJson(lastRun: LastRun): object {
  return {
    result: lastRun.kind,
    exitCode:
      lastRun.kind === 'succeeded' ? 0 : lastRun.kind === 'failed' ? (lastRun.exitCode ?? null) : null,
    startedAt: 'startedAt' in lastRun ? (lastRun.startedAt ?? null) : null,
  };
}
