// The gate: which keys open which task, for which addresses, and until when. Keys are looked up in constant time.
import type { Clock } from '../clock.ts';
import type { Icon } from '../icon.ts';
import type { KeyDigest } from '../keys.ts';
import { createKeysInUse, guestKey, wrongKey, type KeyInUse, type TaskKey } from './keys-in-use.ts';
import type { Link, Links } from './links.ts';
import type { Task } from '../tasks.ts';

/** A key in use: its digest, the label of the person it was given to, and when it expires. */
export interface GivenKey {
  readonly digest: KeyDigest;
  readonly label: string | undefined;
  /** Wall times in milliseconds: before the first, and from the second on, it opens nothing. */
  readonly notBeforeMs?: number | undefined;
  readonly expiresAtMs: number | undefined;
  /** Whether a caller with this key is asked before anything is started. */
  readonly asksFirst: boolean;
}

/** All keys, and the ids of what they open. */
interface Keys {
  readonly magic: readonly GivenKey[];
  /** The keys of each task, by its id. */
  readonly tasks: ReadonlyMap<string, readonly GivenKey[]>;
  /** Whether a magic key alone opens the overview of all tasks. */
  readonly hasOverview: boolean;
}

/** The tasks, and the keys that open them. */
export interface LockedTasks {
  readonly tasks: readonly Task[];
  readonly keys: Keys;
}

/** What a caller presented: the bytes of the two path parts (text counts as UTF-8), and the caller's address. */
export interface Presented {
  readonly magicKey: Uint8Array | string;
  readonly taskKey: Uint8Array | string;
  readonly address: string;
}

/** What the keys of a call open. Plain data: it is passed back to start the task. */
export interface Admitted {
  readonly kind: 'admitted';
  readonly task: string;
  readonly name: string;
  readonly icon: Icon | undefined;
  readonly label: string | undefined;
  readonly asksFirst: boolean;
  /** Whether it is by a guest link. */
  readonly isGuest: boolean;
  readonly question: string | undefined;
  readonly address: string;
  /** The task key is undefined if the caller used the overview. */
  readonly keys: { readonly magic: KeyDigest; readonly task: KeyDigest | undefined };
}

interface Mismatch {
  readonly kind: 'mismatch';
  readonly mismatch:
    | 'magic-key'
    | 'task-key'
    | 'both-keys'
    | 'early-key'
    | 'expired-key'
    | 'blocked-key'
    | 'ended-link'
    | 'disabled-task'
    | 'address'
    | 'path';
}

/** Whether the keys open a task. */
export type Admission = Admitted | Mismatch;

/** Whether a magic key opens the overview, and the tasks that the caller may start. */
export type OverviewAdmission = { readonly kind: 'admitted'; readonly tasks: readonly Admitted[] } | Mismatch;

export interface Gate {
  /** Looks both keys up, whatever the result of the first. */
  admit(presented: Presented): Admission;
  /** The same work, for a caller that presents a magic key alone. */
  admitToOverview(presented: Omit<Presented, 'taskKey'>): OverviewAdmission;
  /** Checks an earlier admission against the current keys; undefined if the keys open nothing any more, or another task. */
  admitAgain(
    before: Pick<Admitted, 'task' | 'keys'>,
    address: string,
    /** `isPaid`: the use of a guest link has been counted. */
    how?: { readonly isPaid: boolean },
  ): Admitted | undefined;
  /** Accepts a new guest link. */
  addLink(link: Link): void;
  find(task: string): Task | undefined;
}

/** The keys that open nothing, whatever the config says. */
export interface Blocked {
  has(key: KeyDigest): boolean;
}

