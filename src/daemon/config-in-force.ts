// The config that is in force. It is read again when its files change, and a new one is adopted as a whole or not at all.
import type { ConfigState } from '../admin/pages/admin-deps.ts';
import { toIso, type Clock } from '../clock.ts';
import { findChanges, findRestartNeeds } from '../config/compare.ts';
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import type { Watch } from '../config/watch.ts';
import { renderBug } from '../bug.ts';
import { AppError } from '../errors.ts';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/log.ts';

/** How long a hang-up signal waits for others of its kind before the config is read. */
const hangupMs = 100;
/** How long until an unusable config is read again: what it lacks may appear in files that are not watched yet. */
const againMs = 5000;

export interface ConfigInForce {
  /** The config as it is in force now. */
  now(): LoadedConfig;
  state(): ConfigState;
  /** Reads the config again when its files change; `take` adopts another one. */
  watch(take: (config: LoadedConfig) => void): void;
  /** Changes the config in force by what is not in its file. */
  amend(change: (config: LoadedConfig) => LoadedConfig): void;
  /** Reads the config again, soon. */
  readSoon(): void;
  close(): void;
}

/** Begins with the config that the daemon was started with. */
export function createConfigInForce({
  first,
  file,
  env,
  watch,
  logger,
  clock,
  load = loadConfig,
}: {
  readonly first: LoadedConfig;
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
  readonly watch: Watch;
  readonly logger: Logger;
  readonly clock: Clock;
  /** How a config is read; another one is for tests. */
  readonly load?: typeof loadConfig;
}): ConfigInForce {
  const now = (): string => toIso(clock.wallMs());
  let config = first;
  let take: (config: LoadedConfig) => void = () => {};
  let takenAt = now();
  let restartNeeds: readonly string[] = [];
  let refused: ConfigState['refused'];
  let again: NodeJS.Timeout | undefined;
  let hangup: NodeJS.Timeout | undefined;

  const refuse = (error: unknown): void => {
    const isBug = !(error instanceof AppError);
    const message = isBug ? `Cannot use ${file}: a mistake in remotetask` : error.message;
    const problems = isBug
      ? [`Please report this: ${renderBug(error).replace(/\n\s*/, ' ').split('\n', 1).join('')}`]
      : error.details;
    const isNews = refused?.message !== message || refused.problems.join('\n') !== problems.join('\n');
    if (isNews) {
      refused = { at: now(), message, problems };
      if (isBug) logBug(logger, error, 'A config could not be read');
      logger.error(
        { event: 'config-refused', problems },
        `${message}; the daemon continues with the last good one`,
      );
    }
    again = setTimeout(read, againMs).unref();
  };
  /** Adopts a config as a whole, or goes back to the one before. */
  const adopt = (next: LoadedConfig): void => {
    const before = config;
    try {
      config = next;
      take(next);
      watch.use(next.files);
    } catch (error) {
      config = before;
      take(before);
      throw error;
    }
  };
  const read = (): void => {
    clearTimeout(again);
    let changes: readonly string[];
    try {
      watch.see();
      const next = load(file, env, config);
      changes = findChanges(config, next);
      const needs = findRestartNeeds(first, next);
      adopt(next);
      restartNeeds = needs;
    } catch (error) {
      refuse(error);
      return;
    }
    takenAt = now();
    refused = undefined;
    for (const warning of config.warnings) logger.warn({ event: 'config-warning' }, warning);
    logger.info(
      { event: 'config-taken', changes },
      `Reloaded the config: ${changes.length === 0 ? 'no relevant changes' : changes.join('; ')}`,
    );
    if (restartNeeds.length > 0)
      logger.warn(
        { event: 'restart-needed', names: restartNeeds },
        `Start the daemon again for ${restartNeeds.join(', ')}`,
      );
  };
  return {
    now: () => config,
    state: () => ({
      file,
      takenAt,
      warnings: config.warnings,
      restartNeeds,
      refused,
    }),
    watch(taker) {
      take = taker;
      watch.begin(read);
    },
    amend: (change) => adopt(change(config)),
    readSoon() {
      hangup ??= setTimeout(() => {
        hangup = undefined;
        read();
      }, hangupMs).unref();
    },
    close() {
      clearTimeout(again);
      clearTimeout(hangup);
      watch.close();
    },
  };
}
