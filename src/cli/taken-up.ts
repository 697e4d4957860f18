// Waits until the daemon that is running has taken up a config that was just written.
import { setTimeout as pause } from 'node:timers/promises';
import type { Status } from '../daemon/status.ts';
import { AppError } from '../errors.ts';
import { toRealPath } from '../look.ts';
import { loadStatus } from './ask-daemon.ts';

/** A folder that reports no changes is looked at every 5 seconds. */
const longestMs = 20_000;
const pollMs = 100;

/** What the daemon does with a config, asked before the config is written. */
export interface DaemonWatch {
  /** Call it after the config was written: resolves with a sentence. Throws AppError `not-in-time` or `config-invalid`. */
  untilTakenUp(): Promise<string>;
}

/** Asks the daemon behind the control socket of a config; `called` is the program, for the message if no daemon is running. */
export async function watchDaemon(
  socketPath: string,
  { configFile, called }: { readonly configFile: string; readonly called: string },
): Promise<DaemonWatch> {
  const before = await ask(socketPath);
  return {
    async untilTakenUp() {
      if (before === undefined)
        return `No daemon of this config is running, or it belongs to another user: \`${called} serve\` starts one.`;
      const { file, takenAt, refused } = before.config;
      if (toRealPath(file) !== toRealPath(configFile))
        return `The daemon that is running has another config, ${file}, and knows nothing of this change.`;
      for (const untilMs = performance.now() + longestMs; performance.now() < untilMs; await pause(pollMs)) {
        const now = (await ask(socketPath))?.config;
        if (now === undefined) return 'The daemon has been stopped meanwhile.';
        if (now.takenAt !== takenAt) return 'The daemon has taken the change up: it is in force.';
        if (now.refused !== null && now.refused.at !== refused?.at)
          throw new AppError('config-invalid', now.refused.message, now.refused.problems);
      }
      throw new AppError('not-in-time', 'The config is written, but the daemon has not taken it up yet', [
        `\`${called} status\` shows the config in force; the log shows why`,
      ]);
    },
  };
}

/** The status of the daemon; undefined if no daemon answers that could be asked. */
async function ask(socketPath: string): Promise<Status | undefined> {
  try {
    return await loadStatus(socketPath);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
