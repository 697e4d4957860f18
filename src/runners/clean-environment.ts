// The environment that programs get: a small fixed one, nothing of the daemon's own.
import os from 'node:os';

/** Where programs without a slash in their name are looked for: the PATH of DSM's own /etc/crontab, administrator's folders last. */
export const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/syno/sbin:/usr/syno/bin';

/** PATH, HOME, USER, LOGNAME, SHELL, LANG and TZ (where the daemon has them), and what the task adds. */
export function createCleanEnvironment(added: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const { username, homedir } = loadUser();
  return {
    PATH: searchPath,
    HOME: homedir,
    USER: username,
    LOGNAME: username,
    SHELL: '/bin/sh',
    LANG: process.env['LANG'] ?? 'C.UTF-8',
    ...(process.env['TZ'] === undefined ? {} : { TZ: process.env['TZ'] }),
    ...added,
  };
}

/** Who the daemon runs as; a user id without an entry in /etc/passwd, as in containers, has neither name nor home. */
function loadUser(): { username: string; homedir: string } {
  try {
    return os.userInfo();
  } catch {
    return { username: String(process.getuid?.() ?? ''), homedir: '/' };
  }
}
