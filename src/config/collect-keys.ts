// The keys and tasks of a config, with their places.
import { listNases } from '../dsm/options.ts';
import type { Icon } from '../icon.ts';
import type { User } from '../processes/user.ts';
import type { Task } from '../tasks.ts';
import { toPath, type Finding, type Found, type Path } from './finding.ts';
import type { PlacedName } from './key-rules.ts';
import { resolveKeys, type KeySetting, type PlacedKey } from './key-setting.ts';
import type { SecretPlace } from './load-secret.ts';
import { createOnce } from './once.ts';
import type { TaskSettings } from './schema.ts';
import { loadIcon } from './to-icon.ts';
import { toNasPath } from './to-nases.ts';
import { toTask, toUser } from './to-task.ts';
import type { Valid } from './validate.ts';

/** A task, and its keys with their places. */
export interface KeyedTask {
  readonly task: Task;
  readonly keys: readonly PlacedKey[];
}

/** The tasks, and all keys with their places. */
export function collectKeys(
  { config, tasks: valid, shape }: Valid,
  secretPlace: SecretPlace,
): Found<{ readonly magic: readonly PlacedKey[]; readonly tasks: readonly KeyedTask[] }> {
  const findings: Finding[] = [];
  // Even thousands of tasks have only a few users and icons.
  const toUserOnce = createOnce(
    (options: TaskSettings) => toUser(options, config.worker !== 'inside'),
    ({ user, group }) => JSON.stringify([user, group]),
  );
  const loadIconOnce = createOnce(loadIcon, ({ icon }) => JSON.stringify(icon));
  const collect = (setting: KeySetting, at: Path): PlacedKey[] => {
    const keys: PlacedKey[] = [];
    for (const key of resolveKeys(setting, secretPlace, at)) {
      if ('problem' in key) findings.push({ path: key.path, message: key.problem });
      else keys.push(key);
    }
    return keys;
  };
  const findUser = (options: TaskSettings, at: Path): User | undefined => {
    if (options.user === undefined && options.group === undefined) return undefined;
    const user = toUserOnce(options);
    if (typeof user !== 'string') return user;
    findings.push({
      path: [...at, options.user === undefined ? 'group' : 'user'],
      message: user,
      compares: true,
    });
    return undefined;
  };
  const findIcon = (options: TaskSettings, at: Path): Icon | undefined => {
    if (options.icon === undefined) return undefined;
    const icon = loadIconOnce(options, secretPlace.folder);
    if (typeof icon !== 'string') return icon;
    findings.push({ path: [...at, 'icon'], message: icon });
    return undefined;
  };
  const [onlyNas = ''] = listNases(config.dsm).keys();
  const magic = collect(config.server.magickey, toPath(shape.toPlace(['server', 'magickey'])));
  const tasks: KeyedTask[] = [];
  for (const [id, options] of valid) {
    const at = ['tasks', id];
    tasks.push({
      task: toTask(id, options, onlyNas, { user: findUser(options, at), icon: findIcon(options, at) }),
      keys: collect(options.identifier, [...at, 'identifier']),
    });
  }
  return { value: { magic, tasks }, findings };
}

/** All texts that are shown or logged, and therefore must not be a key. */
export function collectNames({ config, tasks }: Valid, keys: readonly PlacedKey[]): PlacedName[] {
  const names: PlacedName[] = [];
  for (const [id, task] of tasks) {
    names.push({ text: id, path: ['tasks', id] });
    for (const part of shownParts) {
      const text = task[part];
      if (text !== undefined) names.push({ text, path: ['tasks', id, part] });
    }
  }
  for (const name of listNases(config.dsm).keys())
    if (name !== '') names.push({ text: name, path: toNasPath(name) });
  for (const { label, path: at } of keys)
    if (label !== undefined) names.push({ text: label, path: [...at.slice(0, -1), 'label'] });
  return names;
}

const shownParts = ['name', 'triggered', 'question'] as const;
