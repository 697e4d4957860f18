// The gate and what lies behind it: both keys are looked up in constant time, then a run is started, joined or refused.
import { createKeyring, type KeyDigest } from './keys.ts';
import type { RunView } from './run.ts';
import type { Runs, StartResult } from './runs.ts';
import type { Task } from './tasks.ts';

/** A key in use: its digest, the label of whom it was given to, and when it ends to open anything. */
export interface GivenKey {
  readonly digest: KeyDigest;
  readonly label: string | undefined;
  /** Wall time in milliseconds. */
  readonly expiresAtMs: number | undefined;
}

/** Everything that opens something. */
export interface Keys {
  readonly magic: readonly GivenKey[];
  readonly tasks: readonly { readonly task: Task; readonly keys: readonly GivenKey[] }[];
}

/** What was presented, as the bytes of the two path parts. */
export interface Presented {
  readonly magicKey: Uint8Array;
  readonly taskKey: Uint8Array;
}

/** Whether the keys open a task. Plain data: a caller names it again to start the task. */
export type Admission =
  | { readonly kind: 'admitted'; readonly task: string; readonly name: string; readonly label: string | undefined }
  | { readonly kind: 'mismatch'; readonly mismatch: 'magic-key' | 'task-key' | 'both-keys' | 'expired-key' };

export interface Trigger {
  /** Looks both keys up, whatever the first said. */
  admit(presented: Presented): Admission;
  /** Starts the task of an admission. */
  start(admission: Admission & { kind: 'admitted' }, address: string): Promise<StartResult>;
  /** The run of a presented run id. */
  look(runId: Uint8Array): RunView | undefined;
  /** The same, but once the run has ended, or after `ms`, or when `signal` is aborted. */
  wait(runId: Uint8Array, ms: number, signal: AbortSignal): Promise<RunView | undefined>;
}

/** The door that `http/` knocks at: plain data in, plain data out. `wallMs` is the time by which keys expire. */
export function createTrigger({
  keys,
  runs,
  isLogWritten,
  wallMs,
}: {
  readonly keys: Keys;
  readonly runs: Runs;
  readonly isLogWritten: () => boolean;
  readonly wallMs: () => number;
}): Trigger {
  const magicKeys = createKeyring(keys.magic.map((key) => ({ digest: key.digest, value: key })));
  const taskKeys = createKeyring(
    keys.tasks.flatMap(({ task, keys: given }) => given.map((key) => ({ digest: key.digest, value: { key, task } }))),
  );
  const tasks = new Map(keys.tasks.map(({ task }) => [task.id, task]));
  return {
    admit({ magicKey, taskKey }) {
      const magic = magicKeys.find(magicKey);
      const found = taskKeys.find(taskKey);
      if (magic === undefined || found === undefined) {
        return { kind: 'mismatch', mismatch: magic !== undefined ? 'task-key' : found !== undefined ? 'magic-key' : 'both-keys' };
      }
      const endsMs = Math.min(magic.expiresAtMs ?? Infinity, found.key.expiresAtMs ?? Infinity);
      if (wallMs() >= endsMs) return { kind: 'mismatch', mismatch: 'expired-key' };
      const label = [magic.label, found.key.label].filter((part) => part !== undefined).join(' + ');
      return { kind: 'admitted', task: found.task.id, name: found.task.name, label: label === '' ? undefined : label };
    },
    async start(admission, address) {
      const task = tasks.get(admission.task);
      if (task === undefined) throw new Error('An admission names a task that was configured');
      if (!isLogWritten()) return { kind: 'unwritable' };
      return await runs.start(task, { address, label: admission.label });
    },
    look: (runId) => runs.find(runId),
    wait: (runId, ms, signal) => runs.wait(runId, ms, signal),
  };
}
