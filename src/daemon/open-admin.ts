// The admin listener as the daemon opens it.
import packageJson from '../../package.json' with { type: 'json' };
import { buildAdminApp, type AdminApp } from '../admin/app.ts';
import type { AdminDeps } from '../admin/pages/admin-deps.ts';
import { openGate } from '../admin/gate/open-gate.ts';
import { loadWithClearKeys, type LoadedConfig } from '../config/load.ts';
import { countEarlierStrangers } from '../attempts/earlier-strangers.ts';
import { toNetwork } from '../listener/address.ts';
import { readLogTail } from '../log/tail.ts';
import { createDsmSignIns } from '../worker/asked-sign-ins.ts';
import type { WorkerFacts } from '../worker/client.ts';
import { toBaseUrl } from './addresses.ts';

/** How many of the last attempts are searched for the strangers of earlier daemons. */
const maxEarlierAttempts = 10_000;

/** What the daemon passes to the admin page, except what is the same for every daemon. */
export type HouseParts = Omit<
  AdminDeps,
  'tasks' | 'keys' | 'base' | 'loadKeys' | 'readLog' | 'earlierStrangers' | 'version'
> & {
  readonly now: () => LoadedConfig;
  readonly env: NodeJS.ProcessEnv;
  readonly worker: Pick<WorkerFacts, 'ask'>;
};

/** Builds the admin listener if the config has one; it does not listen yet. */
export async function buildAdmin({ now, env, worker, ...parts }: HouseParts): Promise<AdminApp | undefined> {
  // The log stays where the daemon was started with it.
  const {
    admin: config,
    log: { path: logPath },
  } = now();
  if (config === undefined) return undefined;
  const { logger, clock } = parts;
  const beforeMs = clock.wallMs();
  let earlier: ReturnType<typeof countEarlierStrangers> | undefined;
  const house: AdminDeps = {
    ...parts,
    tasks: () => now().tasks,
    keys: () => now().keys,
    base: () => toBaseUrl(now()),
    loadKeys(id) {
      const { loaded, clearKeys } = loadWithClearKeys(parts.config().file, env);
      const found = clearKeys.find(({ task }) => task.id === id);
      return found === undefined ? undefined : { base: toBaseUrl(loaded), pairs: found.pairs };
    },
    async earlierStrangers() {
      earlier ??= countEarlierStrangers(parts.attempts.stream({}), {
        beforeMs,
        max: maxEarlierAttempts,
        toNetwork,
      });
      return await earlier;
    },
    readLog: async (wanted) => await readLogTail(logPath, wanted),
    version: packageJson.version,
  };
  const dsm = createDsmSignIns(worker.ask);
  return await buildAdminApp({
    config,
    house,
    openGate: (options) => openGate(options, { dsm, logger, clock }),
  });
}
