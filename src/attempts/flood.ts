// Refused calls in the log and the attempts: the first ones line by line, a flood only as a sum, so that no scanner fills the disk or keeps it awake.
import type { Refusal } from './attempt.ts';
import { createLargest } from './largest.ts';
import type { Recorder, RefusedCall } from './recorder.ts';
import { createTries } from './tries.ts';

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
 * `isExceeded` asks the limiter whether a network, or all of them, had more than their share of lines in this
 * window; `maxTries` is how many wrong keys of one network are its share, and ten times as many of all; `onFlood` is called once
 * when strangers begin to try more keys than that; `windowMs` is how often a flood is summed up.
 */
export function createFlood({
  isExceeded,
  windowMs,
  maxTries,
  recorder,
  onFlood,
}: {
  readonly isExceeded: (network: string) => Promise<boolean> | true;
  readonly windowMs: () => number;
  readonly maxTries: () => number;
  readonly onFlood: (network: string) => void;
  readonly recorder: Pick<Recorder, 'counted' | 'refused' | 'flooded'>;
}): Flood {
  const folded = createLargest();
  const tries = createTries({ windowMs, maxTries });
  let foldedInAll = 0;
  let timer: NodeJS.Timeout | undefined;
  let isTold = false;

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
    timer = foldedInAll === 0 ? undefined : setTimeout(endWindow, windowMs()).unref();
    if (timer === undefined) isTold = false;
    flush();
  };
  const fold = ({ network }: RefusedCall, isTrying: boolean): void => {
    foldedInAll++;
    folded.count(network);
    timer ??= setTimeout(endWindow, windowMs()).unref();
    if (isTold || !isTrying) return;
    isTold = true;
    onFlood(network);
  };
  const countOne = async (
    refusal: RefusedCall,
    isTrying: boolean,
    isFlood: Promise<boolean>,
  ): Promise<void> => {
    if (await isFlood) fold(refusal, isTrying);
    else recorder.refused(refusal);
  };
  return {
    count(refusal) {
      recorder.counted(refusal);
      const isTrying = wrongKeys.has(refusal.why) && tries.isTooMany(refusal.network);
      const isFlood = isExceeded(refusal.network);
      if (isFlood === true) fold(refusal, isTrying);
      else void countOne(refusal, isTrying, isFlood);
    },
    flush,
  };
}
