// The files beside a config that it is made of, too.
import path from 'node:path';
import { listNases } from '../dsm/options.ts';
import { toSecretFile } from './load-secret.ts';
import type { Config } from './schema.ts';
import { listAdminFiles } from './to-admin.ts';
import { toIconFile } from './to-icon.ts';
import { listWebApiFiles } from './to-web-api.ts';

/** The files that a config names: changes of theirs count as changes of the config. */
export function listFiles({ server, dsm, notify, admin, tasks }: Config, folder: string): string[] {
  const keys = [server.magickey, ...Object.values(tasks).map(({ identifier }) => identifier)].flatMap((setting) =>
    Array.isArray(setting) ? setting.map(({ key }) => key) : [setting],
  );
  const secrets = [...keys, ...notify.flatMap(({ url, token }) => (token === undefined ? [url] : [url, token]))];
  const pair = server.tls === undefined ? [] : [server.tls.cert, server.tls.key].map((name) => path.resolve(folder, name));
  const nasFiles = [...listNases(dsm).values()].flatMap((options) => listWebApiFiles(options, folder));
  const icons = Object.values(tasks).flatMap((options) => toIconFile(options, folder));
  return [...secrets.flatMap((secret) => toSecretFile(secret, folder)), ...nasFiles, ...listAdminFiles(admin, folder), ...pair, ...icons];
}
