// Where the config file is.
import os from 'node:os';
import path from 'node:path';
import { AppError } from '../errors.ts';
import { toRealPath } from '../look.ts';

/**
 * The absolute path of the config: as named, else by REMOTETASK_CONFIG, else `config.json` beside the program.
 * A program that npm installed has no place of its own for it: there it is the XDG config folder. Throws AppError `usage`.
 */
export function findConfig(named: string | undefined, programFile: string, env: NodeJS.ProcessEnv): string {
  const given = named ?? env['REMOTETASK_CONFIG'];
  if (given !== undefined && given !== '') return toFullPath(given);
  const folder = path.dirname(path.resolve(toRealPath(programFile)));
  if (folder.split(path.sep).includes('node_modules')) {
    const xdg = env['XDG_CONFIG_HOME'];
    const base = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(os.homedir(), '.config');
    return path.join(base, 'remotetask', 'config.json');
  }
  const home = ['src', 'dist'].includes(path.basename(folder)) ? path.dirname(folder) : folder;
  return path.join(home, 'config.json');
}

/** A relative path counts from the current folder, which may be gone. */
function toFullPath(file: string): string {
  try {
    return path.resolve(file);
  } catch {
    throw new AppError('usage', 'Give the config with its full path: the current folder is gone');
  }
}
