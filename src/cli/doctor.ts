// `remotetask doctor`: checks everything that the daemon needs, and the daemon itself.
import { loadConfig } from '../config/load.ts';
import { AppError } from '../errors.ts';
import { parseHealthJson, renderHealthJson, type Health } from '../health.ts';
import { controlPaths } from '../daemon/status.ts';
import { toControlPath } from '../history/control-path.ts';
import { renderJson } from '../untrusted-text.ts';
import { answerMs, askDaemon } from './ask-daemon.ts';
import { checkClock, checkConfig, checkFiles, checkPorts, checkWays, type Check } from './checks.ts';
import type { Command, CommandInput } from './command.ts';

export const doctor: Command = {
  name: 'doctor',
  options: ['health', 'json'],
  summary: 'Checks config, files, ports, DSM, disk, clock and daemon, and explains what to do',
  async run(input) {
    if (input.options.health === true) return await tellHealth(input);
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

async function examine({ configFile, env }: CommandInput): Promise<readonly Check[]> {
  const { checks, config } = checkConfig(configFile, env);
  if (config === undefined) return [...checks, checkClock(new Date())];
  const daemon = await checkDaemon(toControlPath(config.history.path));
  return [
    ...checks,
    ...daemon.checks,
    ...checkFiles(config),
    ...(daemon.runs ? [] : await checkPorts(config)),
    ...(await checkWays(config)),
    checkClock(new Date()),
  ];
}

async function checkDaemon(
  socketPath: string,
): Promise<{ readonly runs: boolean; readonly checks: readonly Check[] }> {
  const what = 'daemon';
  try {
    const health = await askHealth(socketPath);
    if (health.length === 0)
      return { runs: true, checks: [{ level: 'ok', what, message: 'Running and healthy' }] };
    return { runs: true, checks: health.map(({ message }) => ({ level: 'problem', what, message })) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return {
      runs: false,
      checks: [{ level: 'warning', what, message: error.message, remedy: error.details[0] }],
    };
  }
}

async function askHealth(socketPath: string): Promise<Health> {
  return parseHealthJson(
    (await askDaemon(socketPath, { method: 'GET', path: controlPaths.health, withinMs: answerMs })).body,
  );
}

/** For Docker's health check and the like: prints one line, and the exit status is the result. An unreadable config counts as unhealthy. */
async function tellHealth({
  configFile,
  env,
  options: { json: isJson = false },
}: CommandInput): Promise<number> {
  try {
    const path = toControlPath(loadConfig(configFile, env).history.path);
    const health = await askHealth(path);
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
