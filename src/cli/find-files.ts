// Where the log and the daemon of a config are, also while the config cannot be used: the daemon then goes on with the last good one.
import fs from 'node:fs';
import path from 'node:path';
import { findValue } from '../config/leave-out.ts';
import { inspectConfig, type LoadedConfig } from '../config/load.ts';
import { parse, readFile } from '../config/read-source.ts';
import { toControlPath } from '../history/control-path.ts';
import { HistoryOptions } from '../history/history.ts';
import { LogOptions } from '../log/log.ts';

/** The path of the control socket. Throws AppError `config-missing` or `config-invalid` if the config cannot be used and no socket is there. */
export function findControlPath(configFile: string, env: NodeJS.ProcessEnv): string {
  const found = inspectConfig(configFile, env);
  if (found.kind === 'usable') return toControlPath(found.loaded.history.path);
  const socketPath = toControlPath(findPath(configFile, 'history'));
  if (!fs.existsSync(socketPath)) throw found.error;
  return socketPath;
}

/** The file of the log, and how many rotated ones stay. Throws the same errors if the config cannot be used and no log is there. */
export function findLog(
  configFile: string,
  env: NodeJS.ProcessEnv,
): Pick<LoadedConfig['log'], 'path' | 'keep'> {
  const found = inspectConfig(configFile, env);
  if (found.kind === 'usable') return found.loaded.log;
  const file = findPath(configFile, 'log');
  if (!fs.existsSync(file)) throw found.error;
  return { path: file, keep: LogOptions.parse({}).keep };
}

/** The file that a part of the config names, however wrong the rest of it is; else the usual one. */
function findPath(configFile: string, part: 'history' | 'log'): string {
  const { value: text } = readFile(configFile);
  const config = text === undefined ? undefined : parse(text).value?.value;
  const named = findValue(config, [part, 'file']);
  const usual = { history: HistoryOptions, log: LogOptions }[part].parse({}).file;
  return path.resolve(path.dirname(configFile), typeof named === 'string' ? named : usual);
}
