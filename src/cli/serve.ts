// `remotetask serve`: puts everything together, and takes it apart again.
import fs from 'node:fs';
import { flushCompileCache } from 'node:module';
import { styleText } from 'node:util';
import { loadConfig, loadWithClearKeys, type LoadedConfig } from '../config/load.ts';
import { AppError, toErrorCode } from '../errors.ts';
import { openHistory } from '../history.ts';
import { buildApp, type App } from '../http/app.ts';
import { openLog } from '../log.ts';
import { execute } from '../runners/execute.ts';
import { createRuns } from '../runs.ts';
import { createTrigger } from '../trigger.ts';
import { toBaseUrl } from './addresses.ts';
import type { Command, CommandInput } from './command.ts';
import { writeFirstConfig } from './first-config.ts';
import { awaitStop } from './signals.ts';
import { renderTaskQrCode, renderTaskUrl } from './url.ts';

export const serve: Command = {
  name: 'serve',
  usage: 'serve',
  summary: 'Runs the daemon (this is what happens without a command); makes a first config if there is none',
  maxOperands: 0,
  async run(input) {
    const isFirstStart = !fs.existsSync(input.configFile);
    if (isFirstStart) writeFirstConfig(input.configFile);
    const config = loadConfig(input.configFile, input.env);
    // Before the daemon says that it listens: whoever reads that may send signals.
    let daemon: Daemon | undefined;
    const stopping = awaitStop({ onHangup: () => daemon?.reopenLog() });
    daemon = await startDaemon(config, input);
    // A compile cache, if there is one, would be written at an orderly exit only, which a daemon may never see.
    flushCompileCache();
    if (isFirstStart) welcome(input);
    await daemon.stop(await stopping);
    // A run that is left would keep the process going.
    process.exit(0);
  },
};

interface Daemon {
  reopenLog(): void;
  /** Takes no more calls, gives runs their time, and names those that it leaves. */
  stop(reason: string): Promise<void>;
}

async function startDaemon(config: LoadedConfig, { configFile, env, isTerminal }: CommandInput): Promise<Daemon> {
  const level = config.log.level ?? (config.server.debug ? 'debug' : 'info');
  const isColored = env['NO_COLOR'] === undefined || env['NO_COLOR'] === '';
  const log = await openLog(config.log, { path: config.log.path, level, isTerminal, isColored });
  const { logger } = log;
  if (!log.isWritten())
    throw new AppError('log-unusable', `Cannot write the log file ${config.log.path}`, [
      'It has to be a regular file in a folder that the daemon may write to, or set log.file in the config',
    ]);
  const wallMs = Date.now;
  const history = openHistory({ filePath: config.history.path, keep: config.history.keep, logger, wallMs });
  const runs = createRuns({ history, execute, keep: config.history.keep, logger, nowMs: () => performance.now(), wallMs });
  const trigger = createTrigger({ keys: config.keys, runs, isLogWritten: log.isWritten, wallMs });
  const app = await buildApp({ trigger, server: config.server, tls: config.tls, logger });
  try {
    await listen(app, config.server);
  } catch (error) {
    await history.close();
    throw error;
  }
  for (const warning of config.warnings) logger.warn({ event: 'config-warning' }, warning);
  logger.info({ event: 'listening', config: configFile, tasks: config.keys.tasks.length }, `Listening on ${toBaseUrl(config)}`);
  return {
    reopenLog: log.reopen,
    async stop(reason) {
      logger.info({ event: 'stopping' }, `Stopping (${reason})`);
      app.stopListening();
      for (const run of await runs.close(config.server.stopGrace)) {
        logger.warn(
          { event: 'run-left', task: run.task.id, run: run.id, pid: run.pid() },
          `Leaves ${run.task.name} running (process ${run.pid() ?? 'of DSM'})`,
        );
      }
      await app.close();
      await history.close();
      logger.info({ event: 'stopped' }, 'Stopped');
      log.close();
    },
  };
}

/** Listens, or throws AppError with what the operator can do. */
async function listen(app: App, { listen: host, port }: LoadedConfig['server']): Promise<void> {
  try {
    await app.listen(host, port);
  } catch (error) {
    const code = toErrorCode(error);
    const where = `port ${port} of ${host}`;
    if (code === 'EADDRINUSE')
      throw new AppError('port-taken', `Cannot listen on ${where}: another program does`, [
        'Stop that program (is it another remotetask?), or set server.port in the config',
      ]);
    if (code === 'EACCES')
      throw new AppError('port-privileged', `Cannot listen on ${where}: ports below 1024 are for root`, [
        'Set server.port in the config to 1024 or more',
      ]);
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')
      throw new AppError('address-unavailable', `Cannot listen on ${host}: this machine does not have that address`, [
        'Set server.listen in the config to one of its addresses, or to "0.0.0.0"',
      ]);
    throw error;
  }
}

/** After the first start: what to tap. In a terminal only, since it holds the keys. */
function welcome({ configFile, env, isTerminal }: CommandInput): void {
  if (!isTerminal) {
    console.error(`Made ${configFile}. Run \`remotetask url --config ${configFile}\` in a terminal to see the address of its task.`);
    return;
  }
  const { loaded, clearKeys } = loadWithClearKeys(configFile, env);
  const [hello] = clearKeys;
  if (hello === undefined) return;
  const baseUrl = toBaseUrl(loaded);
  console.log(
    `\nMade ${styleText('bold', configFile)} with fresh keys and a harmless task. Tap its address, or scan it with a phone:\n\n${renderTaskUrl(hello, baseUrl)}\n\n${renderTaskQrCode(hello, baseUrl)}\n`,
  );
}
