// The log as the daemon opens it: a daemon that cannot write its log does not start.
import { toFileRemedy } from '../append-file.ts';
import { toLevel, type LoadedConfig } from '../config/load.ts';
import { AppError } from '../errors.ts';
import { openLog, type Log } from '../log/log.ts';

/** Opens the log of a config. Throws AppError. */
export async function openDaemonLog(
  config: LoadedConfig,
  { env, isTerminal }: { readonly env: NodeJS.ProcessEnv; readonly isTerminal: boolean },
): Promise<Log> {
  const { path } = config.log;
  const isColored = env['NO_COLOR'] === undefined || env['NO_COLOR'] === '';
  const log = await openLog(config.log, { path, level: toLevel(config), isTerminal, isColored });
  if (log.isWritten()) return log;
  throw new AppError('log-unusable', `Cannot write the log file ${path} (${log.problem() ?? 'unknown'})`, [
    `${toFileRemedy(log.problem() ?? '')}, or set log.file in the config`,
  ]);
}
