// The stage of loading a config that reads what it refers to: keys, secrets, certificates, pictures, users.
import type { AdminConfig } from '../admin/options.ts';
import type { NasSettings } from '../dsm/options.ts';
import type { TlsPair } from '../listener/options.ts';
import type { NotifyTarget } from '../notify/options.ts';
import { collectKeys, type KeyedTask } from './collect-keys.ts';
import { toComparisons, type Found } from './finding.ts';
import type { PlacedKey } from './key-setting.ts';
import { createSecretPlace, type SecretPlace } from './load-secret.ts';
import { loadTls, type Pairs } from './load-tls.ts';
import { toAdminConfig } from './to-admin.ts';
import { toNases } from './to-nases.ts';
import { toNotifyTargets } from './to-notify.ts';
import type { Valid } from './validate.ts';

/** What a config becomes with everything that it refers to. */
export interface Resolved {
  readonly magic: readonly PlacedKey[];
  readonly tasks: readonly KeyedTask[];
  readonly notify: readonly NotifyTarget[];
  readonly nases: ReadonlyMap<string, NasSettings>;
  readonly admin: AdminConfig | undefined;
  readonly tls: TlsPair | undefined;
  /** Where its secrets were looked up. */
  readonly place: SecretPlace;
}

/** Reads what a config refers to, relative to its folder and in the daemon's environment. `inUse` are the certificates that stay if the new ones cannot be used. */
export function resolveSecrets(
  valid: Valid,
  folder: string,
  env: NodeJS.ProcessEnv,
  inUse: Pairs | undefined,
): Found<Resolved> {
  const place = createSecretPlace(folder, env);
  const { config } = valid;
  const keyed = collectKeys(valid, place);
  const { magic, tasks } = keyed.value;
  const notify = toNotifyTargets(
    config.notify,
    tasks.map(({ task }) => task.id),
    place,
  );
  const nases = toNases(config.dsm, place);
  const admin = toAdminConfig(config, nases.value, { place, inUse: inUse?.admin?.tls });
  const tls = loadTls(config.server.tls, ['server', 'tls'], { folder, inUse: inUse?.tls });
  return {
    value: {
      magic,
      tasks,
      notify: notify.targets,
      nases: nases.value,
      admin: admin.value,
      tls: tls.value,
      place,
    },
    findings: [
      ...keyed.findings,
      ...toComparisons(notify.errors),
      ...nases.findings,
      ...admin.findings,
      ...tls.findings,
    ],
  };
}
