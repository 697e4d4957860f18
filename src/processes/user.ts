// The user that a command runs as, looked up in the files of this machine.
import fs from 'node:fs';
import { toErrorCode } from '../errors.ts';

/** A user that a command runs as. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
  readonly home: string;
}

/**
 * The user with a name or number, with its own group or the named one. Returns a sentence if no such
 * user or group exists. Only /etc/passwd and /etc/group are read: users of a domain must be given by their numbers. Numbers
 * need neither file; if the files are missing, as in a small container, no name is known.
 */
export function loadUser(
  user: string | number,
  group: string | number | undefined,
  { passwd, groups }: { readonly passwd: string; readonly groups: string } = {
    passwd: '/etc/passwd',
    groups: '/etc/group',
  },
): User | string {
  const found = findEntry(passwd, user);
  const [name, , uid, ownGid, , home] = found.entry ?? [];
  if (uid === undefined && typeof user === 'string')
    return found.problem === undefined
      ? `There is no user "${user}" in ${passwd}; give a user of a domain by its number (\`id -u ${user}\`)`
      : `Give the user "${user}" by its number: ${passwd} cannot be read (${found.problem})`;
  const gid = group ?? (ownGid === undefined ? undefined : Number(ownGid));
  if (gid === undefined)
    return `Give a "group" as well: ${found.problem === undefined ? `user ${user} is not in ${passwd}` : `${passwd} cannot be read (${found.problem})`}`;
  const named = typeof gid === 'number' ? undefined : findEntry(groups, gid);
  const groupId = named === undefined ? gid : named.entry?.[2];
  if (groupId === undefined)
    return named?.problem === undefined
      ? `There is no group "${gid}" in ${groups}; give a group of a domain by its number`
      : `Give the group "${gid}" by its number: ${groups} cannot be read (${named.problem})`;
  return {
    uid: Number(uid ?? user),
    gid: Number(groupId),
    name: name ?? String(user),
    home: home === undefined || home === '' ? '/' : home,
  };
}

/** The number of a user with a name or number, or a sentence if there is no such user. */
export function loadUserId(user: string): number | string {
  if (/^\d{1,10}$/.test(user)) return Number(user);
  const found = loadUser(user, undefined);
  return typeof found === 'string' ? found : found.uid;
}

/** The fields of the line for a name or number, if it exists; `problem` is the system's error code if the file cannot be read. */
function findEntry(
  file: string,
  nameOrId: string | number,
): { readonly entry: readonly string[] | undefined; readonly problem: string | undefined } {
  try {
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    const entry = lines
      .map((line) => line.split(':'))
      .find(([name, , id]) => (typeof nameOrId === 'number' ? id === String(nameOrId) : name === nameOrId));
    return { entry, problem: undefined };
  } catch (error) {
    return { entry: undefined, problem: toErrorCode(error) };
  }
}
