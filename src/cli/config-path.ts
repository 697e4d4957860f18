// Where the config file is.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * The absolute path of the config: as named, else by REMOTETASK_CONFIG, else `config.json` beside the program.
 * A program that npm installed has no place of its own for it: there it is the XDG config folder.
 */
export function findConfig(named: string | undefined, programFile: string, env: NodeJS.ProcessEnv): string {
  const given = named ?? env['REMOTETASK_CONFIG'];
  if (given !== undefined && given !== '') return path.resolve(given);
  const folder = path.dirname(toRealPath(programFile));
  if (folder.split(path.sep).includes('node_modules')) {
    const xdg = env['XDG_CONFIG_HOME'];
    const base = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(os.homedir(), '.config');
    return path.join(base, 'remotetask', 'config.json');
  }
  const home = ['src', 'dist'].includes(path.basename(folder)) ? path.dirname(folder) : folder;
  return path.join(home, 'config.json');
}

function toRealPath(file: string): string {
  return fs.existsSync(file) ? fs.realpathSync(file) : path.resolve(file);
}
