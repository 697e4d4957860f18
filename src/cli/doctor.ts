// `remotetask doctor`: checks everything that the daemon needs, and the daemon itself.
import { loadConfig } from '../config/load.ts';
import { AppError } from '../errors.ts';
import { renderHealthJson } from '../health.ts';
import { toControlPath } from '../history/control-path.ts';
import { renderJson } from '../untrusted-text.ts';
import { checkDaemon, checkStartErrors, loadHealth } from './check-daemon.ts';
import { checkCertificates, checkClock, checkConfig, checkFiles, checkPorts, type Check } from './checks.ts';
import { checkWorker } from './check-worker.ts';
import { checkWays } from './check-ways.ts';
import type { Command, CommandInput } from './command.ts';

export const doctor: Command = {
  name: 'doctor',
  options: ['health', 'json'],
  summary: 'Checks config, files, ports, DSM, disk, clock and daemon, and explains what to do',
  async run(input) {
    if (input.options.health === true) return await reportHealth(input);
    const checks = await examine(input);
    const isWell = checks.every(({ level }) => level !== 'problem');
    if (input.options.json === true) {
      console.log(
        renderJson({
          ok: isWell,
          checks: checks.map(({ remedy = null, ...found }) => ({ ...found, remedy })),
        }),
      );
      return isWell ? 0 : 1;
    }
    for (const { level, what, message, remedy } of checks) {
      console.log(`${level.padEnd(7)}  ${what.padEnd(7)}  ${message}`);
      if (remedy !== undefined) console.log(`${' '.repeat(18)}${remedy}`);
    }
    return isWell ? 0 : 1;
  },
};

async function examine({ configFile, env, called }: CommandInput): Promise<readonly Check[]> {
  const { checks, config } = checkConfig(configFile, env);
  if (config === undefined)
    return [...checks, ...checkStartErrors(configFile, false), checkClock(new Date())];
  const daemon = await checkDaemon(toControlPath(config.history.path), called);
  return withoutRepeats([
    ...checks,
    ...daemon.checks,
    ...checkStartErrors(configFile, daemon.runs),
    ...checkFiles(config),
    ...checkCertificates(config),
    ...(daemon.runs ? [] : await checkPorts(config)),
    ...(daemon.runs ? [] : await checkWorker(config)),
    ...(await checkWays(config)),
    checkClock(new Date()),
  ]);
}

/** Leaves out what another check reports in the same words, and with more: the daemon and the doctor find some problems both. */
function withoutRepeats(checks: readonly Check[]): readonly Check[] {
  const isRepeated = (one: Check): boolean => {
    const start = one.message.replace(/\.$/, '');
    return checks.some(
      ({ level, message }) => level === one.level && message !== one.message && message.startsWith(start),
    );
  };
  return checks.filter((one) => !isRepeated(one));
}

/** For Docker's health check and the like: prints one line, and the exit status is the result. An unreadable config counts as unhealthy. */
async function reportHealth({
  configFile,
  env,
  options: { json: isJson = false },
}: CommandInput): Promise<number> {
  try {
    const path = toControlPath(loadConfig(configFile, env).history.path);
    const health = await loadHealth(path);
    console.log(
      isJson
        ? renderHealthJson(health).trimEnd()
        : health.length === 0
          ? 'ok'
          : health.map(({ message }) => message).join('\n'),
    );
    return health.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const lines = [error.message, ...error.details];
    console.log(
      isJson
        ? renderJson({ ok: false, problems: lines.map((message) => ({ what: 'daemon', message })) })
        : lines.join('\n'),
    );
    return 1;
  }
}
