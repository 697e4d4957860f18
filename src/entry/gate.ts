// The gate: which keys open which task, for which addresses, and until when. Keys are looked up in constant time.
import type { Clock } from '../clock.ts';
import type { Icon } from '../icon.ts';
import type { KeyDigest } from '../keys.ts';
import { createKeysInUse, guestKey, type TaskKey } from './keys-in-use.ts';
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
  const { magicRing, taskRing, taskOf, keysOfTask, addLink } = inUse;

  /** Why keys that were found open nothing now. */
  const findHindrance = (keys: readonly GivenKey[]): Mismatch['mismatch'] | undefined => {
    const nowMs = clock.wallMs();
    if (keys.some(({ expiresAtMs = Infinity }) => nowMs >= expiresAtMs)) return 'expired-key';
    if (keys.some(({ notBeforeMs = -Infinity }) => nowMs < notBeforeMs)) return 'early-key';
    return keys.some(({ digest }) => blocked.has(digest)) ? 'blocked-key' : undefined;
  };
  const judge = (
    magicKey: GivenKey | undefined,
    found: TaskKey | undefined,
    address: string,
    isPaid = false,
  ): Admission => {
    if (magicKey === undefined || found === undefined)
      return {
        kind: 'mismatch',
        mismatch: magicKey !== undefined ? 'task-key' : found !== undefined ? 'magic-key' : 'both-keys',
      };
    const { key, task, isAllowed, isLink } = found;
    const isGuest = magicKey === guestKey;
    if (isGuest !== isLink) return { kind: 'mismatch', mismatch: isGuest ? 'magic-key' : 'task-key' };
    const hindrance = findHindrance([magicKey, key]);
    if (hindrance !== undefined) return { kind: 'mismatch', mismatch: hindrance };
    if (isLink && links?.isOpen(key.digest, isPaid) !== true)
      return { kind: 'mismatch', mismatch: 'ended-link' };
    if (!task.isEnabled) return { kind: 'mismatch', mismatch: 'disabled-task' };
    if (!isAllowed(address)) return { kind: 'mismatch', mismatch: 'address' };
    const label = [magicKey.label, key.label].filter((part) => part !== undefined).join(' + ');
    const { id, name, icon, question } = task;
    return {
      kind: 'admitted',
      task: id,
      name,
      icon,
      label: label === '' ? undefined : label,
      asksFirst: task.asksFirst || magicKey.asksFirst || key.asksFirst,
      question,
      address,
      keys: { magic: magicKey.digest, task: key.digest },
    };
  };
  /** A task in the overview: open while one of its keys would open it; the caller is asked first if all of these keys would ask. */
  const judgeWithoutKey = (magicKey: GivenKey, task: string, address: string): Admitted | undefined => {
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
      judge(magicRing.find(magicKey), taskRing.find(taskKey), address),
    admitToOverview({ magicKey, address }) {
      const found = magicRing.find(magicKey);
      taskRing.find(noKey);
      if (!hasOverview) return { kind: 'mismatch', mismatch: 'path' };
      if (found === undefined || found === guestKey) return { kind: 'mismatch', mismatch: 'magic-key' };
      const hindrance = findHindrance([found]);
      if (hindrance !== undefined) return { kind: 'mismatch', mismatch: hindrance };
      return {
        kind: 'admitted',
        tasks: [...keysOfTask.keys()].flatMap((task) => judgeWithoutKey(found, task, address) ?? []),
      };
    },
    admitAgain({ task, keys }, address, { isPaid } = { isPaid: false }) {
      const magicKey = magicRing.findByDigest(keys.magic);
      if (keys.task === undefined)
        return hasOverview && magicKey !== undefined && findHindrance([magicKey]) === undefined
          ? judgeWithoutKey(magicKey, task, address)
          : undefined;
      const admission = judge(magicKey, taskRing.findByDigest(keys.task), address, isPaid);
      // The same key may belong to another task by now.
      return admission.kind === 'admitted' && admission.task === task ? admission : undefined;
    },
    addLink,
    find: (task) => taskOf.get(task),
  };
}

/** Stands for a task key that was not presented. */
const noKey = Buffer.alloc(0);
