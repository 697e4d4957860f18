// Asks DSM again, while that is useful and cannot start anything twice.
import { setTimeout as pause } from 'node:timers/promises';
import type { DsmHistory, DsmOutput, Lookup } from '../dsm/dsm-task.ts';
import { isOfTheMoment } from '../dsm/errors.ts';

/** Pauses before DSM is asked again, while it cannot have started anything. */
const retryPausesMs = [1000, 3000];

/** Asks again, with pauses, while that is useful. */
export async function persist<T>(
  ask: () => Promise<T>,
  stop: AbortSignal,
  isWorthAnother: (answer: T) => boolean,
): Promise<T> {
  let answer = await ask();
  for (const pauseMs of retryPausesMs) {
    if (stop.aborted || !isWorthAnother(answer)) break;
    await pause(pauseMs, undefined, { signal: stop }).catch(() => {});
    if (!stop.aborted) answer = await ask();
  }
  return answer;
}

/** Whether DSM was away or busy during a request that only reads. */
export function isPassing(answer: Lookup | DsmHistory | DsmOutput): boolean {
  return (
    (answer.kind === 'unanswered' && !answer.isLasting) ||
    (answer.kind === 'refused' && isOfTheMoment(answer.code))
  );
}