/** Creates a gate that only these keys open. */
export function createGate(
  { tasks, keys: { magic, tasks: keysById, hasOverview } }: LockedTasks,
  clock: Clock,
  blocked: Blocked = new Set(),
  links?: Pick<Links, 'list' | 'isOpen'>,
): Gate {
  const inUse = createKeysInUse({ tasks, magic, keysById }, links?.list());
  const { magicRing, taskRing, wrongTaskKey, taskOf, keysOfTask, addLink } = inUse;

  /** Why keys open nothing now; looks at all of it, whatever comes first. */
  const findHindrance = (one: KeyInUse, other: KeyInUse): Mismatch['mismatch'] | undefined => {
    const nowMs = clock.wallMs();
    const isExpired = nowMs >= Math.min(one.expiresAtMs, other.expiresAtMs);
    const isEarly = nowMs < Math.max(one.notBeforeMs, other.notBeforeMs);
    const [isOneBlocked, isOtherBlocked] = [blocked.has(one.digest), blocked.has(other.digest)];
    if (isExpired) return 'expired-key';
    if (isEarly) return 'early-key';
    return isOneBlocked || isOtherBlocked ? 'blocked-key' : undefined;
  };
  /** Everything is looked at before the first decision, for wrong keys as for right ones: the time does not depend on the reason. */
  const judge = (
    magicKey: KeyInUse,
    { key, task, isEnabled, isAllowed, isLink }: TaskKey,
    address: string,
    isPaid = false,
  ): Admission => {
    const hindrance = findHindrance(magicKey, key);
    const isOpenLink = links?.isOpen(key.digest, isPaid) === true;
    const isAllowedHere = isAllowed(address);
    const isMagic = magicKey !== wrongKey;
    const isGuest = magicKey === guestKey;
    if (task === undefined || !isMagic)
      return {
        kind: 'mismatch',
        mismatch: isMagic ? 'task-key' : task === undefined ? 'both-keys' : 'magic-key',
      };
    if (isGuest !== isLink) return { kind: 'mismatch', mismatch: isGuest ? 'magic-key' : 'task-key' };
    if (hindrance !== undefined) return { kind: 'mismatch', mismatch: hindrance };
    if (isLink && !isOpenLink) return { kind: 'mismatch', mismatch: 'ended-link' };
    if (!isEnabled) return { kind: 'mismatch', mismatch: 'disabled-task' };
    if (!isAllowedHere) return { kind: 'mismatch', mismatch: 'address' };
    const label = [magicKey.label, key.label].filter((part) => part !== undefined).join(' + ');
    const { id, name, icon, question } = task;
    return {
      kind: 'admitted',
      task: id,
      name,
      icon,
      label: label === '' ? undefined : label,
      asksFirst: task.asksFirst || magicKey.asksFirst || key.asksFirst,
      isGuest,
      question,
      address,
      keys: { magic: magicKey.digest, task: key.digest },
    };
  };
  /** A task in the overview: open while one of its keys would open it; the caller is asked first if all of these keys would ask. */
  const judgeWithoutKey = (magicKey: KeyInUse, task: string, address: string): Admitted | undefined => {
    const open = (keysOfTask.get(task) ?? [])
      .map((found) => judge(magicKey, found, address))
      .filter(({ kind }) => kind === 'admitted');
    const [first] = open;
    if (first?.kind !== 'admitted') return undefined;
    const asksFirst = open.every((admission) => admission.kind === 'admitted' && admission.asksFirst);
    return { ...first, label: magicKey.label, asksFirst, keys: { magic: magicKey.digest, task: undefined } };
  };
  return {
    admit: ({ magicKey, taskKey, address }) =>
      judge(magicRing.find(magicKey) ?? wrongKey, taskRing.find(taskKey) ?? wrongTaskKey, address),
    admitToOverview({ magicKey, address }) {
      const found = magicRing.find(magicKey) ?? wrongKey;
      judge(found, taskRing.find(noKey) ?? wrongTaskKey, address);
      const hindrance = findHindrance(found, found);
      if (!hasOverview) return { kind: 'mismatch', mismatch: 'path' };
      if (found === wrongKey || found === guestKey) return { kind: 'mismatch', mismatch: 'magic-key' };
      if (hindrance !== undefined) return { kind: 'mismatch', mismatch: hindrance };
      return {
        kind: 'admitted',
        tasks: [...keysOfTask.keys()].flatMap((task) => judgeWithoutKey(found, task, address) ?? []),
      };
    },
    admitAgain({ task, keys }, address, { isPaid } = { isPaid: false }) {
      const magicKey = magicRing.findByDigest(keys.magic) ?? wrongKey;
      if (keys.task === undefined)
        return hasOverview && magicKey !== wrongKey && findHindrance(magicKey, magicKey) === undefined
          ? judgeWithoutKey(magicKey, task, address)
          : undefined;
      const taskKey = taskRing.findByDigest(keys.task) ?? wrongTaskKey;
      const admission = judge(magicKey, taskKey, address, isPaid);
      // The same key may belong to another task by now.
      return admission.kind === 'admitted' && admission.task === task ? admission : undefined;
    },
    addLink,
    find: (task) => taskOf.get(task),
  };
}

/** Stands for a task key that was not presented. */
const noKey = Buffer.alloc(0);
