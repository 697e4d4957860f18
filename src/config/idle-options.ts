// Warns of options that do nothing beside others, or contradict them.
import { listNases, type NasOptions } from '../dsm/options.ts';
import { createNetworkTest } from '../values/network.ts';
import type { Finding, Path } from './finding.ts';
import { findValue } from './leave-out.ts';
import { isLoopback } from './loopback.ts';
import type { Resolved } from './resolve.ts';
import type { TaskSettings } from './schema.ts';
import { toTaskId } from './seed-shape.ts';
import { toNasPath } from './to-nases.ts';
import type { Settings, Valid } from './validate.ts';

/** By the name of an option what to do about it where it does nothing. */
type Rules<Facts> = Readonly<Record<string, (facts: Facts) => string | false>>;

const dayMs = 86_400_000;

/** Warnings about options that are written in the config and have no effect. */
export function findIdleOptions(valid: Valid, { magic, tasks: keyed }: Resolved): Finding[] {
  const { config, tasks, written } = valid;
  const findings: Finding[] = [];
  const find = <Facts>(options: unknown, at: Path, rules: Rules<Facts>, facts: Facts): void => {
    if (typeof options !== 'object' || options === null) return;
    for (const name in rules) {
      const message = Object.hasOwn(options, name) && rules[name]?.(facts);
      if (typeof message === 'string') findings.push({ path: [...at, name], message });
    }
  };
  find(findValue(written, ['server']), ['server'], ofServer, config);
  const isGate = config.admin?.gate === 'webapi';
  for (const [name, nas] of listNases(config.dsm)) {
    const at = toNasPath(name);
    find(findValue(written, at), at, ofNas, { nas, isGate });
  }
  for (const [i, target] of config.notify.entries()) {
    const at = ['notify', i];
    find(findValue(written, at), at, ofNotify, target);
  }
  find(findValue(written, ['admin']), ['admin'], ofAdmin, config.admin);

  const keysOf = new Map(keyed.map(({ task, keys }) => [task.id, keys]));
  const areAllAsked = magic.some(({ asksFirst }) => asksFirst);
  const nases = listNases(config.dsm);
  const writtenTasks = Object.entries(findValue(written, ['tasks']) ?? {});
  for (const [name, options] of writtenTasks) {
    const id = toTaskId(name);
    const task = tasks.get(id);
    if (task === undefined) continue;
    const asks = areAllAsked || keysOf.get(id)?.some(({ asksFirst }) => asksFirst) === true;
    const facts = { task, asks, config, nases };
    const at = ['tasks', id];
    find(options, at, ofTask, facts);
    if (task.command === undefined) find(options, at, ofDsmTask, facts);
  }
  return findings;
}

interface TaskFacts {
  readonly task: TaskSettings;
  /** Whether all callers, or some, are asked first, whatever the task's own options. */
  readonly asks: boolean;
  readonly config: Settings;
  readonly nases: ReadonlyMap<string, NasOptions>;
}

const ofTask: Rules<TaskFacts> = {
  question: ({ task, asks }) =>
    !asks && !task.confirm && 'Add "confirm": true, or remove this: nothing is asked without it',
  queue: ({ task: { whenBusy } }) =>
    whenBusy !== 'queue' && `Set "whenBusy" to "queue", or remove this: with "${whenBusy}" no run waits`,
  maxPerDay: ({ task: { maxPerDay = 0, cooldown } }) =>
    cooldown * maxPerDay >= dayMs &&
    'Remove this, or shorten "cooldown": that alone allows no more starts in a day',
  allow: ({ task: { allow = [] }, config: { server } }) =>
    isLoopback(server.listen) &&
    server.trustProxy.length === 0 &&
    !['127.0.0.1', '::1'].some(createNetworkTest(allow)) &&
    'Correct "server.listen" or "server.trustProxy", or add "127.0.0.1" here: the daemon only takes calls from this machine, so nothing can start the task',
};

const withoutSignals = (): string => 'Remove this: DSM runs the task, and takes no signals for it';

const ofDsmTask: Rules<TaskFacts> = {
  stopSignal: withoutSignals,
  grace: withoutSignals,
  stoppable: ({ task }) =>
    task.stoppable &&
    'Remove this: DSM offers no way to stop a task, so the button would only end the watching',
  atShutdown: ({ task }) =>
    task.atShutdown === 'stop' &&
    'Remove this: DSM offers no way to stop a task, so it continues when the daemon is stopped',
  output({ task: { nas = '' }, nases }) {
    const own = nases.get(nas) ?? (nases.size === 1 ? [...nases.values()][0] : undefined);
    return (
      own?.via === 'synoschedtask' &&
      'Remove this, or set "via" to "auto": synoschedtask does not give what a task printed'
    );
  },
};

const ofServer: Rules<Settings> = {
  debug: ({ server, log: { level } }) =>
    server.debug &&
    level !== undefined &&
    level !== 'debug' &&
    `Remove this, or "level" of "log": that is "${level}", and it decides`,
};

const ofNas: Rules<{ readonly nas: NasOptions; readonly isGate: boolean }> = {
  webapi: ({ nas: { via }, isGate }) =>
    (via === 'synowebapi' || via === 'synoschedtask') &&
    !isGate &&
    `Remove this, or set "via" to "webapi": with "${via}" DSM's Web API is not called over the network`,
  synowebapi: ({ nas: { via } }) =>
    (via === 'webapi' || via === 'synoschedtask') && `Remove this: with "via" "${via}" this tool is not used`,
  synoschedtask: ({ nas: { via } }) =>
    (via === 'webapi' || via === 'synowebapi') && `Remove this: with "via" "${via}" this tool is not used`,
};

const ofNotify: Rules<Settings['notify'][number]> = {
  tasks: ({ on }) =>
    on !== undefined &&
    on.every((occasion) => occasion === 'strangers') &&
    'Remove this: notices of strangers are about no task',
  on: ({ on = [] }) =>
    on.includes('finished') &&
    on.includes('failed') &&
    'Remove "failed": "finished" already contains it, because a run that failed has finished',
};

const withoutGate = (admin: Settings['admin'], isUsed: (gate: string) => boolean): string | false =>
  admin !== undefined && !isUsed(admin.gate) && `Remove this: the gate "${admin.gate}" does not use it`;
const forLocalGate = (admin: Settings['admin']): string | false =>
  withoutGate(admin, (gate) => gate === 'dsm' || gate === 'dsm-login');

const ofAdmin: Rules<Settings['admin']> = {
  group: forLocalGate,
  authenticateCgi: forLocalGate,
  loginCgi: forLocalGate,
  nas: (admin) => withoutGate(admin, (gate) => gate === 'webapi'),
};
