// Warns of options that do nothing beside others, or contradict them.
import { listNases, type NasOptions } from '../dsm/options.ts';
import { createNetworkTest } from '../values/network.ts';
import type { Finding, Path } from './finding.ts';
import { findValue } from './leave-out.ts';
import { isLoopback } from './loopback.ts';
import type { Resolved } from './resolve.ts';
import type { Config } from './schema.ts';
import { toNasPath } from './to-nases.ts';
import type { Valid } from './validate.ts';

type TaskOptions = Config['tasks'][string];
/** An option, whether it does nothing, and what to do. */
type Idle = readonly [name: string, isIdle: boolean, message: string];

const dayMs = 86_400_000;

/** Warnings about options that are written in the config and have no effect. */
export function findIdleOptions(valid: Valid, { magic, tasks }: Resolved): Finding[] {
  const { config, shape, written } = valid;
  const find = (above: Path, at: Path, idle: readonly Idle[]): Finding[] => {
    const options = findValue(written, above);
    return idle.flatMap(([name, isIdle, message]) =>
      isIdle && findValue(options, [name]) !== undefined ? [{ path: [...at, name], message }] : [],
    );
  };
  const keysOf = new Map(tasks.map(({ task, keys }) => [task.id, keys]));
  return [
    ...find(
      ['server'],
      ['server'],
      [
        [
          'debug',
          config.server.debug && config.log.level !== undefined && config.log.level !== 'debug',
          `Remove this, or "level" of "log": that is "${config.log.level}", and it decides`,
        ],
      ],
    ),
    ...[...listNases(config.dsm)].flatMap(([name, nas]) => {
      const at = toNasPath(name);
      return find(at, at, findIdleOfNas(nas, config.admin?.gate === 'webapi'));
    }),
    ...config.notify.flatMap((target, i) => find(['notify', i], ['notify', i], findIdleOfNotify(target))),
    ...find(['admin'], ['admin'], findIdleOfAdmin(config.admin)),
    ...Object.entries(config.tasks).flatMap(([key, options]) => {
      const id = shape.toTaskId(key);
      const asks =
        options.confirm || [...magic, ...(keysOf.get(id) ?? [])].some(({ asksFirst }) => asksFirst);
      return find(
        ['tasks', key],
        ['tasks', id],
        [
          ['question', !asks, 'Add "confirm": true, or remove this: nothing is asked without it'],
          ...findIdleOfTask(options, config),
          ...(options.command === undefined ? findIdleOfDsmTask(options, config) : []),
        ],
      );
    }),
  ];
}

function findIdleOfTask(options: TaskOptions, { server }: Config): Idle[] {
  const { whenBusy, cooldown, maxPerDay, allow } = options;
  const isOpenToItself =
    allow === undefined || ['127.0.0.1', '::1'].some((address) => createNetworkTest(allow)(address));
  return [
    [
      'queue',
      whenBusy !== 'queue',
      `Set "whenBusy" to "queue", or remove this: with "${whenBusy}" no run waits`,
    ],
    [
      'maxPerDay',
      maxPerDay !== undefined && cooldown * maxPerDay >= dayMs,
      'Remove this, or shorten "cooldown": that alone allows no more starts in a day',
    ],
    [
      'allow',
      isLoopback(server.listen) && server.trustProxy.length === 0 && !isOpenToItself,
      'Correct "server.listen" or "server.trustProxy", or add "127.0.0.1" here: the daemon only takes calls from this machine, so nothing can start the task',
    ],
  ];
}

function findIdleOfDsmTask({ nas, stoppable, atShutdown }: TaskOptions, { dsm }: Config): Idle[] {
  const nases = listNases(dsm);
  const own = nases.get(nas ?? '') ?? (nases.size === 1 ? [...nases.values()][0] : undefined);
  return [
    ['stopSignal', true, 'Remove this: DSM runs the task, and takes no signals for it'],
    ['grace', true, 'Remove this: DSM runs the task, and takes no signals for it'],
    [
      'stoppable',
      stoppable,
      'Remove this: DSM offers no way to stop a task, so the button would only end the watching',
    ],
    [
      'atShutdown',
      atShutdown === 'stop',
      'Remove this: DSM offers no way to stop a task, so it continues when the daemon is stopped',
    ],
    [
      'output',
      own?.via === 'synoschedtask',
      'Remove this, or set "via" to "auto": synoschedtask does not give what a task printed',
    ],
  ];
}

function findIdleOfNas({ via, webapi }: NasOptions, isGate: boolean): Idle[] {
  const byTool = via === 'synowebapi' || via === 'synoschedtask';
  return [
    [
      'webapi',
      byTool && webapi !== undefined && !isGate,
      `Remove this, or set "via" to "webapi": with "${via}" DSM's Web API is not called over the network`,
    ],
    [
      'synowebapi',
      via === 'webapi' || via === 'synoschedtask',
      `Remove this: with "via" "${via}" this tool is not used`,
    ],
    [
      'synoschedtask',
      via === 'webapi' || via === 'synowebapi',
      `Remove this: with "via" "${via}" this tool is not used`,
    ],
  ];
}

function findIdleOfNotify({ on }: Config['notify'][number]): Idle[] {
  return [
    [
      'tasks',
      on !== undefined && on.every((occasion) => occasion === 'strangers'),
      'Remove this: notices of strangers are about no task',
    ],
    [
      'on',
      on?.includes('finished') === true && on.includes('failed'),
      'Remove "failed": "finished" already contains it, because a run that failed has finished',
    ],
  ];
}

function findIdleOfAdmin(admin: Config['admin']): Idle[] {
  if (admin === undefined) return [];
  const { gate } = admin;
  const isLocal = gate === 'dsm' || gate === 'dsm-login';
  const message = `Remove this: the gate "${gate}" does not use it`;
  return [
    ['group', !isLocal, message],
    ['authenticateCgi', !isLocal, message],
    ['loginCgi', !isLocal, message],
    ['nas', gate !== 'webapi', message],
  ];
}
