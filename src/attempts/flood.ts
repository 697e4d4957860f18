// Refused calls in the log and among the attempts: the first ones line by line, a flood only as a sum, so that no scanner fills the disk or keeps it awake.
import type { Refusal } from './attempt.ts';
import type { Attempts } from './attempts.ts';
import type { Logger } from '../log/log.ts';
import { createLargest } from './largest.ts';
import type { Tally } from './tally.ts';

/** How many networks a summary names. */
const namedNetworks = 5;

/** A refused call: from where, and what was wrong with it. */
interface RefusedCall {
  readonly address: string;
  readonly network: string;
  /** For the log's field `mismatch`. */
  readonly why: Refusal;
}

export interface Flood {
  /** Logs a refused call, or only counts it. Never throws. */
  count(refusal: RefusedCall): void;
  /** Writes what has only been counted so far. */
  flush(): void;
}

/**
 * `isExceeded` asks the limiter whether a network, or all of them, had more than their share of lines in this
 * window; `onFlood` is told once when a flood of
 * strangers begins; `windowMs` is how often a flood is summed up.
 */
export function createFlood({
  isExceeded,
  windowMs,
  logger,
  attempts,
  tally,
  onFlood,
}: {
  readonly isExceeded: (network: string) => Promise<boolean> | true;
  readonly windowMs: () => number;
  readonly onFlood: (network: string) => void;
  readonly logger: Logger;
  readonly attempts: Pick<Attempts, 'note'>;
  readonly tally: Pick<Tally, 'refused'>;
}): Flood {
  const folded = createLargest();
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
    logger.warn(
      { event: 'flood', calls: foldedInAll, networks: Object.fromEntries(networks) },
      `${foldedInAll} more calls were refused: ${where.join(', ')}`,
    );
    attempts.note({ result: 'flood', calls: foldedInAll, networks: Object.fromEntries(networks) });
    folded.clear();
    foldedInAll = 0;
  };
  /** At the end of each window: the sum, until a window passes without anything to sum up. */
  const endWindow = (): void => {
    timer = foldedInAll === 0 ? undefined : setTimeout(endWindow, windowMs()).unref();
    if (timer === undefined) isTold = false;
    flush();
  };
  const fold = ({ network, why }: RefusedCall): void => {
    foldedInAll++;
    folded.count(network);
    timer ??= setTimeout(endWindow, windowMs()).unref();
    // Somebody with the right keys who calls too often is no stranger, nor is who presses a button twice.
    if (isTold || why === 'limited' || why === 'again') return;
    isTold = true;
    onFlood(network);
  };
  const countOne = async (refusal: RefusedCall, isFlood: Promise<boolean>): Promise<void> => {
    const { address, why } = refusal;
    if (await isFlood) {
      fold(refusal);
      return;
    }
    logger.info({ event: 'refused', address, mismatch: why }, `Refused a call from ${address} (${why})`);
    attempts.note({ result: why, address });
  };
  return {
    count(refusal) {
      tally.refused(refusal.network, refusal.why);
      const isFlood = isExceeded(refusal.network);
      if (isFlood === true) fold(refusal);
      else void countOne(refusal, isFlood);
    },
    flush,
  };
}
