// Checks in the background whether DSM still has the tasks of the config, and logs what is missing.
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { LoadedConfig } from '../config/load.ts';
import { renderDuration } from '../values/duration.ts';
import type { NotTold } from '../dsm/listed-task.ts';
import { renderNas } from '../dsm/options.ts';
import { toErrorCode } from '../errors.ts';
import { loadNames, saveNames } from '../history/names.ts';
import type { Logger } from '../log/log.ts';
import { listConfigured, loadNasTasks, type ConfiguredTask } from '../nas/nas-tasks.ts';
import type { OpenNas } from '../nas/open-nas.ts';
import { findTaskWarnings, listNames } from '../nas/task-warnings.ts';

export interface TaskWatch {
  /** Checks the tasks of this config, unless the same tasks were checked before. */
  use(tasks: LoadedConfig['tasks']): void;
  close(): void;
}

/** The tasks of the config on one NAS, which are checked until `stop`. */
interface Watched {
  readonly nas: OpenNas;
  readonly configured: readonly ConfiguredTask[];
  readonly stop: AbortController;
}

/** Creates a watch that never delays anything else. If DSM does not answer, it is asked again after `retryMs`. */
export function createTaskWatch({
  findNases,
  namesPath,
  onNames = () => {},
  logger,
  retryMs = 600_000,
}: {
  /** All NASes, with their current clients. */
  readonly findNases: () => readonly OpenNas[];
  readonly namesPath: string;
  /** Called when DSM's names have changed, once they are in the file. */
  readonly onNames?: () => void;
  readonly logger: Logger;
  readonly retryMs?: number;
}): TaskWatch {
  let watched: ReadonlyMap<string, Watched> = new Map();

  const remember = (nas: string, seen: ReadonlyMap<number, string>): void => {
    const names = loadNames(namesPath);
    const before = names.get(nas) ?? new Map<number, string>();
    if (seen.size === 0 || isDeepStrictEqual(before, new Map([...before, ...seen]))) return;
    try {
      saveNames(namesPath, new Map([...names, [nas, new Map([...before, ...seen])]]));
      onNames();
    } catch (error) {
      const code = toErrorCode(error);
      logger.warn(
        { event: 'names-unwritable', code },
        `Cannot write ${namesPath} (${code}): tasks that get another name are not noticed`,
      );
    }
  };
  const look = async ({ nas, configured, stop }: Watched): Promise<void> => {
    const { name } = nas.settings;
    const fields = name === '' ? {} : { nas: name };
    const logTrouble = ({ reason, lines }: NotTold, more = ''): void =>
      logger.info(
        { event: 'dsm-not-asked', ...fields, ...(lines.length === 0 ? {} : { lines }) },
        `Cannot see whether ${renderNas(name)} has the tasks of the config. ${reason}${more}`,
      );
    for (let logged = ''; ;) {
      const list = await loadNasTasks(nas, stop.signal);
      if (stop.signal.aborted) return;
      if (list.kind === 'listed') {
        const warnings = findTaskWarnings(
          name,
          configured,
          list,
          loadNames(namesPath).get(name) ?? new Map(),
        );
        for (const { task, text } of warnings)
          logger.warn({ event: 'dsm-task-warning', ...fields, task }, text);
        if (list.triggered.kind === 'not-told') logTrouble(list.triggered);
        remember(name, listNames(configured, list));
        return;
      }
      if (list.reason !== logged)
        logTrouble(list, list.isPassing ? ` It is asked again in ${renderDuration(retryMs)}.` : '');
      if (!list.isPassing) return;
      logged = list.reason;
      await pause(retryMs, undefined, { signal: stop.signal, ref: false }).catch(() => {});
      if (stop.signal.aborted) return;
    }
  };
  return {
    use(tasks) {
      const before = watched;
      const entries = findNases().flatMap((nas): [string, Watched][] => {
        const { name } = nas.settings;
        const configured = listConfigured(tasks, name);
        if (nas.transport.kind === 'none' || configured.length === 0) return [];
        const old = before.get(name);
        const isSame = old !== undefined && old.nas === nas && isDeepStrictEqual(old.configured, configured);
        return [[name, isSame ? old : { nas, configured, stop: new AbortController() }]];
      });
      watched = new Map(entries);
      for (const [name, old] of before) if (watched.get(name) !== old) old.stop.abort();
      for (const [name, one] of watched) if (before.get(name) !== one) void look(one);
    },
    close() {
      for (const { stop } of watched.values()) stop.abort();
    },
  };
}
