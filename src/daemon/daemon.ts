// The daemon: starts every part, applies new configs while it runs, and stops every part.
import fs from 'node:fs/promises';
import type { AdminApp } from '../admin/app.ts';
import { toLevel, type LoadedConfig } from '../config/load.ts';
import { watchFiles } from '../config/watch.ts';
import { systemClock } from '../clock.ts';
import { toFileRemedy } from '../append-file.ts';
import { AppError } from '../errors.ts';
import { openAttempts } from '../attempts/attempts.ts';
import { openHistory } from '../history/history.ts';
import { toNamesPath } from '../history/names.ts';
import { buildApp } from '../http/app.ts';
import { openControl } from './control.ts';
import { toControlPath } from '../history/control-path.ts';
import { createRecorder } from '../attempts/recorder.ts';
import { createTally } from '../attempts/tally.ts';
import { createIcons } from '../icons/icons.ts';
import { logBug } from '../log/bug.ts';
import { openLog, type Logger } from '../log/log.ts';
import { createNotifier } from '../notify/notifier.ts';
import { adoptProcess } from '../runners/adopted.ts';
import { createPipes } from '../processes/pipes.ts';
import type { RunNews } from '../runs/lifecycle.ts';
import { createRegister } from '../runs/register.ts';
import { restoreRuns } from '../runs/restore.ts';
import { createRuns } from '../runs/runs.ts';
import { createTrigger } from '../entry/trigger.ts';
import type { Task } from '../tasks.ts';
import { toBaseUrl } from './addresses.ts';
import { createConfigInForce } from './config-in-force.ts';
import { createDsmAccess } from './dsm-access.ts';
import { toDsmStates, toHealth } from './health.ts';
import { listen } from './listen.ts';
import { buildAdmin } from './open-admin.ts';
import type { Stop } from './signals.ts';
import { createTaskWatch } from './task-watch.ts';

/** How long notices may take when the daemon is stopped. */
const noticesMs = 3000;
/** How long after the start the pipes of earlier programs are looked for, and new ones are created: the first answers come first. */
const pipesMs = 250;

/** What a daemon is started with. */
export interface DaemonOptions {
  readonly configFile: string;
  readonly env: NodeJS.ProcessEnv;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
}

export interface Daemon {
  readonly logger: Logger;
  /** Opens the log again, and reads the config again. */
  reload(): void;
  /** Accepts no more calls, gives runs time to end unless the stop is urgent, and returns the runs that it leaves running. */
  stop(stop: Pick<Stop, 'reason' | 'isUrgent'>): Promise<void>;
}

