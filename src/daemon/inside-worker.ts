// The worker inside the daemon's own process: for an ordinary user, a container, a package.
import type { Clock } from '../clock.ts';
import type { Logger } from '../log/log.ts';
import { createWorkerClient, type WorkerClient, type WorkerFacts } from '../worker/client.ts';
import { trusting } from '../worker/guard.ts';
import { createInsideLink } from '../worker/link.ts';
import { openWorker, type OpenWorker, type WorkerConfig } from '../worker/open-worker.ts';

/** The worker as the daemon has it, wherever it is. */
export interface DaemonWorker extends WorkerClient, WorkerFacts, Pick<OpenWorker, 'begin' | 'use' | 'close'> {
  /** Why it is away, while it is: a sentence without a full stop. */
  problem(): string | undefined;
}

/** Creates a worker and returns the server's way to it. */
export function openInsideWorker({
  config,
  logger,
  clock,
}: {
  readonly config: WorkerConfig;
  readonly logger: Logger;
  readonly clock: Clock;
}): DaemonWorker {
  const link = createInsideLink();
  const client = createWorkerClient({ logger, clock, describe: () => undefined });
  client.attach(link.server);
  // Server and worker end together: no server comes back for what was printed.
  const worker = openWorker({ config, createGuard: () => trusting, keptBytes: 0, logger, clock });
  worker.attach(link.worker);
  const { begin, use, close } = worker;
  return { ...client, begin, use, close, problem: () => undefined };
}
