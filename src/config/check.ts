// The stage of loading a config that checks what the schema cannot: whether its parts fit together, and whether this machine has what they need.
import { listNases } from '../dsm/options.ts';
import { createLookOnce } from '../processes/writers.ts';
import { findBlockedPorts } from './blocked-ports.ts';
import { collectNames } from './collect-keys.ts';
import { toComparisons, toWarnings, type Finding } from './finding.ts';
import { findIdleOptions } from './idle-options.ts';
import { findNamesThatAreKeys, judgeKeys } from './key-rules.ts';
import type { NamedFile, ReferredSecret } from './list-files.ts';
import { isLoopback } from './loopback.ts';
import { findOddSecrets } from './odd-secrets.ts';
import { findOpenPrograms, findOpenTools } from './open-programs.ts';
import { findOpenFiles } from './permissions.ts';
import { findUnusablePrograms } from './programs.ts';
import type { Resolved } from './resolve.ts';
import { findSharedFiles } from './shared-files.ts';
import { findTaskProblems } from './task-problems.ts';
import { toNasPath } from './to-nases.ts';
import { findThenProblems, warnOfIdleThen } from './then-problems.ts';
import { warnOfInsecureDsm } from './to-web-api.ts';
import { warnOfPlainAdmin } from './to-admin.ts';
import { findUndrawnIcons } from './undrawn-icons.ts';
import type { Settings, Valid } from './validate.ts';
import { findUnchosenZone } from './zone.ts';

/** What is checked: a config, what it refers to, and its files. */
export interface Checked {
  readonly valid: Valid;
  readonly resolved: Resolved;
  readonly file: string;
  readonly secrets: readonly ReferredSecret[];
  readonly named: readonly NamedFile[];
  readonly wallMs: number;
}

/** Checks a config as a whole: problems first, then warnings. */
export function check({ valid, resolved, file, secrets, named, wallMs }: Checked): Finding[] {
  const { config } = valid;
  const { magic, tasks, nases, admin, place } = resolved;
  const keys = [...magic, ...tasks.flatMap((task) => task.keys)];
  const all = tasks.map(({ task }) => task);
  // Behind a trusted proxy, a listener on loopback receives calls from other machines too.
  const isLoopbackOnly = isLoopback(config.server.listen) && config.server.trustProxy.length === 0;
  const judged = judgeKeys(keys, { isLoopbackOnly, wallMs });
  const isInvalid = (part: string): boolean => valid.invalid.some(([first]) => first === part);
  const look = createLookOnce();
  const files = [file, ...named.map((one) => one.file)];
  return [
    ...judged.errors,
    ...findNamesThatAreKeys(collectNames(valid, keys), keys),
    ...toComparisons([...findTaskProblems(config.dsm, valid.tasks), ...findThenProblems(valid.tasks)]),
    ...findSharedFiles(config, place.folder, files),
    ...toWarnings([
      ...judged.warnings,
      ...findOddSecrets(secrets, place),
      // A worker of its own may run what the daemon cannot.
      ...(config.worker === 'inside' ? findUnusablePrograms(all) : []),
      ...findUndrawnIcons(all),
      ...toComparisons([
        ...findIdleOptions(valid, resolved),
        ...warnOfIdleThen(valid.tasks),
        ...findUnchosenZone(valid, place.env),
        ...findBlockedPorts(config),
        ...warnOfNoTasks(valid),
      ]),
      ...findOpenFiles(file, named, look),
      ...(process.getuid?.() === 0
        ? [...findOpenPrograms(all, look), ...findOpenTools([...nases.values()], admin, look)]
        : []),
      ...(isInvalid('server') ? [] : warnOfPlainHttp(config)),
      ...(isInvalid('admin') ? [] : warnOfPlainAdmin(config.admin)),
      ...[...listNases(config.dsm)].flatMap(([name, options]) => warnOfInsecureDsm(options, toNasPath(name))),
    ]),
  ];
}

function warnOfNoTasks({ tasks }: Valid): Finding[] {
  return tasks.size > 0 ? [] : [{ path: ['tasks'], message: 'Add a task: there is nothing to start' }];
}

function warnOfPlainHttp({ server }: Settings): Finding[] {
  if (server.tls !== undefined || isLoopback(server.listen)) return [];
  return [
    {
      path: undefined,
      message:
        "Keys can be read on the way: the daemon speaks plain HTTP. Forward the router's port to an HTTPS reverse proxy (README, HTTPS), or set server.tls",
    },
  ];
}
