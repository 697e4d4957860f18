// The daemon: everything put together, changed while it runs, and taken apart again.
import { findChanges, findRestartNeeds } from '../config/compare.ts';
import { loadConfig, toLevel, type LoadedConfig } from '../config/load.ts';
import { watchFiles } from '../config/watch.ts';
import { systemClock } from '../clock.ts';
import { AppError, toErrorCode } from '../errors.ts';
import { openHistory } from '../history/history.ts';
import { toNamesPath } from '../history/names.ts';
import { buildApp, type App } from '../http/app.ts';
import { openControl, toControlPath } from '../http/control.ts';
import { openLog } from '../log/log.ts';
import { createNotifier } from '../notify/notifier.ts';
import { createRuns } from '../runs/runs.ts';
import { createTrigger } from '../trigger.ts';
import { toBaseUrl } from './addresses.ts';
import type { CommandInput } from './command.ts';
import { createDsmAccess } from './dsm-access.ts';
import { createTaskWatch } from './task-watch.ts';

/** How long notices may take when the daemon is stopped. */
const noticesMs = 3000;
/** How long a hang-up signal waits for others of its kind before the config is read. */
const hangupMs = 100;
/** How long until a config that could not be used is read again: what it misses may be in files that nobody watches yet. */
const againMs = 5000;

export interface Daemon {
  /** Opens the log anew, and reads the config again. */
  reload(): void;
  /** Takes no more calls, gives runs their time, and names those that it leaves. */
  stop(reason: string): Promise<void>;
}

/** Starts the daemon; resolves once it listens. Throws AppError. */
export async function startDaemon(first: LoadedConfig, { configFile, env, isTerminal }: CommandInput): Promise<Daemon> {
  let config = first;
  const watch = watchFiles(first.files);
  const isColored = env['NO_COLOR'] === undefined || env['NO_COLOR'] === '';
  const log = await openLog(config.log, { path: config.log.path, level: toLevel(config), isTerminal, isColored });
  const { logger } = log;
  if (!log.isWritten())
    throw new AppError('log-unusable', `Cannot write the log file ${config.log.path}`, [
      'It has to be a regular file in a folder that the daemon may write to, or set log.file in the config',
    ]);
  const clock = systemClock;
  const history = openHistory({ filePath: config.history.path, keep: config.history.keep, logger, clock });
  const notifier = createNotifier({ targets: config.notify, logger });
  const findTask = (id: string): LoadedConfig['keys']['tasks'][number]['task'] | undefined =>
    config.keys.tasks.find(({ task }) => task.id === id)?.task;
  const dsm = createDsmAccess({ config, logger, clock });
  const runs = createRuns({ history, execute: dsm.execute, resume: dsm.resume, findTask, logger, clock, onNews: notifier.tell });
  const trigger = createTrigger({ keys: config.keys, runs, isLogWritten: log.isWritten, clock });
  const app = await buildApp({
    trigger,
    server: config.server,
    tls: config.tls,
    logger,
    onFlood: (network) => notifier.tell({ what: 'strangers', network }),
  });
  try {
    await listen(app, config.server);
  } catch (error) {
    await dsm.close();
    await history.close();
    throw error;
  }
  const control = openControl({ path: toControlPath(config.history.path), runs, logger });
  for (const warning of config.warnings) logger.warn({ event: 'config-warning' }, warning);
  logger.info({ event: 'listening', config: configFile, tasks: config.keys.tasks.length }, `Listening on ${toBaseUrl(config)}`);
  const taskWatch = createTaskWatch({ findNases: dsm.nases, namesPath: toNamesPath(config.history.path), logger });
  taskWatch.use(config.keys);

  let lastProblem: string | undefined;
  let again: NodeJS.Timeout | undefined;
  let hangup: NodeJS.Timeout | undefined;
  const reload = (): void => {
    clearTimeout(again);
    watch.see();
    let next: LoadedConfig;
    try {
      next = loadConfig(configFile, env);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const problem = [error.message, ...error.details].join('\n');
      if (problem !== lastProblem)
        logger.error({ event: 'config-refused', problems: error.details }, `${error.message}; the daemon goes on with the last good one`);
      lastProblem = problem;
      again = setTimeout(reload, againMs).unref();
      return;
    }
    lastProblem = undefined;
    const changes = findChanges(config, next);
    const needs = findRestartNeeds(first, next);
    config = next;
    trigger.useKeys(next.keys);
    notifier.useTargets(next.notify);
    dsm.use(next);
    taskWatch.use(next.keys);
    app.use(next.server, next.tls);
    logger.level = toLevel(next);
    watch.use(next.files);
    for (const warning of next.warnings) logger.warn({ event: 'config-warning' }, warning);
    logger.info(
      { event: 'config-taken', changes },
      `Took the config up: ${changes.length === 0 ? 'nothing that matters changed' : changes.join('; ')}`,
    );
    if (needs.length > 0) logger.warn({ event: 'restart-needed', names: needs }, `Start the daemon again for ${needs.join(', ')}`);
  };
  watch.begin(reload);

  return {
    reload() {
      log.reopen();
      hangup ??= setTimeout(() => {
        hangup = undefined;
        reload();
      }, hangupMs).unref();
    },
    async stop(reason) {
      logger.info({ event: 'stopping' }, `Stopping (${reason})`);
      watch.close();
      taskWatch.close();
      clearTimeout(again);
      clearTimeout(hangup);
      app.stopListening();
      const left = await runs.close(config.server.stopGrace);
      // What DSM was not asked to start yet ends here.
      await dsm.close();
      for (const run of left.filter((one) => one.state() !== 'ended')) {
        const pid = run.process()?.pid;
        logger.warn(
          { event: 'run-left', task: run.task.id, run: run.id, pid },
          `Leaves ${run.task.name} running (process ${pid ?? 'of DSM'})`,
        );
      }
      await app.close();
      control.close();
      await notifier.close(noticesMs);
      await history.close();
      logger.info({ event: 'stopped' }, 'Stopped');
      log.close();
    },
  };
}

/** Listens, or throws AppError with what the operator can do. */
async function listen(app: App, { listen: host, port }: LoadedConfig['server']): Promise<void> {
  try {
    await app.listen(host, port);
  } catch (error) {
    const code = toErrorCode(error);
    const where = `port ${port} of ${host}`;
    if (code === 'EADDRINUSE')
      throw new AppError('port-taken', `Cannot listen on ${where}: another program does`, [
        'Stop that program (is it another remotetask?), or set server.port in the config',
      ]);
    if (code === 'EACCES')
      throw new AppError('port-privileged', `Cannot listen on ${where}: ports below 1024 are for root`, [
        'Set server.port in the config to 1024 or more',
      ]);
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')
      throw new AppError('address-unavailable', `Cannot listen on ${host}: this machine does not have that address`, [
        'Set server.listen in the config to one of its addresses, or to "0.0.0.0"',
      ]);
    throw error;
  }
}
