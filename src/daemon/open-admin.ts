// The admin listener as the daemon opens it.
import packageJson from '../../package.json' with { type: 'json' };
import { buildAdminApp, type AdminApp } from '../admin/app.ts';
import type { AdminDeps } from '../admin/pages/admin-deps.ts';
import { openGate } from '../admin/gate/open-gate.ts';
import { loadWithClearKeys, type LoadedConfig } from '../config/load.ts';
import { readLogTail } from '../log/tail.ts';
import { toBaseUrl } from './addresses.ts';

/** What the daemon passes to the admin page, except what is the same for every daemon. */
export type HouseParts = Omit<AdminDeps, 'tasks' | 'keys' | 'loadKeys' | 'readLog' | 'version'> & {
  readonly now: () => LoadedConfig;
  readonly env: NodeJS.ProcessEnv;
};

/** Builds the admin listener if the config has one; it does not listen yet. */
export async function buildAdmin({ now, env, ...parts }: HouseParts): Promise<AdminApp | undefined> {
  // The log stays where the daemon was started with it.
  const {
    admin: config,
    log: { path: logPath },
  } = now();
  if (config === undefined) return undefined;
  const { logger, clock } = parts;
  const house: AdminDeps = {
    ...parts,
    tasks: () => now().tasks,
    keys: () => now().keys,
    loadKeys(id) {
      const { loaded, clearKeys } = loadWithClearKeys(parts.config().file, env);
      const found = clearKeys.find(({ task }) => task.id === id);
      return found === undefined ? undefined : { base: toBaseUrl(loaded), pairs: found.pairs };
    },
    readLog: async (wanted) => await readLogTail(logPath, wanted),
    version: packageJson.version,
  };
  return await buildAdminApp({ config, house, openGate: (options) => openGate(options, { logger, clock }) });
}
