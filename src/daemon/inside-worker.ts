// The worker inside the daemon's own process: for an ordinary user, a container, a package.
import type { Clock } from '../clock.ts';
import type { Logger } from '../log/log.ts';
import { createWorkerClient, type WorkerClient, type WorkerFacts } from '../worker/client.ts';
import { createInsideLink } from '../worker/link.ts';
import { openWorker, type OpenWorker, type WorkerConfig } from '../worker/open-worker.ts';

/** Creates a worker and returns the server's way to it. */
export function openInsideWorker(options: {
  readonly config: WorkerConfig;
  readonly logger: Logger;
  readonly clock: Clock;
}): WorkerClient & WorkerFacts & OpenWorker {
  const link = createInsideLink();
  const client = createWorkerClient(link.server, options.logger, options.clock);
  return { ...client, ...openWorker(link.worker, options) };
}
