// Where the config file is.
import os from 'node:os';
import path from 'node:path';
import { AppError } from '../errors.ts';
import { toRealPath } from '../look.ts';

/**
 * The absolute path of the config: the given path, else REMOTETASK_CONFIG, else `config.json` beside the program.
 * A program installed by npm, or an executable in a folder `bin`, has no place for it beside itself, so the XDG config folder is used.
 * Throws AppError `usage`.
 */
export function findConfig(named: string | undefined, programFile: string, env: NodeJS.ProcessEnv): string {
  const given = named ?? env['REMOTETASK_CONFIG'];
  if (given !== undefined && given !== '') return toFullPath(given);
  const folder = path.dirname(path.resolve(toRealPath(programFile)));
  const isInBin = !/\.(?:cjs|ts)$/.test(programFile) && path.basename(folder) === 'bin';
  if (isInBin || folder.split(path.sep).includes('node_modules')) {
    const xdg = env['XDG_CONFIG_HOME'];
    const base = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(os.homedir(), '.config');
    return path.join(base, 'remotetask', 'config.json');
  }
  const home = ['src', 'dist'].includes(path.basename(folder)) ? path.dirname(folder) : folder;
  return path.join(home, 'config.json');
}

/** A relative path is relative to the current folder, which may no longer exist. */
function toFullPath(file: string): string {
  try {
    return path.resolve(file);
  } catch {
    throw new AppError('usage', 'Give the config with its full path: the current folder is gone');
  }
}
