// Both listeners. An address that this machine does not have yet is waited for; the admin page never keeps the tasks waiting.
import type { LoadedConfig } from '../config/load.ts';
import { AppError } from '../errors.ts';
import type { Health } from '../health.ts';
import type { Logger } from '../log/log.ts';
import { toBaseUrl } from './addresses.ts';
import { listen, type ListenAddress } from './listen.ts';

/** The pause before the next try grows by this with each try, up to the maximum: a new address is in use soon after it appears. */
const stepMs = 1000;
const maxPauseMs = 10_000;
/** The log repeats after this time that a listener is not open, then after twice as long, and so on. */
const firstReminderMs = 60_000;

/** A listener that can be asked to listen again after it failed. */
interface Listener {
  listen(host: string, port: number): Promise<void>;
  close(): Promise<void>;
}

/** One of the two listeners, with what keeps it from listening. */
interface Part {
  readonly app: Listener;
  readonly where: ListenAddress;
  problem?: AppError | undefined;
  timer?: NodeJS.Timeout;
}

export interface Listening {
  /**
   * Tries to open both listeners once. If the one for tasks cannot be opened, and waiting would not help, closes both and the
   * `others`, and throws AppError.
   */
  open(
    apps: { readonly app: Listener; readonly admin: Listener | undefined },
    others: readonly { close(): Promise<unknown> }[],
  ): Promise<void>;
  /** Logs the warnings of the config and which listeners are open, and keeps trying to open the rest. */
  begin(): void;
  /** The listeners that are not open. */
  health(): Health;
  /** Stops trying; what listens already continues. */
  close(): void;
}

/** Creates the opener of both listeners; `onFailed` is called if the one for tasks fails for good while it is waited for. */
export function createListening({
  config,
  configFile,
  logger,
  onFailed,
}: {
  readonly config: Pick<LoadedConfig, 'server' | 'admin' | 'tls' | 'tasks' | 'warnings'>;
  readonly configFile: string;
  readonly logger: Logger;
  readonly onFailed: (error: AppError) => void;
}): Listening {
  let parts: readonly Part[] = [];

  const attempt = async (part: Part): Promise<void> => {
    try {
      await listen(part.app, part.where);
      part.problem = undefined;
    } catch (error) {
      if (!(error instanceof AppError) || !mayPass(part.where, error)) throw error;
      part.problem = error;
    }
  };
  const keepTrying = (part: Part): void => {
    const isDue = createReminder();
    const waitForNext = (tries: number): void => {
      const message = toSentence(part);
      if (isDue(message)) logger.warn({ event: 'not-listening', part: part.where.part }, message);
      part.timer = setTimeout(
        () => {
          attempt(part).then(
            () => (part.problem === undefined ? logOpen(part) : waitForNext(tries + 1)),
            (error: unknown) => {
              if (!(error instanceof AppError)) throw error;
              onFailed(error);
            },
          );
        },
        Math.min(tries * stepMs, maxPauseMs),
      );
    };
    waitForNext(1);
  };
  const isOpen = (wanted: ListenAddress['part']): boolean =>
    parts.some(({ where, problem }) => where.part === wanted && problem === undefined);
  const adminUrl = (): string | undefined =>
    config.admin === undefined || !isOpen('admin')
      ? undefined
      : toBaseUrl({ server: config.admin, tls: config.admin.tls });
  const logOpen = ({ where }: Pick<Part, 'where'>): void => {
    const admin = adminUrl();
    if (where.part === 'admin') logger.info({ event: 'listening' }, `The admin page listens on ${admin}`);
    else
      logger.info(
        { event: 'listening', config: configFile, tasks: config.tasks.length },
        `Listening on ${toBaseUrl(config)}${admin === undefined ? '' : `; the admin page on ${admin}`}`,
      );
  };
  return {
    async open({ app, admin }, others) {
      parts = [
        { app, where: { part: 'server', host: config.server.listen, port: config.server.port } },
        ...(admin === undefined || config.admin === undefined
          ? []
          : [
              {
                app: admin,
                where: { part: 'admin', host: config.admin.listen, port: config.admin.port } as const,
              },
            ]),
      ];
      try {
        for (const part of parts) await attempt(part);
      } catch (error) {
        for (const part of [app, admin, ...others]) await part?.close();
        throw error;
      }
    },
    begin() {
      for (const warning of config.warnings) logger.warn({ event: 'config-warning' }, warning);
      const [server] = parts;
      if (server !== undefined && server.problem === undefined) logOpen(server);
      for (const part of parts) if (part.problem !== undefined) keepTrying(part);
    },
    health: () =>
      parts
        .filter(({ problem }) => problem !== undefined)
        .map((part) => ({ what: 'listen', message: toSentence(part) })),
    close() {
      for (const { timer } of parts) clearTimeout(timer);
    },
  };
}

/**
 * Whether a listener that failed is worth another try. The address may still come, for example from DHCP, or with a VPN. A port that
 * another program has is reported at once instead, because that is a mistake; but the admin page is not worth the end of the daemon.
 */
function mayPass({ part }: ListenAddress, { code }: AppError): boolean {
  return part === 'admin' || code === 'address-unavailable';
}

function toSentence({ where, problem }: Pick<Part, 'where' | 'problem'>): string {
  return `${where.part === 'admin' ? 'Admin page: ' : ''}${problem?.message}; trying again until it works`;
}

/** Returns whether to log a message now: if it differs from the last one, or the time for a reminder has come. */
function createReminder(): (message: string) => boolean {
  let last: string | undefined;
  let pauseMs = firstReminderMs;
  let dueMs = 0;
  return (message) => {
    const nowMs = performance.now();
    const isNews = message !== last;
    if (!isNews && nowMs < dueMs) return false;
    pauseMs = isNews ? firstReminderMs : pauseMs * 2;
    dueMs = nowMs + pauseMs;
    last = message;
    return true;
  };
}
