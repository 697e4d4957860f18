// What `remotetask doctor` finds out about the daemon that is running, and about starts that failed.
import fs from 'node:fs';
import path from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { controlPaths } from '../daemon/status.ts';
import { AppError, toErrorCode } from '../errors.ts';
import { lookAt } from '../look.ts';
import { parseHealthJson, type Health } from '../health.ts';
import { toOneLine } from '../untrusted-text.ts';
import { answerMs, askDaemon, loadStatus } from './ask-daemon.ts';
import type { Check } from './checks.ts';
import { renderTime } from './time.ts';

/** More of the file with failed starts is not read. */
const maxErrorBytes = 65_536;
/** How many of its last lines are shown. */
const shownErrors = 3;

export interface DaemonChecks {
  readonly runs: boolean;
  readonly checks: readonly Check[];
}

/** Checks whether the daemon is running and well, and whether it runs the installed version. */
export async function checkDaemon(socketPath: string, called: string): Promise<DaemonChecks> {
  const what = 'daemon';
  try {
    const health = await loadHealth(socketPath);
    return {
      runs: true,
      checks: [
        ...(health.length === 0
          ? [{ level: 'ok' as const, what: 'daemon' as const, message: 'Running and healthy' }]
          : []),
        ...health.map(({ message }): Check => ({ level: 'problem', what, message })),
        ...(await checkStatus(socketPath, called)),
      ],
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return {
      runs: false,
      checks: [{ level: 'warning', what, message: error.message, remedy: error.details[0] }],
    };
  }
}

/** Asks the daemon for its health. Throws AppError `no-daemon`. */
export async function loadHealth(socketPath: string): Promise<Health> {
  return parseHealthJson(
    (await askDaemon(socketPath, { method: 'GET', path: controlPaths.health, withinMs: answerMs })).body,
  );
}

/** Checks the version, because after an update the old daemon continues until it is restarted; and what callers showed of the certificates. */
async function checkStatus(socketPath: string, called: string): Promise<Check[]> {
  const what = 'daemon';
  const { version: installed } = packageJson;
  try {
    const { version, since, pid, certificates } = await loadStatus(socketPath);
    const isCurrent = version === installed;
    return [
      isCurrent
        ? { level: 'ok', what, message: `Version ${version}, since ${renderTime(since)} (process ${pid})` }
        : {
            level: 'warning',
            what,
            message: `Version ${version} is running, and version ${installed} is installed`,
            remedy: `\`${called} restart\` starts the installed version`,
          },
      ...certificates.flatMap(({ listener, names, unfit }) =>
        unfit.map((host): Check => {
          const owner = listener === 'server' ? 'the tasks' : 'the admin page';
          return {
            level: 'warning',
            what: 'tls',
            message: `Callers reach ${owner} as ${toOneLine(host)}, and the certificate is not valid for that name`,
            remedy: `Let them use one of its names (${toOneLine(names.join(', ') || 'it has none')}), or get a certificate for that name`,
          };
        }),
      ),
    ];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [
      {
        level: 'warning',
        what,
        message: `An older version is running, and version ${installed} is installed`,
        remedy: error.details[0],
      },
    ];
  }
}

/** Shows what the boot script, or a restart, wrote about starts that failed; a warning if no daemon is running. */
export function checkStartErrors(configFile: string, isRunning: boolean): Check[] {
  const file = path.join(path.dirname(configFile), 'start-error.txt');
  const what = 'start';
  const unreadable = (code: string): Check[] => [
    { level: 'warning', what, message: `Cannot read ${file} (${code})` },
  ];
  const found = lookAt(file);
  if (found.kind === 'missing') return [];
  if (found.kind === 'unknown') return unreadable(found.code);
  const { size, mtime } = found.stat;
  if (size === 0) return [];
  try {
    const lines = loadTail(file, size);
    return [
      {
        level: isRunning ? 'ok' : 'warning',
        what,
        message: `${file}, last changed ${renderTime(mtime.toISOString())}, ends with: ${lines.map(toOneLine).join(' / ')}`,
        ...(isRunning ? {} : { remedy: 'These are the messages of starts that failed' }),
      },
    ];
  } catch (error) {
    return unreadable(toErrorCode(error));
  }
}

function loadTail(file: string, size: number): string[] {
  const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  try {
    const tail = Buffer.alloc(Math.min(size, maxErrorBytes));
    fs.readSync(fd, tail, 0, tail.length, size - tail.length);
    return tail
      .toString()
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-shownErrors);
  } finally {
    fs.closeSync(fd);
  }
}
