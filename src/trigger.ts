// The gate and what lies behind it: both keys are looked up in constant time, then a run is started, joined or refused.
import type { Clock } from './clock.ts';
import type { Icon } from './icon.ts';
import { createKeyring, toKeyDigest, type KeyDigest, type Keyring } from './keys.ts';
import { createNetworkTest } from './network.ts';
import { createNonces } from './nonces.ts';
import type { RunFeed, RunView } from './runs/run.ts';
import type { Runs, StartResult } from './runs/runs.ts';
import type { Task } from './tasks.ts';

/** A key in use: its digest, the label of whom it was given to, and when it ends to open anything. */
export interface GivenKey {
  readonly digest: KeyDigest;
  readonly label: string | undefined;
  /** Wall time in milliseconds. */
  readonly expiresAtMs: number | undefined;
  /** Whether who comes with this key is asked before anything is started. */
  readonly asksFirst: boolean;
}

/** Everything that opens something. */
export interface Keys {
  readonly magic: readonly GivenKey[];
  readonly tasks: readonly { readonly task: Task; readonly keys: readonly GivenKey[] }[];
}

/** What was presented: the bytes of the two path parts, and the address that they came from. */
export interface Presented {
  readonly magicKey: Uint8Array;
  readonly taskKey: Uint8Array;
  readonly address: string;
}

/** What the keys of a call open. Plain data: a caller names it again to start the task. */
export interface Admitted {
  readonly kind: 'admitted';
  readonly task: string;
  readonly name: string;
  readonly icon: Icon | undefined;
  readonly label: string | undefined;
  readonly asksFirst: boolean;
  readonly question: string | undefined;
  readonly address: string;
  readonly keys: { readonly magic: KeyDigest; readonly task: KeyDigest };
}

/** Whether the keys open a task. */
export type Admission =
  | Admitted
  | { readonly kind: 'mismatch'; readonly mismatch: 'magic-key' | 'task-key' | 'both-keys' | 'expired-key' | 'disabled-task' | 'address' };

/** What became of an admitted call: a start or not, or a question, whose nonce belongs into the answer; `isAgain` says that an answer came too late, or a second time. */
export type Answer = StartResult | { readonly kind: 'asked'; readonly nonce: string; readonly isAgain: boolean };

/** What comes with an admitted call, as the caller wrote it. */
interface CallDetails {
  readonly idempotencyKey: string | undefined;
  readonly nonce: string | undefined;
}

/** What was presented to start a task once more: a nonce, the run that it came with, and the address that it came from. */
export interface PresentedOffer {
  readonly nonce: string;
  readonly run: string;
  readonly address: string;
}

export interface Trigger {
  /** Looks both keys up, whatever the first said. */
  admit(presented: Presented): Admission;
  /** Starts the task of an admission, or asks first; undefined where a reload has taken the task away meanwhile. */
  start(admission: Admitted, details: CallDetails): Promise<Answer | undefined>;
  /** Lets the caller of an admission start its task once more from the page of a run: the nonce for that, good once and for an hour. */
  offerAgain(admission: Admitted, run: string): string;
  /** Whether such a nonce would start something, as the keys and the address stand now. */
  isAgainOffered(offer: PresentedOffer): boolean;
  /** What such a nonce opens; undefined if it opens nothing (any more). It is used up by that. */
  admitAgain(offer: PresentedOffer): Admitted | undefined;
  /** The run of a presented run id. */
  look(runId: Uint8Array): RunFeed | undefined;
  /** Stops the run of a presented run id, where its task may be stopped by a caller. */
  stop(runId: Uint8Array): RunView | undefined;
  /** Opens to these keys from now on, and to no others. */
  useKeys(keys: Keys): void;
}

/** What the presented keys are looked up in. */
interface Gate {
  readonly magicKeys: Keyring<GivenKey>;
  readonly taskKeys: Keyring<TaskKey>;
  readonly tasks: ReadonlyMap<string, Task>;
  /** The same keys by their digests, for who has shown them before. */
  readonly magicKeyOf: ReadonlyMap<KeyDigest, GivenKey>;
  readonly taskKeyOf: ReadonlyMap<KeyDigest, TaskKey>;
}

/** A task key, and what it opens to whom. */
interface TaskKey {
  readonly key: GivenKey;
  readonly task: Task;
  readonly isAllowed: (address: string) => boolean;
}

