// The config with the names that DSM has for its tasks.
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import { loadNames, toNamesPath } from '../history/names.ts';
import { nameTasks } from '../nas/name-tasks.ts';

export interface Naming {
  /** The file with the names. */
  readonly path: string;
  /** A config with the names as they are in the file now. */
  name(config: LoadedConfig): LoadedConfig;
  /** As `loadConfig`, with these names. */
  readonly load: typeof loadConfig;
}

/** The names beside the history of a config. */
export function createNaming({ history }: Pick<LoadedConfig, 'history'>): Naming {
  const path = toNamesPath(history.path);
  const name = (config: LoadedConfig): LoadedConfig => ({
    ...config,
    tasks: nameTasks(config.tasks, loadNames(path)),
  });
  return { path, name, load: (...named) => name(loadConfig(...named)) };
}
