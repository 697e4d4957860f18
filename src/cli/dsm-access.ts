// The daemon's access to DSM: one client for as long as the config says the same, a new one when it says something else.
import { isDeepStrictEqual } from 'node:util';
import type { DsmState } from '../admin/house.ts';
import type { Clock } from '../clock.ts';
import { createDsmClient, type DsmClient } from '../dsm/client.ts';
import type { WebApiAccess } from '../dsm/options.ts';
import type { Logger } from '../log/log.ts';
import { execute, type Way } from '../runners/execute.ts';
import type { Execution, RunIo } from '../runners/execution.ts';
import { createWebApiRunner, type WebApiRunner } from '../runners/webapi.ts';

export interface DsmAccess {
  /** Starts what a way names, by the client that there is now. */
  execute(way: Way, io: RunIo): Execution;
  /** Goes by this from now on; runs under way keep the client that they were started with. */
  use(access: WebApiAccess | undefined): void;
  /** How things stand with DSM, as far as it is asked by its Web API. */
  states(): readonly DsmState[];
  /** Leaves the runs of DSM to DSM, and signs out. */
  close(): Promise<void>;
}

/** The access, which does nothing until a task of DSM is started. */
export function createDsmAccess({
  access: first,
  logger,
  clock,
}: {
  readonly access: WebApiAccess | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
}): DsmAccess {
  let client: DsmClient | undefined;
  const create = (access: WebApiAccess | undefined): WebApiRunner | undefined => {
    client = access === undefined ? undefined : createDsmClient({ access, logger, clock });
    return access === undefined || client === undefined ? undefined : createWebApiRunner(client, access.versions);
  };
  let access = first;
  let webapi = create(access);
  const retired = new Set<WebApiRunner>();
  return {
    execute: (way, io) => execute(way, io, { webapi }),
    use(next) {
      if (isDeepStrictEqual(access, next)) return;
      const old = webapi;
      access = next;
      webapi = create(next);
      if (old === undefined) return;
      retired.add(old);
      void old.retire().finally(() => retired.delete(old));
    },
    states() {
      if (client === undefined) return [];
      const state = client.health();
      const health = state.kind === 'failing' || state.kind === 'unused' ? state.kind : 'ok';
      return [{ name: '', way: 'webapi', reason: state.kind === 'failing' ? state.reason : '', health }];
    },
    async close() {
      await Promise.all([...(webapi === undefined ? [] : [webapi]), ...retired].map(async (runner) => await runner.close()));
    },
  };
}
