// `remotetask work`: runs the tasks for a daemon that has no right to.
import path from 'node:path';
import { toTyped } from '../called.ts';
import { loadConfig } from '../config/load.ts';
import { AppError } from '../errors.ts';
import { renderBug } from '../bug.ts';
import { logBug } from '../log/bug.ts';
import { catchUncaught, judge } from '../daemon/last-resort.ts';
import { listenToSignals, type Stop } from '../daemon/signals.ts';
import { startServedWorker, type ServedWorker } from '../daemon/served-worker.ts';
import { loadUserId } from '../processes/user.ts';
import type { Command } from './command.ts';

export const work: Command = {
  name: 'work',
  options: ['socket', 'for'],
  meanings: {
    for: {
      value: { name: 'USER', kind: 'text' },
      summary: 'the user of the daemon, by name or number: only that user can connect',
    },
  },
  summary: 'Runs the tasks for a daemon whose config names this socket as its `worker`',
  details: [
    'The worker takes commands, users and accounts of DSM from its own config, and starts nothing that is not there. It goes on while the daemon is away, and keeps what the runs print and how they end for the daemon that comes back. See docs/worker.md.',
    'TERM ends it, and leaves what it has started running; HUP opens its log again, which is worker-log.txt beside the config, and reads the config again.',
  ],
  async run({ configFile, env, isTerminal, options }) {
    const { socket, for: user } = options;
    if (socket === undefined || user === undefined)
      throw new AppError('usage', 'Name the socket and the user of the daemon', [
        toTyped('work --socket /run/remotetask/worker.sock --for remotetask'),
      ]);
    const uid = loadUserId(user);
    if (typeof uid === 'string') throw new AppError('usage', uid);
    const config = loadConfig(configFile, env);
    const { promise: stopping, resolve: stop } = Promise.withResolvers<Stop>();
    let worker: ServedWorker | undefined;
    listenToSignals({
      onStop: stop,
      onHangup: () => worker?.reload(),
      onIgnored: (signal) => worker?.logger.info({ event: 'signal', signal }, `Ignored ${signal}`),
    });
    catchUncaught((thrown) => {
      const verdict = judge(thrown, { canStop: worker !== undefined });
      if (worker === undefined) console.error(renderBug(thrown));
      else logBug(worker.logger, thrown, 'Something in the worker went wrong');
      if (verdict === 'stop') stop({ reason: 'a mistake in remotetask', exitStatus: 1, isUrgent: true });
      return verdict;
    });
    worker = await startServedWorker({
      config,
      configFile,
      env,
      isTerminal,
      socket: path.resolve(socket),
      uid,
    });
    const { reason, exitStatus } = await stopping;
    await worker.stop(reason);
    // A run that is left running would keep this process alive.
    process.exit(exitStatus);
  },
};
