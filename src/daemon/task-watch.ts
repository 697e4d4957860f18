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
import { listConfigured, type ConfiguredTask } from '../nas/nas-tasks.ts';
import { findTaskWarnings, listNames } from '../nas/task-warnings.ts';
import type { WorkerFacts } from '../worker/client.ts';
import type { NasState } from '../worker/dsm-shapes.ts';

export interface TaskWatch {
  /** Checks the tasks of this config, unless the same tasks were checked before. */
  use(tasks: LoadedConfig['tasks']): void;
  close(): void;
}

/** The tasks of the config on one NAS, which are checked until `stop`. */
interface Watched {
  readonly nas: NasState;
  readonly configured: readonly ConfiguredTask[];
  readonly stop: AbortController;
}

/** The worker has no answer. */
const unanswered: NotTold = {
  kind: 'not-told',
  reason: 'The worker did not answer.',
  lines: [],
  isPassing: true,
};

/** Creates a watch that never delays anything else. If DSM does not answer, it is asked again after `retryMs`. */
export function createTaskWatch({
  worker,
  namesPath,
  onNames = () => {},
  logger,
  retryMs = 600_000,
}: {
  readonly worker: WorkerFacts;
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
    const { name } = nas;
    const fields = name === '' ? {} : { nas: name };
    const logTrouble = ({ reason, lines }: NotTold, more = ''): void =>
      logger.info(
        { event: 'dsm-not-asked', ...fields, ...(lines.length === 0 ? {} : { lines }) },
        `Cannot see whether ${renderNas(name)} has the tasks of the config. ${reason}${more}`,
      );
    for (let logged = ''; ;) {
      const list = (await worker.ask({ kind: 'tasks', nas: name }).answer)?.list ?? unanswered;
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
      const entries = worker.nases().flatMap((nas): [string, Watched][] => {
        const { name } = nas;
        const configured = listConfigured(tasks, name);
        if (nas.way === 'none' || configured.length === 0) return [];
        const old = before.get(name);
        const isSame = old?.nas.client === nas.client && isDeepStrictEqual(old.configured, configured);
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
