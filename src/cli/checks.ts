// What `remotetask doctor` checks; each finding explains what to do.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { toTyped } from '../called.ts';
import { earliestMs, toIso } from '../clock.ts';
import { listPairs } from '../config/load-tls.ts';
import { inspectConfig, type LoadedConfig } from '../config/load.ts';
import { nameClock } from '../config/zone.ts';
import { AppError, toErrorCode } from '../errors.ts';
import { toControlPath } from '../history/control-path.ts';
import { readCertificate } from '../listener/certificate.ts';
import { lookAtLink } from '../look.ts';
import { listen } from '../daemon/listen.ts';

/** One line of the doctor's report. */
export interface Check {
  readonly level: 'ok' | 'warning' | 'problem';
  readonly what:
    | 'config'
    | 'daemon'
    | 'start'
    | 'files'
    | 'disk'
    | 'worker'
    | 'port'
    | 'tls'
    | 'way'
    | 'clock';
  readonly message: string;
  readonly remedy?: string | undefined;
}

/** With less free space than this, starts can soon no longer be recorded. */
const littleBytes = 100_000_000;
const tooLittleBytes = 10_000_000;
/** A socket's path can be no longer than this (unix(7)). */
const longestSocketPath = 107;

/** Checks the config; its warnings become findings. */
export function checkConfig(
  file: string,
  env: NodeJS.ProcessEnv,
): { readonly checks: readonly Check[]; readonly config: LoadedConfig | undefined } {
  const what = 'config';
  const found = inspectConfig(file, env);
  const warnings = found.warnings.map((message): Check => ({ level: 'warning', what, message }));
  if (found.kind === 'unusable') {
    const problems = [found.error.message, ...found.error.details].map((message): Check => ({
      level: 'problem',
      what,
      message,
    }));
    return { config: undefined, checks: [...problems, ...warnings] };
  }
  const { tasks } = found.loaded;
  const count = tasks.length === 1 ? '1 task' : `${tasks.length} tasks`;
  return { config: found.loaded, checks: [{ level: 'ok', what, message: `${file}: ${count}` }, ...warnings] };
}

/** Checks whether log and history can be written, and whether there is space left for them. */
export function checkFiles({ log, history }: Pick<LoadedConfig, 'log' | 'history'>): Check[] {
  const socket = toControlPath(history.path);
  return [
    checkWritable('log', log.path, 'log.file'),
    checkWritable('history', history.path, 'history.file'),
    ...(Buffer.byteLength(socket) <= longestSocketPath
      ? []
      : [
          {
            level: 'warning' as const,
            what: 'files' as const,
            message: `${toTyped('stop')} and ${toTyped('doctor')} cannot reach the daemon: the path ${socket} is too long for a socket`,
            remedy: 'Set history.file to a shorter path',
          },
        ]),
    checkDisk(path.dirname(history.path)),
  ];
}

function checkWritable(name: string, file: string, setting: string): Check {
  const what = 'files';
  const remedy = `Let the daemon's user write there, or set ${setting} in the config`;
  try {
    fs.accessSync(path.dirname(file), fs.constants.W_OK | fs.constants.X_OK);
    const found = lookAtLink(file);
    if (found.kind === 'missing') return { level: 'ok', what, message: `The ${name} will be ${file}` };
    if (found.kind === 'there' && !found.stat.isFile())
      return { level: 'problem', what, message: `The ${name} ${file} is no regular file`, remedy };
    fs.accessSync(file, fs.constants.R_OK | fs.constants.W_OK);
    return { level: 'ok', what, message: `The ${name} ${file} can be written` };
  } catch (error) {
    return {
      level: 'problem',
      what,
      message: `The ${name} ${file} cannot be written (${toErrorCode(error)})`,
      remedy,
    };
  }
}

function checkDisk(folder: string): Check {
  const what = 'disk';
  try {
    const { bavail, bsize } = fs.statfsSync(folder);
    const bytes = bavail * bsize;
    const message = `${Math.floor(bytes / 1_000_000).toLocaleString('en')} MB are free in ${folder}`;
    const level = bytes < tooLittleBytes ? 'problem' : bytes < littleBytes ? 'warning' : 'ok';
    return {
      level,
      what,
      message,
      ...(level === 'ok' ? {} : { remedy: 'Make room: what cannot be written down is not started' }),
    };
  } catch (error) {
    return {
      level: 'warning',
      what,
      message: `Cannot read the free space in ${folder} (${toErrorCode(error)})`,
    };
  }
}

/** Checks whether the daemon could listen; to be used only while it is not running. */
export async function checkPorts({
  server,
  admin,
}: Pick<LoadedConfig, 'server' | 'admin'>): Promise<Check[]> {
  const wanted = [
    { part: 'server' as const, host: server.listen, port: server.port },
    ...(admin === undefined ? [] : [{ part: 'admin' as const, host: admin.listen, port: admin.port }]),
  ];
  return await Promise.all(
    wanted.map(async (where): Promise<Check> => {
      try {
        await listen({ listen: tryPort }, where);
        return { level: 'ok', what: 'port', message: `Port ${where.port} of ${where.host} is free` };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { level: 'problem', what: 'port', message: error.message, remedy: error.details[0] };
      }
    }),
  );
}

async function tryPort(host: string, port: number): Promise<void> {
  const server = net.createServer();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(port, host, () => server.close(() => resolve()));
  await promise;
}

/** Shows for which names and until when the certificates of both listeners are valid; warnings about them come with those of the config. */
export function checkCertificates(config: Pick<LoadedConfig, 'tls' | 'admin'>): Check[] {
  return listPairs(config).flatMap(({ listener, pair }): Check[] => {
    const certificate = readCertificate(pair.cert);
    if (certificate === undefined) return [];
    const { names, endsAtMs } = certificate;
    const owner = listener === 'server' ? 'the tasks' : 'the admin page';
    const message = `The certificate of ${owner} is for ${names.join(', ') || 'no name'}, until ${toIso(endsAtMs).slice(0, 10)}`;
    return [{ level: 'ok', what: 'tls', message }];
  });
}

/** Checks whether the clock can be right, because the expiry of keys and the hours of tasks depend on it. */
export function checkClock(now: Date): Check {
  // A zone that is only an offset has no name.
  const zone: string | undefined = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const message = `It is ${now.toLocaleDateString('sv')} ${now.toLocaleTimeString('sv')} (${zone ?? nameClock({ aheadMinutes: -now.getTimezoneOffset() })})`;
  if (now.getTime() >= earliestMs) return { level: 'ok', what: 'clock', message };
  return {
    level: 'problem',
    what: 'clock',
    message,
    remedy: 'Set the clock: hours and the ends of keys go by it',
  };
}
