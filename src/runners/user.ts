// Who a command runs as: names looked up in the files of this machine.
import fs from 'node:fs';

/** A user that a command runs as. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
  readonly home: string;
}

/**
 * The user of a name or number, with its own group or the named one. The result is a sentence where there is no
 * such user or group. Only /etc/passwd and /etc/group are asked: users of a domain are given by their numbers.
 */
export function loadUser(user: string | number, group: string | number | undefined): User | string {
  const [name, , uid, ownGid, , home] = findEntry('/etc/passwd', user) ?? [];
  if (uid === undefined && typeof user === 'string')
    return `There is no user "${user}" in /etc/passwd; give a user of a domain by its number (\`id -u ${user}\`)`;
  const gid = group ?? (ownGid === undefined ? undefined : Number(ownGid));
  if (gid === undefined) return `Give a "group" as well: user ${user} is not in /etc/passwd`;
  const groupId = typeof gid === 'number' ? gid : findEntry('/etc/group', gid)?.[2];
  if (groupId === undefined) return `There is no group "${gid}" in /etc/group; give a group of a domain by its number`;
  return {
    uid: Number(uid ?? user),
    gid: Number(groupId),
    name: name ?? String(user),
    home: home === undefined || home === '' ? '/' : home,
  };
}

/** The fields of the line for a name or number. */
function findEntry(file: string, nameOrId: string | number): readonly string[] | undefined {
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name, , id]) => (typeof nameOrId === 'number' ? id === String(nameOrId) : name === nameOrId));
}
