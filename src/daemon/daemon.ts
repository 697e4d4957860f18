// The daemon: starts every part, applies new configs while it runs, and stops every part.
import fs from 'node:fs/promises';
import { toLevel, type LoadedConfig } from '../config/load.ts';
import { watchFiles } from '../config/watch.ts';
import { systemClock } from '../clock.ts';
import { buildApp } from '../http/app.ts';
import { openControl } from './control.ts';
import { createStatus } from './create-status.ts';
import { toControlPath } from '../history/control-path.ts';
import { createIcons } from '../icons/icons.ts';
import type { AppError } from '../errors.ts';
import type { Logger } from '../log/log.ts';
import { createNotifier } from '../notify/notifier.ts';
import { createKeyClock } from '../entry/key-clock.ts';
import { createTrigger } from '../entry/trigger.ts';
import type { Task } from '../tasks.ts';
import { createCertificates } from './certificates.ts';
import { createConfigInForce } from './config-in-force.ts';
import { createHealth } from './health.ts';
import { openDaemonWorker } from './open-daemon-worker.ts';
import { createListening } from './listening.ts';
import { createNaming } from './naming.ts';
import { createNewsBoard } from './news.ts';
import { buildAdmin } from './open-admin.ts';
import { openDaemonLog } from './open-log.ts';
import { openRuns } from './open-runs.ts';
import { openRecords } from './records.ts';
import type { Stop } from './signals.ts';
import { stopInOrder, type StoppedParts } from './stop.ts';
import { createTaskWatch } from './task-watch.ts';

/** What a daemon is started with. */
export interface DaemonOptions {
  readonly configFile: string;
  readonly env: NodeJS.ProcessEnv;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  /** The command line asks the daemon to stop, and maybe to start again. */
  readonly onStop: (how: { readonly restarts: boolean }) => void;
  /** The daemon waited for the address to listen on, and now cannot listen there for good. */
  readonly onFailed: (error: AppError) => void;
}

export interface Daemon {
  readonly logger: Logger;
  /** Whether the history remembered no run when the daemon was started. */
  readonly isUnused: boolean;
  /** Opens the log again, and reads the config again. */
  reload(): void;
  /** Accepts no more calls, gives runs time to end unless the stop is urgent, and returns the runs that it leaves running. */
  stop(stop: Pick<Stop, 'reason' | 'isUrgent'>): Promise<void>;
}

/** Starts the daemon; resolves once it listens, or waits for the address to listen on. Throws AppError. */
export async function startDaemon(
  given: LoadedConfig,
  { configFile, env, isTerminal, onStop, onFailed }: DaemonOptions,
): Promise<Daemon> {
  // Node creates its threads at the first asynchronous file call, and aborts if it cannot: better now than when a run is started.
  await fs.access('/');
  const naming = createNaming(given);
  const first = naming.name(given);
  const watch = watchFiles(first.files);
  const log = await openDaemonLog(first, { env, isTerminal });
  const { logger } = log;
  const clock = systemClock;
  const { load } = naming;
  const config = createConfigInForce({ first, load, file: configFile, env, watch, logger, clock });
  const records = openRecords(first, () => config.now().keys, logger, clock);
  const { history, recorder, blocks, links } = records;
  const notifier = createNotifier({ targets: first.notify, logger });
  const findTask = (id: string): Task | undefined => config.now().tasks.find((task) => task.id === id);
  const news = createNewsBoard(logger);
  /** Has a worker that comes back asked about the tasks of DSM. */
  let lookAtTasks = (): void => {};
  const onFacts = (): void => lookAtTasks();
  const worker = await openDaemonWorker({ config: first, history, onFacts, logger, clock });
  const { runs, followUps, restore } = openRuns({ first, history, findTask, worker, news, log, clock });
  const keyClock = createKeyClock(clock, { lastAtMs: history.lastAtMs, logger });
  const trigger = createTrigger({
    locked: first,
    blocked: blocks,
    links,
    runs,
    isLogWritten: log.isWritten,
    clock,
    keyClock,
  });
  const listening = createListening({ config: first, configFile, logger, onFailed });
  const { dsmStates, health } = createHealth({ config, log, history, worker, listening });
  const icons = createIcons({ logger });
  const certificates = createCertificates({ logger, clock });
  const app = await buildApp({
    trigger,
    followUps,
    icons,
    server: first.server,
    tls: first.tls,
    logger,
    recorder,
    onFlood: (network) => notifier.notify({ what: 'strangers', network }),
    noteCaller: (request) => certificates.noteCaller('server', request),
  });
  const admin = await buildAdmin({
    now: config.now,
    env,
    worker,
    start: trigger.order,
    runs,
    followUps,
    ...records,
    config: config.state,
    health,
    dsmStates,
    certificates: certificates.states,
    noteCaller: (request) => certificates.noteCaller('admin', request),
    icons,
    notices: notifier,
    logger,
    clock,
  });

  news.subscribe((one) => notifier.notify({ ...one, by: history.runs.find(one.view.run)?.start }));
  if (admin !== undefined) news.subscribe(admin.publish);
  await restore();
  await listening.open({ app, admin }, [worker, history]);
  let isStopping = false;
  const control = openControl({
    path: toControlPath(first.history.path),
    runs,
    recorder,
    health,
    status: createStatus({
      first,
      config,
      certificates: certificates.states,
      health,
      dsmStates,
      runs,
      isStopping: () => isStopping,
      clock,
    }),
    start: trigger.order,
    findName: (id) => findTask(id)?.name,
    blocks,
    links,
    stop: onStop,
    logger,
  });
  listening.begin();
  certificates.use(first);
  followUps.begin();
  const onNames = (): void => config.amend(naming.name);
  const taskWatch = createTaskWatch({ worker, namesPath: naming.path, onNames, logger });
  taskWatch.use(first.tasks);
  lookAtTasks = () => taskWatch.use(config.now().tasks);
  worker.begin();
  config.watch((next) => {
    links.endOthers(next.tasks);
    trigger.useKeys(next);
    notifier.useTargets(next.notify);
    worker.use(next);
    taskWatch.use(next.tasks);
    app.use(next.server, next.tls);
    certificates.use(next);
    if (next.admin !== undefined) admin?.use(next.admin);
    logger.level = toLevel(next);
  });
  const parts: StoppedParts = {
    ...records,
    log,
    config,
    notifier,
    worker,
    followUps,
    runs,
    icons,
    certificates,
    app,
    admin,
    control,
    listening,
    taskWatch,
  };
  return {
    logger,
    isUnused: history.runs.size === 0,
    reload() {
      log.reopen();
      config.readSoon();
    },
    async stop(why) {
      isStopping = true;
      await stopInOrder(parts, why);
    },
  };
}
