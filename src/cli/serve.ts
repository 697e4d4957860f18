// `remotetask serve`: runs the daemon until it receives a stop; creates a first config if no config exists.
import fs from 'node:fs';
import { flushCompileCache } from 'node:module';
import path from 'node:path';
import { renderBug } from '../bug.ts';
import { toTyped } from '../called.ts';
import { loadConfig } from '../config/load.ts';
import { AppError } from '../errors.ts';
import { logBug } from '../log/bug.ts';
import type { Command, CommandInput } from './command.ts';
import { startDaemon, type Daemon } from '../daemon/daemon.ts';
import { writeFirstConfig } from './first-config.ts';
import { catchUncaught, judge } from '../daemon/last-resort.ts';
import { listenToSignals, type Stop } from '../daemon/signals.ts';
import { startSuccessor } from '../processes/successor.ts';
import { isFromBootScript, isSupervised, restartStatus } from '../daemon/supervised.ts';
import { signals } from './help.ts';
import { waitForStopping } from './ask-daemon.ts';
import { announceConfig, showWelcome } from './welcome.ts';

/** How long a daemon in trouble may take to stop in order. */
const urgentStopMs = 60_000;

export const serve: Command = {
  name: 'serve',
  summary: 'Runs the daemon; makes a first config if it finds no config',
  details: [
    `Runs until it is stopped by \`shutdown\` or a signal. ${signals}`,
    'If a daemon with the same history is stopping, the new one waits for its end. If this machine does not have the address of `server.listen` yet, the daemon waits for it, and logs that it does. The admin page is waited for in the same way, whatever keeps it from listening. If another program listens on `server.port`, the daemon ends.',
    'In a terminal it shows the address of a task and a QR code, until a task has been started for the first time.',
  ],
  statuses: {
    '0': 'stopped as asked',
    '75': 'asked to restart, and leaves that to what supervises it (see `restart`)',
  },
  async run(input) {
    const isFirstStart = !fs.existsSync(input.configFile);
    if (isFirstStart) makeFirstConfig(input);
    const config = loadConfig(input.configFile, input.env);
    await waitForStopping(config.history.path, config.server.stopGrace);
    const { promise: stopping, resolve } = Promise.withResolvers<Stop>();
    let daemon: Daemon | undefined;
    let isStopping = false;
    const stop = (why: Stop): void => {
      isStopping = true;
      resolve(why);
    };
    // Set up before the daemon logs that it listens, because a reader of that line may send signals at once.
    listenToSignals({
      onStop: stop,
      onHangup: () => daemon?.reload(),
      onIgnored: (signal) => daemon?.logger.info({ event: 'signal', signal }, `Ignored ${signal}`),
    });
    catchUncaught((thrown) => {
      const verdict = judge(thrown, { canStop: daemon !== undefined && !isStopping });
      if (daemon === undefined) console.error(renderBug(thrown));
      else logBug(daemon.logger, thrown, outcomes[verdict]);
      if (verdict === 'stop') stop({ reason: 'a mistake in remotetask', exitStatus: 1, isUrgent: true });
      return verdict;
    });
    daemon = await startDaemon(config, {
      ...input,
      onStop({ restarts }) {
        const status = restarts && isSupervised(input.env) ? restartStatus : 0;
        const reason = `${restarts ? 'restart' : 'shutdown'} from the command line`;
        stop({ reason, exitStatus: status, isUrgent: false, restarts: restarts && status === 0 });
      },
      onFailed({ message, code, details }) {
        console.error([`${message} [${code}]`, ...details.map((detail) => `  ${detail}`)].join('\n'));
        stop({ reason: message, exitStatus: 1, isUrgent: false });
      },
    });
    // Node would write a compile cache only at an orderly exit, which a daemon may never reach.
    flushCompileCache();
    showWelcome(input, daemon.isUnused);
    const why = await stopping;
    // A broken part may never end, so it gets a limit; a part that is only slow, such as a run that may still finish, is waited for.
    if (why.isUrgent) setTimeout(() => process.exit(why.exitStatus), urgentStopMs);
    try {
      await daemon.stop(why);
    } catch (error) {
      logBug(daemon.logger, error, outcomes.end);
      process.exit(1);
    }
    if (why.restarts === true) startSuccessor(path.join(path.dirname(input.configFile), 'start-error.txt'));
    // A run that is left running would keep this process alive.
    process.exit(why.exitStatus);
  },
};

/** At boot-up, a missing config is one whose volume is missing: a new one would take its place, with other keys and other tasks. */
function makeFirstConfig(input: CommandInput): void {
  const { configFile, env } = input;
  if (isFromBootScript(env))
    throw new AppError('config-missing', `There is no ${configFile}`, [
      `Is its volume there? The boot script makes no config; ${toTyped('serve')} in a terminal makes one`,
    ]);
  writeFirstConfig(configFile, env);
  announceConfig(input);
}

/** The consequence of an uncaught error, as the log states it. */
const outcomes = {
  'go-on': 'A connection was given up',
  stop: 'The daemon stops in order',
  end: 'The daemon ends at once',
} as const;
