// A worker as a process of its own: it has its own config, serves one server at a time over a socket, and never ends with it.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { systemClock } from '../clock.ts';
import { loadConfig, toLevel, type LoadedConfig } from '../config/load.ts';
import { watchFiles } from '../config/watch.ts';
import { toFileRemedy } from '../append-file.ts';
import { AppError } from '../errors.ts';
import { openLog, type Logger } from '../log/log.ts';
import { isToWorker, type ToServer, type ToWorker } from '../worker/contract.ts';
import { createGuard } from '../worker/guard.ts';
import { openWorker, type OpenWorker } from '../worker/open-worker.ts';
import { createSocketLink } from '../worker/socket-link.ts';
import { createConfigInForce } from './config-in-force.ts';
import { listenForServer } from './worker-socket.ts';

/** How much output of each run is kept for a server that comes back: as much as the server keeps. */
const keptBytes = 65_536;

export interface ServedWorkerOptions {
  readonly config: LoadedConfig;
  readonly configFile: string;
  readonly env: NodeJS.ProcessEnv;
  readonly isTerminal: boolean;
  readonly socket: string;
  /** The user of the server. */
  readonly uid: number;
}

export interface ServedWorker {
  readonly logger: Logger;
  /** Opens the log again, and reads the config again. */
  reload(): void;
  /** Leaves what runs to itself. */
  stop(reason: string): Promise<void>;
}

/** Starts the worker; resolves once it listens. Throws AppError. */
export async function startServedWorker({
  config: first,
  configFile,
  env,
  isTerminal,
  socket,
  uid,
}: ServedWorkerOptions): Promise<ServedWorker> {
  // A log of its own beside the config: the server cannot write it.
  const logPath = path.join(path.dirname(configFile), 'worker-log.txt');
  const isColored = env['NO_COLOR'] === undefined || env['NO_COLOR'] === '';
  const log = await openLog(first.log, { path: logPath, level: toLevel(first), isTerminal, isColored });
  if (!log.isWritten())
    throw new AppError(
      'log-unusable',
      `Cannot write the log file ${logPath} (${log.problem() ?? 'unknown'})`,
      [toFileRemedy(log.problem() ?? '')],
    );
  const { logger } = log;
  const clock = systemClock;
  const watch = watchFiles(first.files);
  const config = createConfigInForce({
    first,
    load: loadConfig,
    file: configFile,
    env,
    watch,
    logger,
    clock,
  });
  const worker = openWorker({
    config: first,
    createGuard: (tasks) => createGuard({ tasks, logger, clock }),
    keptBytes,
    logger,
    clock,
  });
  const serve = createServing(worker, logger);
  const listening = await listenForServer(socket, uid, serve);
  worker.begin();
  config.watch((next) => {
    worker.use(next);
    logger.level = toLevel(next);
  });
  logger.info({ event: 'worker-listening', socket, uid }, `The worker listens at ${socket} for user ${uid}`);
  return {
    logger,
    reload() {
      log.reopen();
      config.readSoon();
    },
    async stop(reason) {
      logger.info({ event: 'stopping' }, `Stopping (${reason})`);
      config.close();
      listening.close();
      await worker.close();
      logger.info({ event: 'stopped' }, 'Stopped');
      log.close();
    },
  };
}

/** Creates the function that serves a connection. The latest server that has greeted takes the place of the one before. */
function createServing(worker: OpenWorker, logger: Logger): Parameters<typeof listenForServer>[2] {
  const instance = randomBytes(12).toString('base64url');
  let endServed = (): void => {};
  return (stream) => {
    const link = createSocketLink<ToServer, ToWorker>(stream, {
      check: isToWorker,
      instance,
      onGreeted() {
        endServed();
        endServed = () => void stream.destroy();
        logger.info({ event: 'server-there' }, 'A server is connected');
        worker.attach(link);
      },
      onEnd(why) {
        worker.detach(link);
        const isOdd = why !== 'closed';
        logger[isOdd ? 'warn' : 'info'](
          { event: 'server-gone', why },
          isOdd ? `The connection of a server was ended (${why})` : 'A server is gone',
        );
      },
    });
  };
}
