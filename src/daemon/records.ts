// What the daemon writes about runs and attempts.
import { openAttempts, type Attempts } from '../attempts/attempts.ts';
import { createRecorder, type Recorder } from '../attempts/recorder.ts';
import { createTally, type Tally } from '../attempts/tally.ts';
import type { Clock } from '../clock.ts';
import type { LoadedConfig } from '../config/load.ts';
import { openBlocks, type Blocks } from '../entry/blocks.ts';
import { openLinks, type Links } from '../entry/links.ts';
import { openHistory, type History } from '../history/history.ts';
import type { Logger } from '../log/log.ts';

export interface Records {
  readonly history: History;
  readonly attempts: Attempts;
  readonly tally: Tally;
  readonly recorder: Recorder;
  readonly blocks: Blocks;
  readonly links: Links;
}

/** Opens history, attempts, guest links and blocked keys; `keys` are those in use. Throws AppError. */
export function openRecords(
  { tasks, history: { path, keep, attempts: keepAttempts } }: LoadedConfig,
  keys: () => LoadedConfig['keys'],
  logger: Logger,
  clock: Clock,
): Records {
  const history = openHistory({ filePath: path, keep, logger, clock });
  const attempts = openAttempts({ historyPath: path, keep: keepAttempts, logger, clock });
  const tally = createTally(clock);
  const links = openLinks({ historyPath: path, logger, clock });
  links.endOthers(tasks);
  const blocks = openBlocks({ historyPath: path, keys, logger, clock });
  return { history, attempts, tally, recorder: createRecorder({ logger, attempts, tally }), blocks, links };
}
