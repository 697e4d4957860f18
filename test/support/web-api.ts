// The client and the runner of DSM's Web API against a simulated DSM, and what came of it.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../src/clock.ts';
import { systemClock } from '../../src/clock.ts';
import { createDsmClient, type DsmClient } from '../../src/dsm/client.ts';
import type { WebApiAccess } from '../../src/dsm/options.ts';
import type { Outcome } from '../../src/outcome.ts';
import { createWebApiRunner, type WebApiRunner } from '../../src/runners/webapi.ts';
import { account, password, type FakeDsm } from './fake-dsm/fake-dsm.ts';
import { createTestLogger } from './logger.ts';

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
  readonly runner: WebApiRunner;
  readonly log: Record<string, unknown>[];
  /** Runs a task, `7` or a name, to its end. */
  run(task: number | string, options?: RunOptions): Promise<Outcome & { readonly printed?: string }>;
  /** A harmless call. */
  list(): ReturnType<DsmClient['call']>;
}

export interface RunOptions {
  readonly followMs?: number;
  readonly stop?: AbortSignal;
}

/** A client and a runner that use it; they are closed after the test. */
export function createTestClient(
  t: { after(fn: () => Promise<void>): void },
  access: WebApiAccess,
  clock: Clock = systemClock,
): TestClient {
  const { logger, lines } = createTestLogger();
  const client = createDsmClient({ access, logger, clock });
  const runner = createWebApiRunner(client, access.versions);
  t.after(async () => await runner.close());
  return {
    client,
    runner,
    log: lines,
    async run(task, { followMs = 20_000, stop = new AbortController().signal } = {}) {
      const chunks: Uint8Array[] = [];
      const which = typeof task === 'number' ? ({ kind: 'scheduled', id: task } as const) : ({ kind: 'triggered', name: task } as const);
      const io = {
        run: randomUUID(),
        onOutput: (chunk: Uint8Array) => void chunks.push(chunk),
        stop,
        stopSignal: 'SIGTERM',
        graceMs: 1,
      } as const;
      const outcome = await runner.start({ which, followMs }, io).ended;
      const printed = Buffer.concat(chunks).toString();
      return printed === '' ? outcome : { ...outcome, printed };
    },
    list: async () =>
      await client.call(
        { api: 'SYNO.Core.TaskScheduler', method: 'list', forms: [{ version: 1, params: {} }] },
        new AbortController().signal,
      ),
  };
}
