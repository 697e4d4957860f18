// The client and the runner of DSM's Web API against a simulated DSM, and what came of it.
import type { Clock } from '../../src/clock.ts';
import { systemClock } from '../../src/clock.ts';
import { createDsmClient, type DsmClient } from '../../src/dsm/client.ts';
import type { WebApiAccess } from '../../src/dsm/options.ts';
import { createDsmRunner } from '../../src/runners/dsm.ts';
import { createUnclearLog } from '../../src/runners/unclear.ts';
import { account, password, type FakeDsm } from './fake-dsm/fake-dsm.ts';
import { createTestLogger } from './logger.ts';
import { runInDsm, type DsmTestRun } from './run-in-dsm.ts';

/** Access to a simulated DSM. */
export function createAccess({ url }: Pick<FakeDsm, 'url'>, parts: Partial<WebApiAccess> = {}): WebApiAccess {
  return {
    url,
    account,
    password,
    deviceToken: undefined,
    ca: undefined,
    fingerprint: undefined,
    insecure: false,
    deviceName: 'remotetask',
    session: undefined,
    versions: {},
    ...parts,
  };
}

export interface TestClient {
  readonly client: DsmClient;
  readonly log: Record<string, unknown>[];
  /** Runs a task, `7` or a name, to its end. */
  run(task: number | string, stop?: AbortSignal): Promise<DsmTestRun>;
  /** A harmless call. */
  list(): ReturnType<DsmClient['call']>;
}

/** A client and a runner that use it; they are closed after the test. */
export function createTestClient(
  t: { after(fn: () => Promise<void>): void },
  access: WebApiAccess,
  { clock = systemClock, followMs = 20_000 }: { readonly clock?: Clock; readonly followMs?: number } = {},
): TestClient {
  const { logger, lines } = createTestLogger();
  const client = createDsmClient({ name: '', access, logger, clock });
  const runner = createDsmRunner(client, {
    followMs,
    versions: access.versions,
    tellUnclear: createUnclearLog(logger, {}),
  });
  t.after(async () => await runner.close());
  return {
    client,
    log: lines,
    run: async (task, stop) => await runInDsm(runner, task, stop),
    list: async () =>
      await client.call(
        { api: 'SYNO.Core.TaskScheduler', method: 'list', forms: [{ version: 1, params: {} }] },
        new AbortController().signal,
      ),
  };
}
