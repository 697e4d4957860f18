// The last stage of loading a config: what the daemon works with.
import path from 'node:path';
import type { GivenKey, LockedTasks } from '../entry/gate.ts';
import type { AdminConfig } from '../admin/options.ts';
import type { NasSettings } from '../dsm/options.ts';
import type { ServerOptions } from '../http/options.ts';
import type { TlsPair } from '../listener/options.ts';
import type { LogOptions } from '../log/log.ts';
import type { NotifyTarget } from '../notify/options.ts';
import type { Task } from '../tasks.ts';
import type { PlacedKey } from './key-setting.ts';
import type { Resolved } from './resolve.ts';
import type { Valid } from './validate.ts';

/** A valid config. Paths are absolute, times are milliseconds. */
export interface LoadedConfig extends LockedTasks {
  readonly server: ServerOptions;
  readonly tls: TlsPair | undefined;
  readonly log: LogOptions & { readonly path: string };
  readonly history: { readonly path: string; readonly keep: number; readonly attempts: number };
  readonly notify: readonly NotifyTarget[];
  /** The NASes whose tasks can be run, by name; if the config names no NAS, there is one with the name ''. */
  readonly nases: ReadonlyMap<string, NasSettings>;
  /** The socket of a worker of its own; undefined if the daemon runs tasks itself. */
  readonly workerSocket: string | undefined;
  /** The admin listener, if it is configured. */
  readonly admin: AdminConfig | undefined;
  /** All files that the config was read from. */
  readonly files: readonly string[];
  /** What is allowed but not recommended, one line each. */
  readonly warnings: readonly string[];
}

/** A task with its keys in clear, if the config has them in clear and they have not expired. */
export interface ClearKeys {
  readonly task: Task;
  /** The first magic key, and the first key of the task. */
  readonly magicKey: string | undefined;
  readonly taskKey: string | undefined;
  /** Every magic key with every key of the task. */
  readonly pairs: readonly KeyPair[];
}

/** Two keys that open a task, and the labels of the two. */
export interface KeyPair {
  readonly labels: readonly string[];
  readonly magicKey: string;
  readonly taskKey: string;
}

/** The config for the daemon. */
export function assemble(
  { config }: Valid,
  { magic, tasks, tls, notify, nases, admin, place }: Resolved,
  { files, warnings }: Pick<LoadedConfig, 'files' | 'warnings'>,
): LoadedConfig {
  const { magickey: _, ...server } = config.server;
  return {
    server,
    tls,
    log: { ...config.log, path: path.resolve(place.folder, config.log.file) },
    history: {
      keep: config.history.keep,
      attempts: config.history.attempts,
      path: path.resolve(place.folder, config.history.file),
    },
    tasks: tasks.map(({ task }) => task),
    keys: {
      magic: magic.map(toGivenKey),
      tasks: new Map(tasks.map(({ task, keys }) => [task.id, keys.map(toGivenKey)])),
      hasOverview: server.overview,
    },
    notify,
    nases,
    workerSocket: config.worker === 'inside' ? undefined : path.resolve(place.folder, config.worker.socket),
    admin,
    files,
    warnings,
  };
}

/** For each task the keys that are in clear and have not expired. */
export function findClearKeys({ magic, tasks }: Resolved, wallMs: number): ClearKeys[] {
  const magicKeys = listClear(magic, wallMs);
  return tasks.map(({ task, keys }) => {
    const taskKeys = listClear(keys, wallMs);
    const pairs = magicKeys.flatMap((magicKey) =>
      taskKeys.map((taskKey) => ({
        labels: [magicKey, taskKey].flatMap(({ label }) => label ?? []),
        magicKey: magicKey.text,
        taskKey: taskKey.text,
      })),
    );
    return { task, magicKey: magicKeys[0]?.text, taskKey: taskKeys[0]?.text, pairs };
  });
}

/** What is kept of a key, without its text. */
function toGivenKey({ digest, label, notBeforeMs, expiresAtMs, asksFirst }: PlacedKey): GivenKey {
  return { digest, label, notBeforeMs, expiresAtMs, asksFirst };
}

/** Keys that are not valid yet come last. */
function listClear(
  keys: readonly PlacedKey[],
  wallMs: number,
): { readonly label: string | undefined; readonly text: string }[] {
  const isEarly = ({ notBeforeMs = -Infinity }: PlacedKey): boolean => wallMs < notBeforeMs;
  return [...keys.filter((key) => !isEarly(key)), ...keys.filter(isEarly)].flatMap(
    ({ text, label, expiresAtMs = Infinity }) =>
      text !== undefined && expiresAtMs > wallMs ? [{ label, text }] : [],
  );
}