/** What the page of a run lets its caller do once more. */
interface Offer {
  readonly run: string;
  readonly keys: Admitted['keys'];
}

/** How long a question may be answered. */
const questionMs = 5 * 60_000;
/** How long a task may be started once more from the page of its run. */
const offerMs = 3_600_000;

/** The door that `http/` knocks at: plain data in. */
export function createTrigger({
  keys,
  runs,
  isLogWritten,
  clock,
}: {
  readonly keys: Keys;
  readonly runs: Runs;
  readonly isLogWritten: () => boolean;
  readonly clock: Clock;
}): Trigger {
  const questions = createNonces<string>(clock, questionMs);
  const offers = createNonces<Offer>(clock, offerMs);
  let gate = createGate(keys);
  const judge = (magic: GivenKey | undefined, found: TaskKey | undefined, address: string): Admission => {
    if (magic === undefined || found === undefined) {
      return { kind: 'mismatch', mismatch: magic !== undefined ? 'task-key' : found !== undefined ? 'magic-key' : 'both-keys' };
    }
    const { key, task, isAllowed } = found;
    if (clock.wallMs() >= Math.min(magic.expiresAtMs ?? Infinity, key.expiresAtMs ?? Infinity))
      return { kind: 'mismatch', mismatch: 'expired-key' };
    if (!task.isEnabled) return { kind: 'mismatch', mismatch: 'disabled-task' };
    if (!isAllowed(address)) return { kind: 'mismatch', mismatch: 'address' };
    const label = [magic.label, key.label].filter((part) => part !== undefined).join(' + ');
    const { id, name, icon, question } = task;
    return {
      kind: 'admitted',
      task: id,
      name,
      icon,
      label: label === '' ? undefined : label,
      asksFirst: task.asksFirst || magic.asksFirst || key.asksFirst,
      question,
      address,
      keys: { magic: magic.digest, task: key.digest },
    };
  };
  const judgeOffer = (offer: Offer | undefined, address: string): Admitted | undefined => {
    if (offer === undefined) return undefined;
    const admission = judge(gate.magicKeyOf.get(offer.keys.magic), gate.taskKeyOf.get(offer.keys.task), address);
    return admission.kind === 'admitted' ? admission : undefined;
  };
  return {
    admit: ({ magicKey, taskKey, address }) => judge(gate.magicKeys.find(magicKey), gate.taskKeys.find(taskKey), address),
    async start({ task: id, asksFirst, address, label }, { idempotencyKey, nonce }) {
      const task = gate.tasks.get(id);
      if (task === undefined || !task.isEnabled) return undefined;
      if (asksFirst && (nonce === undefined || questions.take(nonce, (asked) => asked === id) === undefined))
        return { kind: 'asked', nonce: questions.issue(id), isAgain: nonce !== undefined };
      if (!isLogWritten()) return { kind: 'unwritable' };
      return await runs.start(task, {
        address,
        label,
        idempotencyKey: idempotencyKey === undefined ? undefined : toKeyDigest(idempotencyKey),
      });
    },
    offerAgain: ({ keys }, run) => offers.issue({ run, keys }),
    isAgainOffered({ nonce, run, address }) {
      const offer = offers.look(nonce);
      return offer?.run === run && judgeOffer(offer, address) !== undefined;
    },
    admitAgain: ({ nonce, run, address }) =>
      judgeOffer(
        offers.take(nonce, (offer) => offer.run === run),
        address,
      ),
    look: (runId) => runs.find(runId),
    stop(runId) {
      const view = runs.find(runId)?.view();
      return view?.isStoppable === true ? runs.stop(view.run)?.view() : undefined;
    },
    useKeys(changed) {
      gate = createGate(changed);
    },
  };
}

function createGate({ magic, tasks }: Keys): Gate {
  const taskKeys = tasks.flatMap(({ task, keys }) => {
    const isAllowed = task.allow === undefined ? () => true : createNetworkTest(task.allow);
    return keys.map((key) => ({ digest: key.digest, value: { key, task, isAllowed } }));
  });
  return {
    magicKeys: createKeyring(magic.map((key) => ({ digest: key.digest, value: key }))),
    taskKeys: createKeyring(taskKeys),
    tasks: new Map(tasks.map(({ task }) => [task.id, task])),
    magicKeyOf: new Map(magic.map((key) => [key.digest, key])),
    taskKeyOf: new Map(taskKeys.map(({ digest, value }) => [digest, value])),
  };
}
