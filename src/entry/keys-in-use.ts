// The keys in use, indexed: magic keys, the keys of tasks, and those of guest links.
import { randomBytes } from 'node:crypto';
import { createKeyring, toKeyDigest, type KeyDigest, type Keyring } from '../keys.ts';
import type { Task } from '../tasks.ts';
import { createNetworkTest } from '../values/network.ts';
import type { GivenKey } from './gate.ts';
import { guestWord, type Link } from './links.ts';

/** A key with everything that is looked at, in one shape for all keys: reading it takes the same time for each. */
export interface KeyInUse {
  readonly digest: KeyDigest;
  readonly label: string | undefined;
  readonly notBeforeMs: number;
  readonly expiresAtMs: number;
  readonly asksFirst: boolean;
}

/** A task key, and what it opens for which addresses. */
export interface TaskKey {
  readonly key: KeyInUse;
  /** Undefined for the key that stands for a wrong one. */
  readonly task: Task | undefined;
  readonly isEnabled: boolean;
  readonly isAllowed: (address: string) => boolean;
  /** Whether it is the key of a guest link. */
  readonly isLink: boolean;
}

/** Stands for the magic key of all guest links. */
export const guestKey: KeyInUse = toKeyInUse({
  digest: toKeyDigest(guestWord),
  label: undefined,
  expiresAtMs: undefined,
  asksFirst: false,
});

/** Stands for a wrong key, so that the same is looked at as for a right one. */
export const wrongKey: KeyInUse = toKeyInUse({
  digest: toKeyDigest(randomBytes(32)),
  label: undefined,
  expiresAtMs: undefined,
  asksFirst: false,
});

/** All keys by what they open. */
export interface KeysInUse {
  readonly magicRing: Keyring<KeyInUse>;
  readonly taskRing: Keyring<TaskKey>;
  /** Stands for a wrong task key. */
  readonly wrongTaskKey: TaskKey;
  readonly taskOf: ReadonlyMap<string, Task>;
  /** The keys of each task, without those of links. */
  readonly keysOfTask: ReadonlyMap<string, readonly TaskKey[]>;
  addLink(link: Link): void;
}

/** Indexes the keys; links are used only if they are given. */
export function createKeysInUse(
  {
    tasks,
    magic,
    keysById,
  }: {
    readonly tasks: readonly Task[];
    readonly magic: readonly GivenKey[];
    readonly keysById: ReadonlyMap<string, readonly GivenKey[]>;
  },
  links: readonly Link[] | undefined,
): KeysInUse {
  const magicRing = createKeyring<KeyInUse>();
  const taskRing = createKeyring<TaskKey>();
  const taskOf = new Map<string, Task>();
  /** Only of tasks that cannot be called from everywhere. */
  const allowedOf = new Map<string, TaskKey['isAllowed']>();
  const keysOfTask = new Map<string, readonly TaskKey[]>();
  const createTest = createTests(tasks);
  const isAllowedAnywhere = createTest(undefined);
  for (const key of magic) magicRing.add(key.digest, toKeyInUse(key));
  for (const task of tasks) {
    const { isEnabled } = task;
    const isAllowed = task.allow === undefined ? isAllowedAnywhere : createTest(task.allow);
    if (task.allow !== undefined) allowedOf.set(task.id, isAllowed);
    const keys: TaskKey[] = [];
    for (const key of keysById.get(task.id) ?? []) {
      const taskKey = { key: toKeyInUse(key), task, isEnabled, isAllowed, isLink: false };
      keys.push(taskKey);
      taskRing.add(key.digest, taskKey);
    }
    taskOf.set(task.id, task);
    keysOfTask.set(task.id, keys);
  }
  // A link's key is one more in the index of task keys, so that links cost a refusal nothing.
  const addLink = ({ key: digest, task: id, label, endsAtMs }: Link): void => {
    const task = taskOf.get(id);
    if (task === undefined) return;
    const key = toKeyInUse({ digest, label, expiresAtMs: endsAtMs, asksFirst: false });
    const isAllowed = allowedOf.get(id) ?? isAllowedAnywhere;
    taskRing.add(digest, { key, task, isEnabled: task.isEnabled, isAllowed, isLink: true });
  };
  if (links !== undefined) magicRing.add(guestKey.digest, guestKey);
  for (const link of links ?? []) addLink(link);
  const wrongTaskKey = {
    key: wrongKey,
    task: undefined,
    isEnabled: true,
    isAllowed: isAllowedAnywhere,
    isLink: false,
  };
  return { magicRing, taskRing, wrongTaskKey, taskOf, keysOfTask, addLink };
}

function toKeyInUse({
  digest,
  label,
  notBeforeMs = -Infinity,
  expiresAtMs = Infinity,
  asksFirst,
}: GivenKey): KeyInUse {
  return { digest, label, notBeforeMs, expiresAtMs, asksFirst };
}

/** Makes tests of addresses, all of which take as long as that of the longest list; if there is no list, none takes any time. */
function createTests(tasks: readonly Task[]): (networks: Task['allow']) => TaskKey['isAllowed'] {
  const longest = tasks
    .map(({ allow = [] }) => allow)
    .reduce((one, other) => (other.length > one.length ? other : one), []);
  if (longest.length === 0) return () => () => true;
  return (networks) => {
    const isAnywhere = networks === undefined;
    const isIn = createNetworkTest(networks ?? longest, longest.length);
    return (address) => isIn(address) || isAnywhere;
  };
}
