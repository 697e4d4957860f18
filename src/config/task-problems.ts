// Tasks that cannot be what their options say together.
import type { Finding } from './finding.ts';
import type { Config } from './schema.ts';
import type { Shape } from './seed-shape.ts';

/** What the schema cannot see: whether an id can be shown, and whether a task without a command can be one of DSM's. */
export function findTaskProblems(config: Config, shape: Shape): Finding[] {
  return Object.entries(config.tasks).flatMap(([key, { command, cwd, env, user, group, triggered }]): Finding[] => {
    const id = shape.toTaskId(key);
    const at = { path: ['tasks', id], subject: 'name' } as const;
    const isShowable = /^(?! )\P{C}{1,100}(?<! )$/u.test(id);
    if ((command !== undefined || triggered !== undefined) && !isShowable)
      return [{ ...at, message: 'Name the task with 1 to 100 characters that can be shown' }];
    if (triggered !== undefined && command !== undefined)
      return [{ path: ['tasks', id, 'triggered'], message: 'Remove this, or the "command": a task is one or the other' }];
    if (command !== undefined) return [];
    if (triggered !== undefined && config.dsm.via !== 'webapi')
      return [{ path: ['tasks', id, 'triggered'], message: 'Set "via" of "dsm" to "webapi": only so can triggered tasks be started' }];
    if (triggered === undefined && !/^[1-9]\d{0,8}$/.test(id))
      return [
        { ...at, message: 'Add a "command", or give the number that the task has in DSM, as in "7": without a command it is a DSM task' },
      ];
    const idle = Object.entries({ cwd, env, user, group }).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    return idle.map((name) => ({ path: ['tasks', id, name], message: 'Remove this, or add a "command": a DSM task does not heed it' }));
  });
}
