// The worker inside the daemon's own process: for an ordinary user, a container, a package.
import type { Logger } from '../log/log.ts';
import type { Pipes } from '../processes/pipes.ts';
import { adoptProcess } from '../runners/adopted.ts';
import { createWorkerClient, type WorkerClient } from '../worker/client.ts';
import { createInsideLink } from '../worker/link.ts';
import { serveLink, type WorkerOptions } from '../worker/worker.ts';
import type { DsmAccess } from './dsm-access.ts';

/** Creates a worker and returns the server's way to it. */
export function openInsideWorker({
  findTask,
  dsm,
  pipes,
  logger,
}: {
  readonly findTask: WorkerOptions['findTask'];
  readonly dsm: Pick<DsmAccess, 'execute' | 'resume'>;
  readonly pipes: Pick<Pipes, 'listen'>;
  readonly logger: Logger;
}): WorkerClient {
  const link = createInsideLink();
  serveLink(link.worker, {
    findTask,
    execute: dsm.execute,
    adopt: (process, io) => adoptProcess(process, io, pipes),
    resume: dsm.resume,
    logger,
  });
  return createWorkerClient(link.server, logger);
}
