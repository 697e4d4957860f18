// From a task's options to the task.
import type { Icon } from '../icon.ts';
import type { Runner } from '../runners/execute.ts';
import { loadUser, type User } from '../processes/user.ts';
import { createTask, type Task, type TaskOptions } from '../tasks.ts';

/** A task as it is run: a command if one is given, else a task of DSM. `nas` is its NAS if it names no other, `user` is the user that runs a command. */
export function toTask(
  id: string,
  options: TaskOptions,
  nas: string,
  { user, icon }: { readonly user: User | undefined; readonly icon: Icon | undefined },
): Task {
  return createTask({ id, name: options.name, icon, runner: toRunner(id, options, nas, user) }, options);
}

/** The user that a task runs as: undefined for the daemon's own user, or a sentence if that is not possible. A worker of its own may be root. */
export function toUser(
  { user, group }: Pick<TaskOptions, 'user' | 'group'>,
  hasOwnWorker: boolean,
): User | string | undefined {
  if (user === undefined) return group === undefined ? undefined : 'Give a "user" as well, or remove "group"';
  const found = loadUser(user, group);
  if (typeof found === 'string' || hasOwnWorker || process.getuid?.() === 0) return found;
  return found.uid === process.getuid?.() && found.gid === process.getgid?.()
    ? undefined
    : 'Remove this, or run the daemon as root: only root can run a command as another user';
}

function toRunner(
  id: string,
  { command, cwd, env, umask, scheduled, triggered, nas }: TaskOptions,
  defaultNas: string,
  user: User | undefined,
): Runner {
  if (command !== undefined)
    return { kind: 'command', command: { argv: command, cwd: cwd ?? '/', env: env ?? {}, user, umask } };
  return {
    kind: 'dsm',
    nas: nas ?? defaultNas,
    task:
      triggered === undefined
        ? { kind: 'scheduled', id: scheduled ?? Number(id) }
        : { kind: 'triggered', name: triggered },
  };
}
