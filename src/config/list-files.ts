// What a config refers to: its secrets, and the files from which secrets and other values are read.
import path from 'node:path';
import { listNases } from '../dsm/options.ts';
import type { Secret } from '../values/secret.ts';
import { toPath, type Path } from './finding.ts';
import type { KeySetting } from './key-setting.ts';
import { toNasPath } from './to-nases.ts';
import type { Settings, Valid } from './validate.ts';

/** A secret that is not in the config, but in the environment or in a file, and the place that refers to it. Keys have their own rules. */
export interface ReferredSecret {
  readonly path: Path;
  readonly secret: Exclude<Secret, string>;
  readonly isKey: boolean;
}

/** A file with its place in the config, and what reading or changing it would give away. */
export interface NamedFile {
  readonly path: Path;
  readonly file: string;
  /** A secret, a certificate used for trusting others, or a picture. */
  readonly holds: 'secret' | 'trust' | 'picture';
}

/** The secrets that a config refers to. */
export function listReferredSecrets({ config, tasks, shape }: Valid): ReferredSecret[] {
  const { server, dsm, notify, admin } = config;
  const secrets: ReferredSecret[] = [];
  const addKeys = (setting: KeySetting, at: Path): void => {
    if (typeof setting === 'string') return;
    if (!Array.isArray(setting)) {
      secrets.push({ path: at, secret: setting, isKey: true });
      return;
    }
    for (const [i, { key }] of setting.entries())
      if (typeof key !== 'string') secrets.push({ path: [...at, i, 'key'], secret: key, isKey: true });
  };
  addKeys(server.magickey, toPath(shape.toPlace(['server', 'magickey'])));
  for (const [id, { identifier }] of tasks) addKeys(identifier, ['tasks', id, 'identifier']);
  const others = (at: Path, secrets: Readonly<Record<string, Secret | undefined>>): ReferredSecret[] =>
    Object.entries(secrets).flatMap(([name, secret]) =>
      typeof secret === 'object' ? [{ path: [...at, name], secret, isKey: false }] : [],
    );
  return [
    ...secrets,
    ...notify.flatMap(({ url, token }, i) => others(['notify', i], { url, token })),
    ...[...listNases(dsm)].flatMap(([name, { webapi }]) => {
      const { account, password, deviceToken } = webapi ?? {};
      return others([...toNasPath(name), 'webapi'], { account, password, deviceToken });
    }),
    ...others(['admin'], { password: admin?.password }),
  ];
}

/** The files that a config names; a change of one counts as a change of the config. */
export function listFiles(valid: Valid, secrets: readonly ReferredSecret[], folder: string): NamedFile[] {
  const { server, dsm, notify, admin } = valid.config;
  const pictures: NamedFile[] = [];
  for (const [id, { icon }] of valid.tasks)
    if (icon?.kind === 'file')
      pictures.push({ path: ['tasks', id, 'icon'], file: path.resolve(folder, icon.path), holds: 'picture' });
  const pairOf = (at: Path, tls: Settings['server']['tls']): NamedFile[] =>
    tls === undefined
      ? []
      : [
          { path: [...at, 'cert'], file: path.resolve(folder, tls.cert), holds: 'trust' },
          { path: [...at, 'key'], file: path.resolve(folder, tls.key), holds: 'secret' },
        ];
  const caOf = (at: Path, ca: string | undefined): NamedFile[] =>
    ca === undefined ? [] : [{ path: [...at, 'ca'], file: path.resolve(folder, ca), holds: 'trust' }];
  return [
    ...secrets.flatMap(({ path: at, secret }): NamedFile[] =>
      'file' in secret ? [{ path: at, file: path.resolve(folder, secret.file), holds: 'secret' }] : [],
    ),
    ...[...listNases(dsm)].flatMap(([name, { webapi }]) => caOf([...toNasPath(name), 'webapi'], webapi?.ca)),
    ...notify.flatMap(({ ca }, i) => caOf(['notify', i], ca)),
    ...pairOf(['server', 'tls'], server.tls),
    ...pairOf(['admin', 'tls'], admin?.tls),
    ...pictures,
  ];
}
