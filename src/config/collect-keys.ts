// The keys and tasks of a config, with their places.
import { listNases } from '../dsm/options.ts';
import type { Icon } from '../icon.ts';
import type { User } from '../processes/user.ts';
import type { Task } from '../tasks.ts';
import { toPath, type Finding, type Found, type Path } from './finding.ts';
import type { PlacedKey } from './key-rules.ts';
import { resolveKeys, type KeySetting } from './key-setting.ts';
import type { SecretPlace } from './load-secret.ts';
import { createOnce } from './once.ts';
import type { Config } from './schema.ts';
import type { Shape } from './seed-shape.ts';
import { loadIcon } from './to-icon.ts';
import { toNasPath } from './to-nases.ts';
import { toTask, toUser } from './to-task.ts';

/** A task, and its keys with their places. */
export interface KeyedTask {
  readonly task: Task;
  readonly keys: readonly PlacedKey[];
}

/** The tasks, and all keys with their places. */
export function collectKeys(
  config: Config,
  shape: Shape,
  secretPlace: SecretPlace,
): Found<{ readonly magic: readonly PlacedKey[]; readonly tasks: readonly KeyedTask[] }> {
  const findings: Finding[] = [];
  // Even thousands of tasks have only a few users and icons.
  const toUserOnce = createOnce(toUser, ({ user, group }) => JSON.stringify([user, group]));
  const loadIconOnce = createOnce(loadIcon, ({ icon }) => JSON.stringify(icon));
  const collect = (setting: KeySetting, at: readonly PropertyKey[]): PlacedKey[] => {
    const place = toPath(shape.toPlace(at));
    return resolveKeys(setting, secretPlace).flatMap((key) => {
      const keyPath = [...place, ...key.at];
      if (!('problem' in key)) return [{ ...key, path: keyPath }];
      findings.push({ path: keyPath, message: key.problem });
      return [];
    });
  };
  const findUser = (options: Config['tasks'][string], at: Path): User | undefined => {
    const user = toUserOnce(options);
    if (typeof user !== 'string') return user;
    findings.push({
      path: [...at, options.user === undefined ? 'group' : 'user'],
      message: user,
      compares: true,
    });
    return undefined;
  };
  const findIcon = (options: Config['tasks'][string], at: Path): Icon | undefined => {
    const icon = loadIconOnce(options, secretPlace.folder);
    if (typeof icon !== 'string') return icon;
    findings.push({ path: [...at, 'icon'], message: icon });
    return undefined;
  };
  const [onlyNas = ''] = listNases(config.dsm).keys();
  const value = {
    magic: collect(config.server.magickey, ['server', 'magickey']),
    tasks: Object.entries(config.tasks).map(([key, options]) => {
      const id = shape.toTaskId(key);
      const at = ['tasks', id];
      return {
        task: toTask(id, options, onlyNas, { user: findUser(options, at), icon: findIcon(options, at) }),
        keys: collect(options.identifier, ['tasks', key, 'identifier']),
      };
    }),
  };
  return { value, findings };
}

/** All texts that are shown or logged, and therefore must not be a key. */
export function collectNames(
  config: Config,
  shape: Shape,
  keys: readonly PlacedKey[],
): { text: string; path: Path }[] {
  return [
    ...Object.entries(config.tasks).flatMap(([key, { name, triggered, question }]) => {
      const id = shape.toTaskId(key);
      const shown = Object.entries({ name, triggered, question }).flatMap(([part, text]) =>
        text === undefined ? [] : [{ text, path: ['tasks', id, part] }],
      );
      return [{ text: id, path: ['tasks', id] }, ...shown];
    }),
    ...[...listNases(config.dsm).keys()].flatMap((name) =>
      name === '' ? [] : [{ text: name, path: toNasPath(name) }],
    ),
    ...keys.flatMap(({ label, path: at }) =>
      label === undefined ? [] : [{ text: label, path: [...at.slice(0, -1), 'label'] }],
    ),
  ];
}
