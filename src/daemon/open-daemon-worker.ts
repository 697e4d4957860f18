// The worker of the daemon: in its own process, or at the socket that the config names.
import type { Clock } from '../clock.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { History } from '../history/history.ts';
import type { Logger } from '../log/log.ts';
import { openInsideWorker, type DaemonWorker } from './inside-worker.ts';
import { openSocketWorker } from './socket-worker.ts';

/** Opens the worker; one with a socket may be away. `onFacts` is called when it is there again, and with each change of what it reports. */
export async function openDaemonWorker({
  config,
  history,
  onFacts,
  logger,
  clock,
}: {
  readonly config: LoadedConfig;
  readonly history: Pick<History, 'runs'>;
  readonly onFacts: () => void;
  readonly logger: Logger;
  readonly clock: Clock;
}): Promise<DaemonWorker> {
  const { workerSocket: socket } = config;
  return socket === undefined
    ? openInsideWorker({ config, logger, clock })
    : await openSocketWorker({ socket, history, onFacts, logger, clock });
}
