// Refused calls in the log and the attempts: the first ones line by line, a flood only as a sum, so that no scanner fills the disk or keeps it awake.
import type { Clock } from '../clock.ts';
import type { Refusal } from './attempt.ts';
import { createLargest } from './largest.ts';
import type { Recorder, RefusedCall } from './recorder.ts';
import { createWindowCount, type Share } from './window-count.ts';

/** How many networks a summary names. */
const namedNetworks = 5;

export interface Flood {
  /** Logs a refused call, or only counts it. Never throws. */
  count(refusal: RefusedCall): void;
  /** Writes the calls that have only been counted so far. */
  flush(): void;
}

/** A phone that asks for icons, a monitor, or HTTPS on a port of plain HTTP does not try keys. */
const wrongKeys: ReadonlySet<Refusal> = new Set(['magic-key', 'task-key', 'both-keys']);

/**
 * `readShare` reads how many lines a network may cause in a window, and how many wrong keys are its share; all networks
 * together have ten times as many. A flood is summed up at the end of each window. `onFlood` is called once when
 * strangers begin to try more keys than that.
 */
export function createFlood({
  readShare,
  recorder,
  onFlood,
  clock,
}: {
  readonly readShare: () => Share;
  readonly onFlood: (network: string) => void;
  readonly recorder: Pick<Recorder, 'counted' | 'refused' | 'flooded'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}): Flood {
  const folded = createLargest();
  const lines = createWindowCount(readShare);
  const tries = createWindowCount(readShare);
  let foldedInAll = 0;
  let timer: NodeJS.Timeout | undefined;
  let isReported = false;

  const flush = (): void => {
    if (foldedInAll === 0) return;
    const networks = folded.largest(namedNetworks);
    const elsewhere = foldedInAll - networks.reduce((sum, [, calls]) => sum + calls, 0);
    const where = [
      ...networks.map(([network, calls]) => `${calls} from ${network}`),
      ...(elsewhere === 0 ? [] : [`${elsewhere} from elsewhere`]),
    ];
    recorder.flooded(foldedInAll, Object.fromEntries(networks), where.join(', '));
    folded.clear();
    foldedInAll = 0;
  };
  /** Writes the sum at the end of each window, until a window passes without calls. */
  const endWindow = (): void => {
    timer = foldedInAll === 0 ? undefined : setTimeout(endWindow, readShare().window).unref();
    if (timer === undefined) isReported = false;
    flush();
  };
  const fold = ({ network }: RefusedCall, isTrying: boolean): void => {
    foldedInAll++;
    folded.count(network);
    timer ??= setTimeout(endWindow, readShare().window).unref();
    if (isReported || !isTrying) return;
    isReported = true;
    onFlood(network);
  };
  return {
    count(refusal) {
      recorder.counted(refusal);
      const nowMs = clock.nowMs();
      const isTrying = wrongKeys.has(refusal.why) && tries.isTooMany(refusal.network, nowMs);
      if (lines.isTooMany(refusal.network, nowMs)) fold(refusal, isTrying);
      else recorder.refused(refusal);
    },
    flush,
  };
}
