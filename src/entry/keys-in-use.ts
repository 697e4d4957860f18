// The keys in use, indexed: magic keys, the keys of tasks, and those of guest links.
import { createKeyring, toKeyDigest, type Keyring } from '../keys.ts';
import type { Task } from '../tasks.ts';
import { createNetworkTest } from '../values/network.ts';
import type { GivenKey } from './gate.ts';
import { guestWord, type Link } from './links.ts';

/** A task key, the task that it opens, and the addresses that may use it. */
export interface TaskKey {
  readonly key: GivenKey;
  readonly task: Task;
  readonly isAllowed: (address: string) => boolean;
  /** Whether it is the key of a guest link. */
  readonly isLink: boolean;
}

/** Stands for the magic key of all guest links. */
export const guestKey: GivenKey = {
  digest: toKeyDigest(guestWord),
  label: undefined,
  expiresAtMs: undefined,
  asksFirst: false,
};

/** All keys by what they open. */
export interface KeysInUse {
  readonly magicRing: Keyring<GivenKey>;
  readonly taskRing: Keyring<TaskKey>;
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
  const magicRing = createKeyring<GivenKey>();
  const taskRing = createKeyring<TaskKey>();
  const taskOf = new Map<string, Task>();
  /** Only of tasks that cannot be called from everywhere. */
  const allowedOf = new Map<string, TaskKey['isAllowed']>();
  const keysOfTask = new Map<string, readonly TaskKey[]>();
  for (const key of magic) magicRing.add(key.digest, key);
  for (const task of tasks) {
    const isAllowed = task.allow === undefined ? isAllowedAnywhere : createNetworkTest(task.allow);
    if (task.allow !== undefined) allowedOf.set(task.id, isAllowed);
    const keys: TaskKey[] = [];
    for (const key of keysById.get(task.id) ?? []) {
      const taskKey = { key, task, isAllowed, isLink: false };
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
    const key = { digest, label, expiresAtMs: endsAtMs, asksFirst: false };
    const isAllowed = allowedOf.get(id) ?? isAllowedAnywhere;
    taskRing.add(digest, { key, task, isAllowed, isLink: true });
  };
  if (links !== undefined) magicRing.add(guestKey.digest, guestKey);
  for (const link of links ?? []) addLink(link);
  return { magicRing, taskRing, taskOf, keysOfTask, addLink };
}

const isAllowedAnywhere = (): boolean => true;
