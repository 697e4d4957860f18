// DSM's sign-ins as the gates ask for them: by messages to a worker in this process.
import { createAskDsm, type AskDsmOptions } from '../../src/dsm/dsm-programs.ts';
import type { NasAddress } from '../../src/dsm/options.ts';
import { createVisitors } from '../../src/dsm/visitors.ts';
import { createAnswers } from '../../src/worker/answers.ts';
import { createDsmSignIns, type DsmSignIns } from '../../src/worker/asked-sign-ins.ts';
import { createTestLogger } from './logger.ts';
import { createTestWorker } from './worker.ts';

/** Creates the ways to ask these programs, and this NAS. */
export function createTestSignIns({
  programs,
  nas,
}: {
  readonly programs?: Omit<AskDsmOptions, 'onStarted'>;
  readonly nas?: NasAddress;
}): DsmSignIns {
  const answer = createAnswers({
    findNas: () => undefined,
    askPrograms: (onStarted) =>
      programs === undefined ? undefined : createAskDsm({ ...programs, onStarted }),
    visitors: createVisitors(() => nas),
    closing: new AbortController().signal,
  });
  return createDsmSignIns(createTestWorker({ answer, logger: createTestLogger().logger }).ask);
}
