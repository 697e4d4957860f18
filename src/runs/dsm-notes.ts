// Runs in DSM as the history records them: what identifies one among others.
import { isDeepStrictEqual } from 'node:util';
import type { History } from '../history/history.ts';
import type { RunBegin } from '../history/records.ts';
import type { RememberedRuns } from '../history/remembered.ts';
import type { EarlierRun, WorkIo } from '../worker/client.ts';

/** A run in DSM, as the worker needs it to follow it further. */
type EarlierDsmRun = NonNullable<EarlierRun['dsm']>;

/** A task in a NAS. */
type DsmPlace = Pick<NonNullable<RunBegin['dsm']>, 'nas' | 'task'>;

/**
 * Creates the function that records where DSM has a run. The run's work begins with the first such line, which is written
 * before DSM is asked. For a run that is not of a task of DSM, there is nothing to record.
 */
export function createNote(
  history: Pick<History, 'record'>,
  { run, now }: { readonly run: string; readonly now: () => string },
  place: DsmPlace | undefined,
): WorkIo['note'] {
  if (place === undefined) return () => Promise.resolve(false);
  const { nas, task } = place;
  let at: string | undefined;
  return async (trace) => {
    at ??= now();
    return await history.record({ event: 'begin', run, at, dsm: { nas, task, trace } });
  };
}

/** An earlier run, prepared for following it further: other known runs of ours count as having existed before its start. */
export function withoutOthers(
  run: EarlierDsmRun,
  id: string,
  past: Pick<RememberedRuns, 'oldestFirst'>,
): EarlierDsmRun {
  const inDsm = past.oldestFirst({ mayFit: (text) => text.includes('"nas":') });
  const others = [...inDsm].flatMap(({ begin }) => {
    const other = begin?.run === id ? undefined : begin?.dsm;
    const isSameTask = other?.nas === run.nas && isDeepStrictEqual(other.task, run.task);
    return isSameTask && other.trace.key !== undefined ? [other.trace.key] : [];
  });
  const { before } = run.trace;
  return { ...run, trace: { ...run.trace, before: { ...before, keys: [...before.keys, ...others] } } };
}
