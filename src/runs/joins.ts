// Calls that get the run of another call. A call with an Idempotency-Key is recorded, so that a repeat of it gets that run, too.
import { toIso, type Clock } from '../clock.ts';
import type { History } from '../history/history.ts';
import type { RunFeed } from './run-view.ts';
import type { Starts } from './starts.ts';

/** An earlier run; or the failure to record it, in which case it must not be shown. */
type Pointed<Kind> = { readonly kind: Kind; readonly run: RunFeed } | { readonly kind: 'unwritable' };

export interface Joins {
  /** Returns an earlier run once that run is on disk. */
  point<Kind extends 'joined' | 'busy' | 'full'>(kind: Kind, run: RunFeed): Promise<Pointed<Kind>>;
  /**
   * Gives a call an earlier run, once both are on disk. From the moment of the call, a repeat finds the run, even
   * while the first call is still being written.
   */
  join(task: string, run: RunFeed, idempotencyKey: string | undefined): Promise<Pointed<'joined'>>;
}

export function createJoins({
  history,
  starts,
  clock,
  isOnDisk,
}: {
  readonly history: Pick<History, 'record'>;
  readonly starts: Pick<Starts, 'findRun' | 'noteKey' | 'dropKey'>;
  readonly clock: Clock;
  /** Whether a run is on disk; waits until that is known. */
  readonly isOnDisk: (run: RunFeed) => Promise<boolean>;
}): Joins {
  const underWay = new Map<string, Promise<boolean>>();
  const write = async (task: string, run: string, idempotencyKey: string): Promise<boolean> => {
    starts.noteKey(task, run, idempotencyKey);
    const isWritten = await history.record({
      event: 'join',
      run,
      task,
      at: toIso(clock.wallMs()),
      idempotencyKey,
    });
    if (!isWritten) starts.dropKey(task, idempotencyKey);
    return isWritten;
  };
  const remember = async (
    task: string,
    run: string,
    idempotencyKey: string | undefined,
  ): Promise<boolean> => {
    if (idempotencyKey === undefined) return true;
    const call = `${idempotencyKey} ${task}`;
    const earlier = underWay.get(call);
    if (earlier !== undefined) return await earlier;
    if (starts.findRun(task, idempotencyKey) === run) return true;
    const writing = write(task, run, idempotencyKey);
    underWay.set(call, writing);
    try {
      return await writing;
    } finally {
      underWay.delete(call);
    }
  };
  const point: Joins['point'] = async (kind, run) =>
    (await isOnDisk(run)) ? { kind, run } : { kind: 'unwritable' };
  return {
    point,
    async join(task, run, idempotencyKey) {
      const [pointed, isRemembered] = await Promise.all([
        point('joined', run),
        remember(task, run.id, idempotencyKey),
      ]);
      return isRemembered ? pointed : { kind: 'unwritable' };
    },
  };
}
