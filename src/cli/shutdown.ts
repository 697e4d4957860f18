// `remotetask shutdown` and `remotetask restart`: both return when what they promise is done.
import { setTimeout as pause } from 'node:timers/promises';
import { toTyped } from '../called.ts';
import { loadConfig } from '../config/load.ts';
import { controlPaths, type Status } from '../daemon/status.ts';
import { AppError } from '../errors.ts';
import { toControlPath } from '../history/control-path.ts';
import { isAlive, loadIdentity, type ProcessIdentity } from '../processes/process-identity.ts';
import { PositiveDurationMs } from '../values/duration.ts';
import { loadStatus, openRequest, toNotRunning, toOlder, untilClosed } from './ask-daemon.ts';
import type { Command } from './command.ts';
import { findControlPath } from './find-files.ts';

/** How often to ask whether the new daemon answers. */
const pollMs = 200;
/** How long the system may take to end a process; the limit is for a daemon in a container, whose process id is not one of ours. */
const goneMs = 2000;
const gonePollMs = 10;
/** How long the new daemon may take to answer, without `--timeout`: a boot script waits up to a minute between tries. */
const startMs = 120_000;

export const shutdown: Command = {
  name: 'shutdown',
  options: ['timeout'],
  summary: 'Stops the daemon, and returns when it has ended',
  details: [
    'Runs get the time of `server.stopGrace` to end; runs that may outlive the daemon then continue. A second `shutdown` waits for the same end.',
  ],
  statuses: {
    '3': 'no daemon of this config is running',
    '4': 'it is still stopping after the time of --timeout',
  },
  async run({ configFile, env, options: { timeout } }) {
    const withinMs = toMs(timeout);
    const socketPath = findControlPath(configFile, env);
    const { pid } = await requestStop(socketPath, controlPaths.stop, withinMs);
    console.log(`The daemon has ended (process ${pid})`);
    return 0;
  },
};

export const restart: Command = {
  name: 'restart',
  options: ['timeout'],
  summary: 'Stops the daemon and starts it again, and returns when the new one answers',
  details: [
    'The config is checked first; with a bad one, nothing is stopped. A daemon that is supervised (by the boot script, by systemd, as the first process of a container, or with REMOTETASK_SUPERVISED=1 in its environment) ends with exit status 75, and its supervisor starts it again. Any other starts its successor itself, in the background, as the same user, with the same arguments, folder and environment.',
  ],
  statuses: {
    '3': 'no daemon of this config is running',
    '4': 'no new daemon answers after the time of --timeout, or two minutes',
  },
  async run({ configFile, env, options: { timeout } }) {
    const withinMs = toMs(timeout);
    const untilMs = performance.now() + (withinMs ?? Infinity);
    const socketPath = toControlPath(loadConfig(configFile, env).history.path);
    const { pid } = await requestStop(socketPath, controlPaths.restart, withinMs);
    const next = await waitForNew(
      socketPath,
      pid,
      withinMs === undefined ? performance.now() + startMs : untilMs,
    );
    console.log(`The daemon has been restarted: version ${next.version}, process ${next.pid}`);
    return 0;
  },
};

/** Asks the daemon to stop, and waits for its end; returns what it was. */
async function requestStop(socketPath: string, path: string, withinMs: number | undefined): Promise<Status> {
  const before = await loadStatus(socketPath);
  const daemon = loadIdentity(before.pid);
  const response = await openRequest(socketPath, { method: 'POST', path }).catch((error: unknown) => {
    throw toNotRunning(error);
  });
  if (response.statusCode !== 202) throw toOlder();
  if (!(await untilClosed(response, withinMs)))
    throw new AppError('not-in-time', `The daemon (process ${before.pid}) is still stopping`, [
      'It waits for its runs, as long as server.stopGrace allows; it ends without further requests',
    ]);
  if (daemon !== undefined) await untilGone(daemon);
  return before;
}

/** Waits for the end of a process whose connections the system has closed, which is the last but one step of its end. */
async function untilGone(daemon: ProcessIdentity): Promise<void> {
  for (const untilMs = performance.now() + goneMs; isAlive(daemon) && performance.now() < untilMs;)
    await pause(gonePollMs);
}

/** Waits until a daemon other than the one before answers. */
async function waitForNew(socketPath: string, pid: number, untilMs: number): Promise<Status> {
  for (;;) {
    try {
      const found = await loadStatus(socketPath);
      if (found.pid !== pid && !found.stopping) return found;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
    if (performance.now() > untilMs)
      throw new AppError('not-in-time', 'The daemon has ended, but no new one answers', [
        `The log and start-error.txt beside the config may show why; ${toTyped('doctor')} looks at them`,
      ]);
    await pause(pollMs);
  }
}

function toMs(timeout: string | undefined): number | undefined {
  if (timeout === undefined) return undefined;
  const ms = PositiveDurationMs.safeParse(timeout).data;
  if (ms === undefined) throw new AppError('usage', 'Give --timeout a duration such as "30s" or "5m"');
  return ms;
}
