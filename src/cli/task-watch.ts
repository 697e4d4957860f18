// Whether DSM still has the tasks of the config: looked at in the background by the daemon, and told in its log.
import { isDeepStrictEqual } from 'node:util';
import type { LoadedConfig } from '../config/load.ts';
import { renderDuration } from '../duration.ts';
import type { NotTold } from '../dsm/listed-task.ts';
import { renderNas } from '../dsm/options.ts';
import { toErrorCode } from '../errors.ts';
import { loadNames, saveNames } from '../history/names.ts';
import type { Logger } from '../log/log.ts';
import { listConfigured, loadNasTasks, type ConfiguredTask } from './nas-tasks.ts';
import type { OpenNas } from './open-nas.ts';
import { findTaskWarnings, listNames } from './task-warnings.ts';

export interface TaskWatch {
  /** Looks at the tasks of this config, unless they are those that were looked at before. */
  use(keys: LoadedConfig['keys']): void;
  close(): void;
}

/** A watch that never holds anything up. DSM that is away is asked again after `retryMs`. */
export function createTaskWatch({
  findNases,
  namesPath,
  logger,
  retryMs = 600_000,
}: {
  /** All NASes, as they are reached now. */
  readonly findNases: () => readonly OpenNas[];
  readonly namesPath: string;
  readonly logger: Logger;
  readonly retryMs?: number;
}): TaskWatch {
  let watched: readonly (readonly [OpenNas, ConfiguredTask[]])[] = [];
  let closing = new AbortController();

  const remember = (nas: string, seen: ReadonlyMap<number, string>): void => {
    const names = loadNames(namesPath);
    const before = names.get(nas) ?? new Map<number, string>();
    if (seen.size === 0 || isDeepStrictEqual(before, new Map([...before, ...seen]))) return;
    try {
      saveNames(namesPath, new Map([...names, [nas, new Map([...before, ...seen])]]));
    } catch (error) {
      const code = toErrorCode(error);
      logger.warn({ event: 'names-unwritable', code }, `Cannot write ${namesPath} (${code}): tasks that get another name are not noticed`);
    }
  };
  const look = async (nas: OpenNas, configured: readonly ConfiguredTask[], stop: AbortSignal, told?: string): Promise<void> => {
    const list = await loadNasTasks(nas, stop);
    if (stop.aborted) return;
    const { name } = nas.settings;
    const fields = name === '' ? {} : { nas: name };
    const tell = ({ reason, lines }: NotTold, more = ''): void =>
      logger.info(
        { event: 'dsm-not-asked', ...fields, ...(lines.length === 0 ? {} : { lines }) },
        `Cannot see whether ${renderNas(name)} has the tasks of the config. ${reason}${more}`,
      );
    if (list.kind === 'listed') {
      const warnings = findTaskWarnings(name, configured, list, loadNames(namesPath).get(name) ?? new Map());
      for (const { task, text } of warnings) logger.warn({ event: 'dsm-task-warning', ...fields, task }, text);
      if (list.triggered.kind === 'not-told') tell(list.triggered);
      remember(name, listNames(configured, list));
      return;
    }
    if (list.reason !== told) tell(list, list.isPassing ? ` It is asked again in ${renderDuration(retryMs)}.` : '');
    if (!list.isPassing) return;
    const timer = setTimeout(() => void look(nas, configured, stop, list.reason), retryMs).unref();
    stop.addEventListener('abort', () => clearTimeout(timer), { once: true });
  };
  return {
    use(keys) {
      const next = findNases().flatMap((nas) => {
        const configured = listConfigured(keys, nas.settings.name);
        return nas.way.kind === 'none' || configured.length === 0 ? [] : [[nas, configured] as const];
      });
      const isSame =
        next.length === watched.length &&
        next.every(([nas, tasks], i) => nas === watched[i]?.[0] && isDeepStrictEqual(tasks, watched[i]?.[1]));
      if (isSame) return;
      closing.abort();
      closing = new AbortController();
      watched = next;
      for (const [nas, configured] of watched) void look(nas, configured, closing.signal);
    },
    close: () => closing.abort(),
  };
}
