// How the daemon stops: a list of steps, one after the other.
import type { AdminApp } from '../admin/app.ts';
import type { Attempts } from '../attempts/attempts.ts';
import type { Blocks } from '../entry/blocks.ts';
import type { FollowUps } from '../follow-ups/follow-ups.ts';
import type { Links } from '../entry/links.ts';
import type { History } from '../history/history.ts';
import type { App } from '../http/app.ts';
import type { Icons } from '../icons/icons.ts';
import type { Log, Logger } from '../log/log.ts';
import type { Notifier } from '../notify/notifier.ts';
import type { Run } from '../runs/run.ts';
import type { Runs } from '../runs/runs.ts';
import type { OpenWorker } from '../worker/open-worker.ts';
import type { Certificates } from './certificates.ts';
import type { ConfigInForce } from './config-in-force.ts';
import type { Control } from './control.ts';
import type { Listening } from './listening.ts';
import type { Stop } from './signals.ts';
import type { TaskWatch } from './task-watch.ts';

/** How long notices may take when the daemon is stopped. */
const noticesMs = 3000;

/** The parts of a daemon that have to be stopped. */
export interface StoppedParts {
  readonly log: Pick<Log, 'logger' | 'close'>;
  readonly config: Pick<ConfigInForce, 'now' | 'close'>;
  readonly history: Pick<History, 'close'>;
  readonly attempts: Pick<Attempts, 'close'>;
  readonly blocks: Pick<Blocks, 'close'>;
  readonly links: Pick<Links, 'close'>;
  readonly notifier: Pick<Notifier, 'close'>;
  readonly worker: Pick<OpenWorker, 'close'>;
  readonly runs: Pick<Runs, 'close'>;
  readonly followUps: Pick<FollowUps, 'close'>;
  readonly icons: Pick<Icons, 'close'>;
  readonly certificates: Pick<Certificates, 'close'>;
  readonly app: Pick<App, 'stopListening' | 'close'>;
  readonly admin: Pick<AdminApp, 'close'> | undefined;
  readonly control: Pick<Control, 'close'>;
  readonly listening: Pick<Listening, 'close'>;
  readonly taskWatch: Pick<TaskWatch, 'close'>;
}

/** Stops all parts: first what brings new work, then the runs, last what records their ends. */
export async function stopInOrder(
  parts: StoppedParts,
  { reason, isUrgent }: Pick<Stop, 'reason' | 'isUrgent'>,
): Promise<void> {
  const { log, config, runs, worker } = parts;
  const { logger } = log;
  let left: readonly Run[] = [];
  const steps: readonly (() => void | Promise<void>)[] = [
    () => logger.info({ event: 'stopping' }, `Stopping (${reason})`),
    config.close,
    parts.taskWatch.close,
    parts.certificates.close,
    parts.listening.close,
    parts.app.stopListening,
    parts.followUps.close,
    async () => void (left = await runs.close(isUrgent ? 0 : config.now().server.stopGrace)),
    async () => logLeftRuns(logger, left, await worker.close()),
    parts.icons.close,
    parts.app.close,
    async () => await parts.admin?.close(),
    async () => await parts.notifier.close(noticesMs),
    parts.attempts.close,
    parts.blocks.close,
    parts.links.close,
    // So late that whoever waits for the end can ask; but before the lock is free for the next daemon, whose socket has the same path.
    parts.control.close,
    parts.history.close,
    () => logger.info({ event: 'stopped' }, 'Stopped'),
    log.close,
  ];
  for (const step of steps) await step();
}

/** Names the runs that continue without the daemon; `unread` are those whose output has no reader any more. */
function logLeftRuns(logger: Logger, left: readonly Run[], unread: ReadonlySet<string>): void {
  for (const run of left.filter((one) => one.state() !== 'ended')) {
    const pid = run.process()?.pid;
    const what = run.task.runner.kind === 'dsm' ? 'of DSM' : (pid ?? 'of unknown number');
    logger.warn(
      { event: 'run-left', task: run.task.id, run: run.id, pid },
      `Leaves ${run.task.name} running (process ${what})${unread.has(run.id) ? '; nothing reads its output, since `cat` cannot be started: it will stand still when it has printed 64 KiB' : ''}`,
    );
  }
}
