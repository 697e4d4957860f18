// Refused calls in the log: the first ones line by line, a flood only as a sum, so that no scanner fills the disk or keeps it awake.
import type { Logger } from '../log.ts';

/** How many networks a sum tells apart; further ones are "elsewhere". */
const maxNetworks = 256;
/** How many networks a summary names. */
const namedNetworks = 5;

/** A refused call: from where, and what was wrong with it. */
export interface Refusal {
  readonly address: string;
  readonly network: string;
  /** For the log's field `mismatch`. */
  readonly why: string;
}

export interface Flood {
  /** Logs a refused call, or only counts it. Never throws. */
  count(refusal: Refusal): void;
  /** Writes what has only been counted so far. */
  flush(): void;
}

/**
 * `isExceeded` asks the limiter whether a network, or all of them, had more than their share of lines in this
 * window; `windowMs` is how often a flood is summed up.
 */
export function createFlood({
  isExceeded,
  windowMs,
  logger,
}: {
  readonly isExceeded: (network: string) => Promise<boolean>;
  readonly windowMs: number;
  readonly logger: Logger;
}): Flood {
  const folded = new Map<string, number>();
  let foldedInAll = 0;
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (foldedInAll === 0) return;
    const networks = [...folded].sort(([, a], [, b]) => b - a).slice(0, namedNetworks);
    const elsewhere = foldedInAll - networks.reduce((sum, [, calls]) => sum + calls, 0);
    const where = [
      ...networks.map(([network, calls]) => `${calls} from ${network}`),
      ...(elsewhere === 0 ? [] : [`${elsewhere} from elsewhere`]),
    ];
    logger.warn(
      { event: 'flood', calls: foldedInAll, networks: Object.fromEntries(networks) },
      `${foldedInAll} more calls were refused: ${where.join(', ')}`,
    );
    folded.clear();
    foldedInAll = 0;
  };
  const fold = (network: string): void => {
    foldedInAll++;
    const calls = folded.get(network);
    if (calls !== undefined) folded.set(network, calls + 1);
    else if (folded.size < maxNetworks) folded.set(network, 1);
    timer ??= setTimeout(flush, windowMs).unref();
  };
  const count = async ({ address, network, why }: Refusal): Promise<void> => {
    if (await isExceeded(network)) fold(network);
    else logger.info({ event: 'refused', address, mismatch: why }, `Refused a call from ${address} (${why})`);
  };
  return {
    count: (refusal) => void count(refusal),
    flush,
  };
}
