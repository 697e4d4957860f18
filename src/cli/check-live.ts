// `remotetask check --live`: checks whether DSM has the tasks of the config and allows them to be run.
import { systemClock } from '../clock.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { NotTold } from '../dsm/listed-task.ts';
import { renderNas, type NasSettings } from '../dsm/options.ts';
import { loadNames, toNamesPath, type TaskNames } from '../history/names.ts';
import { createNoLog } from '../log/no-log.ts';
import { listConfigured, loadNasTasks, type ConfiguredTask } from '../nas/nas-tasks.ts';
import { openNas } from '../nas/open-nas.ts';
import { findTaskWarnings } from '../nas/task-warnings.ts';

/** How long to wait for a NAS. */
const waitMs = 60_000;

/** The result, in lines. */
interface Live {
  readonly warnings: readonly string[];
  /** What could not be checked, and why. */
  readonly troubles: readonly string[];
  readonly asked: readonly string[];
}

/** Checks each NAS that has tasks in the config, in a session of its own. */
export async function askLive({
  nases,
  tasks,
  history,
}: Pick<LoadedConfig, 'nases' | 'tasks' | 'history'>): Promise<Live> {
  const names = loadNames(toNamesPath(history.path));
  const wanted = [...nases.values()]
    .map((nas) => ({ nas, configured: listConfigured(tasks, nas.name) }))
    .filter(({ configured }) => configured.length > 0);
  const all = await Promise.all(
    wanted.map(async ({ nas, configured }) => await askNas(nas, configured, names)),
  );
  return {
    warnings: all.flatMap(({ warnings }) => warnings),
    troubles: all.flatMap(({ troubles }) => troubles),
    asked:
      all.length === 0
        ? ['DSM was not asked: no task of the config is one of its tasks']
        : all.flatMap(({ asked }) => asked),
  };
}

async function askNas(
  settings: NasSettings,
  configured: readonly ConfiguredTask[],
  names: TaskNames,
): Promise<Live> {
  const owner = renderNas(settings.name);
  const nas = openNas(settings, { logger: createNoLog(), clock: systemClock });
  const list = await loadNasTasks(nas, AbortSignal.timeout(waitMs));
  await nas.close();
  const explain = (what: string, { reason, lines }: NotTold): string[] => [
    `Cannot ask ${owner} for ${what}. ${reason}`,
    ...lines.map((line) => `  ${line}`),
  ];
  if (list.kind === 'not-told') return { warnings: [], troubles: explain('its tasks', list), asked: [] };
  const count = configured.length === 1 ? '1 task' : `${configured.length} tasks`;
  return {
    warnings: findTaskWarnings(settings.name, configured, list, names.get(settings.name) ?? new Map()).map(
      ({ text }) => text,
    ),
    troubles: list.triggered.kind === 'not-told' ? explain('its triggered tasks', list.triggered) : [],
    asked: [`Looked for ${count} of the config in ${owner}`],
  };
}