/** Starts the daemon; resolves once it listens. Throws AppError. */
export async function startDaemon(
  first: LoadedConfig,
  { configFile, env, isTerminal }: DaemonOptions,
): Promise<Daemon> {
  // Node creates its threads at the first asynchronous file call, and aborts if it cannot: better now than when a run is started.
  await fs.access('/');
  const watch = watchFiles(first.files);
  const isColored = env['NO_COLOR'] === undefined || env['NO_COLOR'] === '';
  const log = await openLog(first.log, {
    path: first.log.path,
    level: toLevel(first),
    isTerminal,
    isColored,
  });
  const { logger } = log;
  if (!log.isWritten())
    throw new AppError(
      'log-unusable',
      `Cannot write the log file ${first.log.path} (${log.problem() ?? 'unknown'})`,
      [`${toFileRemedy(log.problem() ?? '')}, or set log.file in the config`],
    );
  const clock = systemClock;
  const config = createConfigInForce({
    first,
    file: configFile,
    env,
    watch,
    take: (next) => take(next),
    logger,
    clock,
  });
  const history = openHistory({ filePath: first.history.path, keep: first.history.keep, logger, clock });
  const attempts = openAttempts({
    historyPath: first.history.path,
    keep: first.history.attempts,
    logger,
    clock,
  });
  const tally = createTally(clock);
  const recorder = createRecorder({ logger, attempts, tally });
  const notifier = createNotifier({ targets: first.notify, logger });
  const findTask = (id: string): Task | undefined => config.now().tasks.find((task) => task.id === id);
  const pipes = createPipes(first.history.path, logger);
  const dsm = createDsmAccess({ config: first, pipes, logger, clock });
  let admin: AdminApp | undefined;
  const onNews = (news: RunNews): void => {
    for (const hear of [notifier.tell, admin?.tell]) {
      try {
        hear?.(news);
      } catch (error) {
        logBug(logger, error, 'News of a run did not arrive', { run: news.view.run });
      }
    }
  };
  const register = createRegister({ history, findTask, clock });
  const runs = createRuns({ register, history, execute: dsm.execute, logger, clock, onNews });
  restoreRuns({
    register,
    runs,
    history,
    adopt: (process, io) => adoptProcess(process, io, pipes),
    resume: dsm.resume,
    logger,
    clock,
    onNews,
  });
  const trigger = createTrigger({ locked: first, runs, isLogWritten: log.isWritten, clock });
  const dsmStates = (): ReturnType<typeof toDsmStates> => toDsmStates(dsm.states(), config.now().tasks);
  const health = (): ReturnType<typeof toHealth> =>
    toHealth({
      config: config.state(),
      isLogWritten: log.isWritten(),
      historyProblem: history.problem(),
      dsmStates: dsmStates(),
    });
  const icons = createIcons({ logger });
  const app = await buildApp({
    trigger,
    icons,
    server: first.server,
    tls: first.tls,
    logger,
    recorder,
    onFlood: (network) => notifier.tell({ what: 'strangers', network }),
  });
  admin = await buildAdmin({
    now: config.now,
    env,
    start: trigger.order,
    runs,
    history,
    attempts,
    tally,
    recorder,
    config: config.state,
    health,
    dsmStates,
    logger,
    clock,
  });
  try {
    await listen(app, { part: 'server', host: first.server.listen, port: first.server.port });
    if (admin !== undefined && first.admin !== undefined)
      await listen(admin, { part: 'admin', host: first.admin.listen, port: first.admin.port });
  } catch (error) {
    await app.close();
    await admin?.close();
    await dsm.close();
    await history.close();
    throw error;
  }
  const control = openControl({ path: toControlPath(first.history.path), runs, recorder, health, logger });
  for (const warning of first.warnings) logger.warn({ event: 'config-warning' }, warning);
  const page =
    first.admin === undefined
      ? ''
      : `; the admin page on ${toBaseUrl({ server: first.admin, tls: first.admin.tls })}`;
  logger.info(
    { event: 'listening', config: configFile, tasks: first.tasks.length },
    `Listening on ${toBaseUrl(first)}${page}`,
  );
  const taskWatch = createTaskWatch({
    findNases: dsm.nases,
    namesPath: toNamesPath(first.history.path),
    logger,
  });
  taskWatch.use(first.tasks);
  const preparePipes = ({ tasks }: LoadedConfig): void => {
    if (tasks.some((task) => task.output !== 'none')) pipes.prepare();
  };
  const pipesTimer = setTimeout(() => {
    pipes.takeUp();
    preparePipes(config.now());
  }, pipesMs).unref();

  const take = (next: LoadedConfig): void => {
    trigger.useKeys(next);
    notifier.useTargets(next.notify);
    dsm.use(next);
    taskWatch.use(next.tasks);
    app.use(next.server, next.tls);
    if (next.admin !== undefined) admin?.use(next.admin);
    logger.level = toLevel(next);
    preparePipes(next);
  };
  config.watch();

  return {
    logger,
    reload() {
      log.reopen();
      config.readSoon();
    },
    async stop({ reason, isUrgent }) {
      logger.info({ event: 'stopping' }, `Stopping (${reason})`);
      clearTimeout(pipesTimer);
      config.close();
      taskWatch.close();
      app.stopListening();
      const left = await runs.close(isUrgent ? 0 : config.now().server.stopGrace);
      // Runs that DSM has not been asked to start yet end here.
      await dsm.close();
      const unread = pipes.close();
      for (const run of left.filter((one) => one.state() !== 'ended')) {
        const pid = run.process()?.pid;
        const what = run.task.runner.kind === 'dsm' ? 'of DSM' : (pid ?? 'of unknown number');
        logger.warn(
          { event: 'run-left', task: run.task.id, run: run.id, pid },
          `Leaves ${run.task.name} running (process ${what})${unread.has(run.id) ? '; nothing reads its output, since `cat` cannot be started: it will stand still when it has printed 64 KiB' : ''}`,
        );
      }
      icons.close();
      await app.close();
      await admin?.close();
      control.close();
      await notifier.close(noticesMs);
      attempts.close();
      await history.close();
      logger.info({ event: 'stopped' }, 'Stopped');
      log.close();
    },
  };
}
