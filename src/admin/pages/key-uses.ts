// The last use of each key, by its label: from the remembered runs and attempts, which know labels and never keys.
import { isRefused } from '../../attempts/attempt.ts';
import type { GivenKey } from '../../entry/gate.ts';
import { isFirstLabel } from '../../keys.ts';
import type { AdminDeps } from './admin-deps.ts';
import { findRuns } from './run-filter.ts';

/** How many runs, and how many attempts, are looked through: enough for a year of most tasks. */
const maxRuns = 1000;
const maxAttempts = 500;

/** When a key was last used, and from where. */
export interface KeyUse {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly address: string | undefined;
}

/** The last uses by label; '' for calls without a label. */
export type KeyUses = ReadonlyMap<string, KeyUse>;

/** The last uses of all keys that start a task; without a task, of all keys. */
export async function findKeyUses(
  task: string | undefined,
  { history, attempts }: Pick<AdminDeps, 'history' | 'attempts'>,
): Promise<KeyUses> {
  const { note, of } = createKeyUses();
  for (const { start } of findRuns(history.runs, { task }, maxRuns).runs) note(start);
  const { attempts: found } = await attempts.find({ filter: { task }, limit: maxAttempts });
  for (const attempt of found) if (!isRefused(attempt)) note(attempt);
  return of(undefined);
}

/** Collects uses of keys. */
export function createKeyUses(): {
  note(use: KeyUseLike): void;
  /** The last uses for a task; without a task, of all. */
  of(task: string | undefined): KeyUses;
} {
  const all = new Map<string, KeyUse>();
  const byTask = new Map<string, Map<string, KeyUse>>();
  const keep = (uses: Map<string, KeyUse>, { label = '', at, address }: KeyUseLike): void => {
    const known = uses.get(label);
    if (known === undefined || known.at < at) uses.set(label, { at, address });
  };
  return {
    note(use) {
      keep(all, use);
      if (use.task === undefined) return;
      const uses = byTask.get(use.task) ?? new Map<string, KeyUse>();
      byTask.set(use.task, uses);
      keep(uses, use);
    },
    of: (task) => (task === undefined ? all : (byTask.get(task) ?? new Map())),
  };
}

/** A run or an attempt that keys were used for. */
interface KeyUseLike {
  readonly task?: string | undefined;
  readonly label?: string | undefined;
  readonly at: string;
  readonly address?: string | undefined;
}

/** The last use of a key: a call is recorded under the labels of both of its keys. */
export function findUse(
  uses: KeyUses,
  { label }: Pick<GivenKey, 'label'>,
  partners: readonly Pick<GivenKey, 'label'>[],
  isMagic: boolean,
): KeyUse | undefined {
  const own = toRecordedParts(label);
  const labels = new Set(
    partners.flatMap((partner) => {
      const others = toRecordedParts(partner.label);
      const [magic, ofTask] = isMagic ? [own, others] : [others, own];
      return magic.flatMap((one) =>
        ofTask.map((two) => [one, two].filter((part) => part !== undefined).join(' + ')),
      );
    }),
  );
  // The overview needs no key of a task.
  if (isMagic) for (const part of own) labels.add(part ?? '');
  return [...labels]
    .flatMap((name) => uses.get(name) ?? [])
    .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))[0];
}

/** What calls with a key are recorded under: its label, and none for a key that was the only one until another came beside it. */
function toRecordedParts(label: string | undefined): readonly (string | undefined)[] {
  return label !== undefined && isFirstLabel(label) ? [label, undefined] : [label];
}
