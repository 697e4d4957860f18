// The environment that programs get: a small fixed one, without the daemon's own variables.
import os from 'node:os';

/** Where programs without a slash in their name are searched: the PATH of DSM's own /etc/crontab, the administrator's folders last. */
export const searchPath =
  '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/syno/sbin:/usr/syno/bin';

/** PATH, HOME, USER, LOGNAME, SHELL, LANG and TZ (where the daemon has them), for the user that the program runs as. */
export function createCleanEnvironment(
  user: { readonly name: string; readonly home: string } = loadOwnUser(),
): Readonly<Record<string, string>> {
  return {
    PATH: searchPath,
    HOME: user.home,
    USER: user.name,
    LOGNAME: user.name,
    SHELL: '/bin/sh',
    LANG: process.env['LANG'] ?? 'C.UTF-8',
    ...(process.env['TZ'] === undefined ? {} : { TZ: process.env['TZ'] }),
  };
}

/** The user that the daemon runs as; a user id without an entry in /etc/passwd, as in containers, has neither name nor home. */
function loadOwnUser(): { name: string; home: string } {
  try {
    const { username, homedir } = os.userInfo();
    return { name: username, home: homedir };
  } catch {
    return { name: String(process.getuid?.() ?? ''), home: '/' };
  }
}
