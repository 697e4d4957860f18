// The differences between two configs, described by names: never by a key.
import { isDeepStrictEqual } from 'node:util';
import type { AdminConfig } from '../admin/options.ts';
import { toLevel, type LoadedConfig } from './load.ts';

/** The changes between two configs that the daemon applies at once, one phrase each. */
export function findChanges(before: LoadedConfig, after: LoadedConfig): string[] {
  const old = new Map(before.tasks.map((task) => [task.id, task]));
  const now = new Map(after.tasks.map((task) => [task.id, task]));
  const added = [...now.keys()].filter((id) => !old.has(id));
  const removed = [...old.keys()].filter((id) => !now.has(id));
  const changed = [...now]
    .filter(([id, task]) => old.has(id) && !isDeepStrictEqual(old.get(id), task))
    .map(([id]) => id);
  const rekeyed = [...now.keys()].filter(
    (id) => old.has(id) && !isDeepStrictEqual(before.keys.tasks.get(id), after.keys.tasks.get(id)),
  );
  return [
    ...renderNames('added', added),
    ...renderNames('removed', removed),
    ...renderNames('changed', changed),
    ...renderNames('other keys for', rekeyed),
    ...(isDeepStrictEqual(before.keys.magic, after.keys.magic) ? [] : ['other magic keys']),
    ...(before.keys.hasOverview === after.keys.hasOverview
      ? []
      : [after.keys.hasOverview ? 'an overview' : 'no overview']),
    ...(isDeepStrictEqual(before.notify, after.notify) ? [] : ['other notices']),
    ...findNasChanges(before.nases, after.nases),
    ...(isDeepStrictEqual(before.server.rateLimit, after.server.rateLimit) ? [] : ['other limits']),
    ...(before.tls === undefined || after.tls === undefined || isDeepStrictEqual(before.tls, after.tls)
      ? []
      : ['another certificate']),
    ...(isSameAdmin(before.admin, after.admin) ? [] : ['another admin page']),
    ...(toLevel(before) === toLevel(after) ? [] : [`log level ${toLevel(after)}`]),
    ...(before.server.stopGrace === after.server.stopGrace ? [] : ['another grace for the stop']),
  ];
}

/** The names of the changed options that the daemon applies only after a restart. */
export function findRestartNeeds(before: LoadedConfig, after: LoadedConfig): string[] {
  return [
    ...(['listen', 'port', 'trustProxy'] as const)
      .filter((name) => !isDeepStrictEqual(before.server[name], after.server[name]))
      .map((name) => `server.${name}`),
    ...((before.tls === undefined) === (after.tls === undefined) ? [] : ['server.tls']),
    ...(['path', 'maxSize', 'keep'] as const)
      .filter((name) => before.log[name] !== after.log[name])
      .map((name) => `log.${name === 'path' ? 'file' : name}`),
    ...findAdminNeeds(before.admin, after.admin),
    ...(before.workerSocket === after.workerSocket ? [] : ['worker']),
    ...(['path', 'keep', 'attempts'] as const)
      .filter((name) => before.history[name] !== after.history[name])
      .map((name) => `history.${name === 'path' ? 'file' : name}`),
  ];
}

function findNasChanges(old: LoadedConfig['nases'], now: LoadedConfig['nases']): string[] {
  if (isDeepStrictEqual(old, now)) return [];
  if (old.has('') || now.has('')) return ['another access to DSM'];
  const names = [...now.keys()];
  return [
    ...renderNames(
      'added the NAS',
      names.filter((name) => !old.has(name)),
    ),
    ...renderNames(
      'removed the NAS',
      [...old.keys()].filter((name) => !now.has(name)),
    ),
    ...renderNames(
      'another access to',
      names.filter((name) => old.has(name) && !isDeepStrictEqual(old.get(name), now.get(name))),
    ),
  ];
}

/** Whether the daemon has no change of the admin page to apply at once. */
function isSameAdmin(before: AdminConfig | undefined, after: AdminConfig | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  const { listen, port, trustProxy } = before;
  const keepsTls = before.tls === undefined || after.tls === undefined;
  return isDeepStrictEqual(before, {
    ...after,
    listen,
    port,
    trustProxy,
    ...(keepsTls ? { tls: before.tls } : {}),
  });
}

function findAdminNeeds(before: AdminConfig | undefined, after: AdminConfig | undefined): string[] {
  if (before === undefined || after === undefined) return before === after ? [] : ['admin'];
  const names = (['listen', 'port', 'trustProxy'] as const).filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  );
  return [...names, ...((before.tls === undefined) === (after.tls === undefined) ? [] : ['tls'])].map(
    (name) => `admin.${name}`,
  );
}

function renderNames(what: string, ids: readonly string[]): string[] {
  return ids.length === 0
    ? []
    : [`${what} ${ids.slice(0, 10).join(', ')}${ids.length > 10 ? ` and ${ids.length - 10} more` : ''}`];
}
