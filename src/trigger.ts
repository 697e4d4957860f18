// The gate and what lies behind it: both keys are looked up in constant time, then a run is started, joined or refused.
import type { Clock } from './clock.ts';
import { createKeyring, toKeyDigest, type KeyDigest, type Keyring } from './keys.ts';
import { createNetworkTest } from './network.ts';
import { createQuestions } from './questions.ts';
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

/** Whether the keys open a task. Plain data: a caller names it again to start the task. */
export type Admission =
  | {
      readonly kind: 'admitted';
      readonly task: string;
      readonly name: string;
      readonly label: string | undefined;
      readonly asksFirst: boolean;
      readonly address: string;
    }
  | { readonly kind: 'mismatch'; readonly mismatch: 'magic-key' | 'task-key' | 'both-keys' | 'expired-key' | 'disabled-task' | 'address' };

/** What became of an admitted call: a start or not, or a question, whose nonce belongs into the answer; `isAgain` says that an answer came too late, or a second time. */
export type Answer = StartResult | { readonly kind: 'asked'; readonly nonce: string; readonly isAgain: boolean };

/** What comes with an admitted call, as the caller wrote it. */
interface CallDetails {
  readonly idempotencyKey: string | undefined;
  readonly nonce: string | undefined;
}

export interface Trigger {
  /** Looks both keys up, whatever the first said. */
  admit(presented: Presented): Admission;
  /** Starts the task of an admission, or asks first; undefined where a reload has taken the task away meanwhile. */
  start(admission: Admission & { kind: 'admitted' }, details: CallDetails): Promise<Answer | undefined>;
  /** Starts a task for its owner, who needs no keys and is not asked; undefined where there is none that may be started. */
  order(task: string, who: { readonly address: string; readonly label: string }): Promise<StartResult | undefined>;
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
  readonly taskKeys: Keyring<{ readonly key: GivenKey; readonly task: Task; readonly isAllowed: (address: string) => boolean }>;
  readonly tasks: ReadonlyMap<string, Task>;
}

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
  const questions = createQuestions(clock);
  let gate = createGate(keys);
  return {
    admit({ magicKey, taskKey, address }) {
      const magic = gate.magicKeys.find(magicKey);
      const found = gate.taskKeys.find(taskKey);
      if (magic === undefined || found === undefined) {
        return { kind: 'mismatch', mismatch: magic !== undefined ? 'task-key' : found !== undefined ? 'magic-key' : 'both-keys' };
      }
      const { key, task, isAllowed } = found;
      if (clock.wallMs() >= Math.min(magic.expiresAtMs ?? Infinity, key.expiresAtMs ?? Infinity))
        return { kind: 'mismatch', mismatch: 'expired-key' };
      if (!task.isEnabled) return { kind: 'mismatch', mismatch: 'disabled-task' };
      if (!isAllowed(address)) return { kind: 'mismatch', mismatch: 'address' };
      const label = [magic.label, key.label].filter((part) => part !== undefined).join(' + ');
      const asksFirst = task.asksFirst || magic.asksFirst || key.asksFirst;
      return { kind: 'admitted', task: task.id, name: task.name, label: label === '' ? undefined : label, asksFirst, address };
    },
    async start({ task: id, asksFirst, address, label }, { idempotencyKey, nonce }) {
      const task = gate.tasks.get(id);
      if (task === undefined || !task.isEnabled) return undefined;
      if (asksFirst && (nonce === undefined || !questions.isAnswered(id, nonce)))
        return { kind: 'asked', nonce: questions.ask(id), isAgain: nonce !== undefined };
      if (!isLogWritten()) return { kind: 'unwritable' };
      return await runs.start(task, {
        address,
        label,
        idempotencyKey: idempotencyKey === undefined ? undefined : toKeyDigest(idempotencyKey),
      });
    },
    async order(id, who) {
      const task = gate.tasks.get(id);
      if (task === undefined || !task.isEnabled) return undefined;
      if (!isLogWritten()) return { kind: 'unwritable' };
      return await runs.start(task, { ...who, idempotencyKey: undefined });
    },
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
  };
}
