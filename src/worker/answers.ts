// The answers to the questions of a server.
import { loadNasTasks } from '../nas/nas-tasks.ts';
import type { AnswerQuestion } from './answering.ts';
import type { DsmAccess } from './dsm-access.ts';

/** How long a NAS may take to list its tasks: several calls, each of which has a limit of its own. */
const listMs = 300_000;

/** Creates the function that answers questions, until `closing` is aborted. */
export function createAnswers({
  dsm,
  closing,
}: {
  readonly dsm: Pick<DsmAccess, 'findNas'>;
  readonly closing: AbortSignal;
}): AnswerQuestion {
  return async (question) => {
    if (closing.aborted) return undefined;
    switch (question.kind) {
      case 'tasks': {
        const nas = dsm.findNas(question.nas);
        if (nas === undefined) return undefined;
        const stop = AbortSignal.any([closing, AbortSignal.timeout(listMs)]);
        return { kind: 'tasks', list: await loadNasTasks(nas, stop) };
      }
      default:
        return question.kind satisfies never;
    }
  };
}
